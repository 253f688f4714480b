import type {Runtime} from '../ports.ts';
import type {AdminFacts} from './admin-facts.ts';
import {confinementSection, engineSetup, parseConfinement} from './confinement.ts';
import {jobRunning} from './package-job.ts';
import {parseEngine, versionFormat} from './parse/engine.ts';
import {parseGroup} from './parse/group.ts';
import {parseListeners} from './parse/listeners.ts';
import {parseOsRelease} from './parse/os-release.ts';
import {parseOwnership} from './parse/ownership.ts';
import {parseAtBoot, parseDirectorySection, parseService} from './parse-probe.ts';
import {plainText} from './plain-text.ts';
import {
	directorySection,
	directorySetup,
	dockerGroupSection,
	listenersSection,
	osSection,
	rebootSection,
	serviceSection,
	toolsSection,
} from './probe.ts';
import {quote} from './quote.ts';
import {parseRoom, roomSection} from './room.ts';
import {fieldOf, parseSections, probeScript, type Said} from './sections.ts';
import {parseWaysOut, unitSetup, waysOutSection} from './ways-out.ts';

/** What is asked: the account that is to run the proxy, the type and key of its public key (empty: not asked), the directory. */
export type AdminQuestion = {
	readonly user: string;
	readonly keyId: string;
	readonly configDir: string;
	readonly package: string;
	readonly runtime: Runtime;
};

// What bootstrap leaves in the directory, finished or not, this tool's or tctl's.
const bundleFiles = '^\\.?(sidecar\\.env|istio-ca\\.pem|k8s-ca\\.pem|istio-token)';

/** The `sh -c …` (for sudo) that reads all that preparation must know, in one round trip; `parseAdminProbe` reads what it prints. */
export function adminProbeCommand({user, keyId, configDir, package: name, runtime}: AdminQuestion): string {
	const setup = [
		`user=${quote(user)}; key=${quote(keyId)}`,
		'home=$(getent passwd "$user" 2>/dev/null || grep "^$user:" /etc/passwd)',
		`home=\${home%:*} home=\${home##*:}`,
		directorySetup(configDir),
		engineSetup(runtime),
		unitSetup,
	].join('\n');
	const script = probeScript(setup, [
		{name: 'kernel', commands: 'uname -s'},
		osSection,
		{name: 'admin', commands: 'echo "$SUDO_USER"'},
		toolsSection,
		{name: 'engine', commands: engineCommand(runtime)},
		...(runtime === 'docker' ? [serviceSection] : [rebootSection('$user', '$home')]),
		{
			name: 'packages',
			commands: [
				'if command -v apt-cache >/dev/null 2>&1; then',
				`apt-cache policy ${quote(name)} docker-ce 2>/dev/null | awk -v name=${quote(`${name}:`)} '/^[^ ]/ {of = $1} $1 == "Candidate:" {print (of == name ? "candidate" : "docker-ce"), $2}'`,
				`echo "status $(dpkg-query -W -f '\${db:Status-Abbrev}' ${quote(name)} 2>/dev/null)"`,
				'echo "audit $(dpkg --audit 2>/dev/null | head -n 1)"',
				'echo "updates $(ls /var/lib/dpkg/updates 2>/dev/null | head -n 1)"',
				'fi',
				`echo "running $(${jobRunning})"`,
			].join('\n'),
		},
		{
			name: 'account',
			commands: [
				'if id -u "$user" >/dev/null 2>&1; then',
				'echo "home $home"',
				'echo "group $(id -gn "$user")"',
				'echo "groups $(id -nG "$user")"',
				'if [ -d "$home" ]; then echo "home-exists yes"; fi',
				// Only what useradd left behind: `!` before a password is somebody's decision.
				'password=$(getent shadow "$user" 2>/dev/null)',
				`password=\${password#*:}; case \${password%%:*} in "!"|"!!")`,
				'if sshd -T 2>/dev/null | grep -qix "usepam no"; then echo "locked yes"; fi;; esac',
				'stat -c "ssh %a %U %G" "$home/.ssh" 2>/dev/null',
				'stat -c "keys %a %U %G" "$home/.ssh/authorized_keys" 2>/dev/null',
				`if [ -n "$key" ] && ${keyIn('"$home/.ssh/authorized_keys"')} 2>/dev/null; then echo "key yes"; fi`,
				'else false; fi',
			].join('\n'),
		},
		listenersSection,
		waysOutSection,
		confinementSection,
		dockerGroupSection,
		directorySection,
		roomSection,
		{
			name: 'others',
			commands: `if [ -d "$dir" ]; then ls -A "$dir" | grep -v -E ${quote(bundleFiles)} | head -n 1; fi`,
		},
	]);
	return `sh -c ${quote(script)}`;
}

