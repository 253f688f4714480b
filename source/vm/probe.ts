import type {Runtime} from '../ports.ts';
import {confinementSection, engineSetup} from './confinement.ts';
import {containerFormat} from './parse/containers.ts';
import {versionFormat} from './parse/engine.ts';
import {quote} from './quote.ts';
import {probeScript, type Section} from './sections.ts';
import {unitSetup, waysOutSection} from './ways-out.ts';

/** Programs on which steps and checks depend, or which explain a failure. */
const tools =
	'docker podman ss ip getent systemctl apt-get dnf zypper apk curl nc openssl ping scp sha256sum setsid useradd usermod';

export const osSection: Section = {name: 'os', commands: 'cat /etc/os-release || cat /usr/lib/os-release'};

export const toolsSection: Section = {
	name: 'tools',
	commands: `for tool in ${tools}; do if command -v "$tool" >/dev/null 2>&1; then echo "$tool"; fi; done`,
};

export const dockerGroupSection: Section = {
	name: 'docker-group',
	commands: "getent group docker 2>/dev/null || grep '^docker:' /etc/group",
};

/** After `unitSetup`. A unit that does not exist has no `enabled`. */
export const serviceSection: Section = {
	name: 'service',
	commands: [
		`state() { case $unit in *"$1="*) said=\${unit#*"$1="}; echo "$2 \${said%%"$nl"*}" ;; esac; }`,
		'state ActiveState active; state UnitFileState enabled',
	].join('\n'),
};

/** Whether what systemd needs to start a user's containers at boot is there, of the account `$1`'s home `$home`: files, since a session may have no bus. */
export const rebootSection = (user: string, home: string): Section => ({
	name: 'reboot',
	commands: [
		`if [ -e "/var/lib/systemd/linger/${user}" ]; then echo linger yes; fi`,
		`for place in "${home}/.config/systemd/user" /etc/systemd/user; do`,
		`if [ -h "$place/default.target.wants/podman-restart.service" ]; then echo restart yes; fi; done`,
	].join('\n'),
});

/** Listening TCP sockets, with the programs that may be seen. */
export const listenersSection: Section = {
	name: 'listeners',
	commands: 'ss -ltnp 2>/dev/null || cat /proc/net/tcp /proc/net/tcp6',
};

/** Sets `dir` and `near`: the directory, and what of its path exists. */
export function directorySetup(configDir: string): string {
	return [
		`dir=${quote(configDir)}; near=$dir`,
		`while [ ! -e "$near" ]; do case $near in */*) near=\${near%/*} ;; *) near=. ;; esac; if [ -z "$near" ]; then near=/; fi; done`,
	].join('\n');
}

/** What is at `dir`, and its permissions. */
export const directorySection: Section = {
	name: 'directory',
	commands: [
		'if [ -d "$dir" ]; then echo kind directory; elif [ -e "$dir" ] || [ -h "$dir" ]; then echo kind other; else echo kind absent; fi',
		'if [ -h "$dir" ]; then echo link yes; fi',
		'if [ -e "$dir" ]; then stat -c "stat %a %U %G" "$dir" 2>/dev/null; fi',
		'stat -f -c "type %T" "$near" 2>/dev/null',
	].join('\n'),
};

/** Whether a file can be made there. Only where that is refused is it tried, for the system's own words: so nothing is written. */
const writableSection: Section = {
	name: 'writable',
	commands: [
		'if [ -d "$near" ] && [ -w "$near" ] && [ -x "$near" ]; then echo yes',
		'elif mkdir "$near/.meshboard-probe"; then rmdir "$near/.meshboard-probe"; echo yes; fi',
	].join('\n'),
};

/** The command that reads a VM in one round trip as the SSH user; `parseProbe` reads what it prints. Changes nothing. */
export function probeCommand(question: {configDir: string; runtime: Runtime; image: string}): string {
	const {runtime} = question;
	const engine =
		runtime === 'docker'
			? `limited docker version --format ${quote(versionFormat)}`
			: `limited podman info --format ${quote('{{.Version.Version}} {{.Host.Arch}}')}`;
	const setup = [
		directorySetup(question.configDir),
		engineSetup(runtime),
		unitSetup,
		'case $root in /*) ;; *) root=/var/lib/docker ;; esac',
		`while [ ! -e "$root" ]; do root=\${root%/*}; if [ -z "$root" ]; then root=/; fi; done`,
	].join('\n');
	return probeScript(setup, [
		{name: 'kernel', commands: 'uname -s; uname -m'},
		osSection,
		{name: 'user', commands: 'id -un; id -nG'},
		dockerGroupSection,
		toolsSection,
		{name: 'engine', commands: engine},
		runtime === 'docker' ? serviceSection : rebootSection('$(id -un)', '$HOME'),
		{
			name: 'containers',
			commands: [
				`if ids=$(limited ${runtime} ps -a -q); then`,
				`if [ -n "$ids" ]; then limited ${runtime} inspect --format ${quote(containerFormat)} $ids; fi`,
				'else false; fi',
			].join('\n'),
		},
		{name: 'image', commands: `limited ${runtime} image inspect --format '{{.Id}}' ${quote(question.image)}`},
		directorySection,
		writableSection,
		{name: 'space-directory', commands: 'df -Pk "$near"'},
		{name: 'space-engine', commands: 'df -Pk "$root"'},
		{name: 'inodes-directory', commands: 'df -Pi "$near"'},
		listenersSection,
		{name: 'addresses', commands: 'ip -o addr 2>/dev/null || hostname -I'},
		waysOutSection,
		confinementSection,
		{
			name: 'denials',
			commands:
				'if command -v ausearch >/dev/null 2>&1; then ausearch -m avc -ts recent 2>/dev/null | grep container_t | tail -n 3; fi',
		},
		// Last, so that it is read as late as may be: it is compared with the cluster's clock when the answer is there.
		{name: 'clock', commands: 'date -u +%s'},
	]);
}