/** Root's own podman says whether it is installed; whether it runs for the account is seen by the account's own check. */
function engineCommand(runtime: Runtime): string {
	return runtime === 'docker'
		? `limited docker version --format ${quote(versionFormat)}`
		: `limited podman version --format ${quote('{{.Client.Version}}')}`;
}

/** True (in sh) when a file holds the key `$key` on a line that is no comment. A key has no character that grep would interpret. */
export function keyIn(file: string): string {
	return `grep -q "^[^#]*$key" ${file}`;
}

/** Reads what `adminProbeCommand` printed. Total: what cannot be read is unknown. */
export function parseAdminProbe(output: string, runtime: Runtime = 'docker'): AdminFacts {
	const sections = parseSections(output);
	const lines = (name: string) => sections.get(name)?.lines ?? [];
	const tools = lines('tools').map((tool) => plainText(tool, 40));
	const service = parseService(sections.get('service'));
	const engine = parseEngine(sections.get('engine'), tools.includes(runtime));
	const packages = sections.get('packages');
	const {kind, link, mode, owner, group} = parseDirectorySection(sections.get('directory'));
	return {
		kernel: plainText(lines('kernel')[0] ?? '', 40),
		os: parseOsRelease(lines('os')),
		admin: plainText(lines('admin')[0] ?? '', 64) || 'root',
		tools,
		engine: {
			// A client without an engine is none: there is no service that could be started.
			state:
				runtime === 'docker' && engine.state !== 'usable' && service.enabled === ''
					? 'missing'
					: stateForRoot(engine.state),
			text: engine.text,
			...service,
		},
		packages: {
			candidate: fieldOf(packages, 'candidate').replace('(none)', ''),
			dockerCe: fieldOf(packages, 'docker-ce').replace('(none)', '') !== '',
			interrupted: fieldOf(packages, 'audit') !== '' || fieldOf(packages, 'updates') !== '',
			chosen: fieldOf(packages, 'status').startsWith('i'),
			running: fieldOf(packages, 'running') === 'yes',
		},
		confinement: parseConfinement(sections.get('confinement')),
		listeners: parseListeners(lines('listeners')),
		waysOut: parseWaysOut(sections.get('ways-out')),
		account: parseAccount(sections.get('account')),
		atBoot: parseAtBoot(sections.get('reboot')),
		dockerGroupExists: parseGroup(lines('docker-group'), 'docker') !== undefined,
		configDir: {kind, link, mode, owner, group, holdsOthers: lines('others').length > 0},
		rooms: parseRoom(sections.get('room')),
	};
}

function stateForRoot(state: ReturnType<typeof parseEngine>['state']): AdminFacts['engine']['state'] {
	return state === 'denied' ? 'failed' : state;
}

function parseAccount(said: Said | undefined): AdminFacts['account'] {
	if (said?.code !== 0) return undefined;
	return {
		home: fieldOf(said, 'home'),
		homeExists: fieldOf(said, 'home-exists') === 'yes',
		locked: fieldOf(said, 'locked') === 'yes',
		group: fieldOf(said, 'group'),
		groups: fieldOf(said, 'groups').split(' ').filter(Boolean),
		sshDirectory: parseOwnership(fieldOf(said, 'ssh')),
		authorizedKeys: parseOwnership(fieldOf(said, 'keys')),
		keyPresent: fieldOf(said, 'key') === 'yes',
	};
}
