import type {PackageFacts} from './package-facts.ts';
import {jobRunning} from './package-job.ts';
import {parseListeners} from './parse/listeners.ts';
import {plainText} from './plain-text.ts';
import {quote} from './quote.ts';
import {fieldOf, parseSections, probeScript} from './sections.ts';

/** What is asked: the files whose sums count, the root certificates, the token, istiod's name, the gateway's where it has one. The token's sum tells nothing of it. */
type PackageQuestion = {
	readonly paths: readonly string[];
	readonly roots: string;
	readonly token: string;
	readonly istiod: string;
	readonly gateway: string | undefined;
};

/** The `sh -c …` (for sudo) that reads all that the package layout must know; `parsePackageProbe` reads what it prints. */
export function packageProbeCommand({paths, roots, token, istiod, gateway}: PackageQuestion): string {
	const script = probeScript(`istiod=${quote(istiod)}`, [
		{
			name: 'package',
			commands: [
				// Either is to be had on the other's systems too, as a tool: the system's own dpkg is a package of its own.
				'if command -v dpkg-query >/dev/null 2>&1 && { ! command -v rpm >/dev/null 2>&1 || dpkg-query -W dpkg >/dev/null 2>&1; }; then',
				'echo "manager deb"',
				`if dpkg-query -W -f '\${db:Status-Abbrev}' istio-sidecar 2>/dev/null | grep -q '^.i'; then echo "version $(dpkg-query -W -f '\${Version}' istio-sidecar)"; fi`,
				'elif command -v rpm >/dev/null 2>&1; then echo "manager rpm"',
				'if rpm -q istio-sidecar >/dev/null 2>&1; then echo "version $(rpm -q --qf \'%{VERSION}\' istio-sidecar)"; fi',
				'fi',
				`echo "installing $(${jobRunning})"`,
			].join('\n'),
		},
		{
			name: 'unit',
			commands: [
				'if systemctl cat istio >/dev/null 2>&1; then',
				'echo "active $(systemctl is-active istio)"; echo "enabled $(systemctl is-enabled istio)"',
				'since=$(systemctl show -p ActiveEnterTimestamp istio | cut -d= -f2-)',
				'if [ -n "$since" ]; then echo "since $(date -d "$since" +%s)"; fi',
				'echo "restarts $(systemctl show -p NRestarts istio | cut -d= -f2)"; fi',
			].join('\n'),
		},
		{
			name: 'files',
			commands: paths
				.map(quote)
				.map(
					(path) =>
						`if [ -f ${path} ]; then echo "$(sha256sum <${path} | cut -c1-64) $(stat -L -c '%a %U %Y' ${path}) "${path}; fi`,
				)
				.join('\n'),
		},
		{
			name: 'roots',
			commands: [
				`awk '/^-----BEGIN/ {pem = ""; next} /^-----END/ {print pem; next} {sub(/\\r$/, ""); pem = pem $0}' ${quote(roots)} 2>/dev/null |`,
				'while read -r pem; do printf %s "$pem" | sha256sum | cut -c1-64; done',
			].join('\n'),
		},
		{name: 'token', commands: `cut -s -d. -f2 ${quote(token)} 2>/dev/null`},
		{name: 'hosts', commands: 'grep -F "$istiod" /etc/hosts 2>/dev/null'},
		{
			name: 'gateway',
			commands:
				gateway === undefined ? ':' : `getent ahosts ${quote(gateway)} 2>/dev/null | awk '{print $1}' | sort -u`,
		},
		{
			name: 'identity',
			commands:
				'openssl x509 -in /etc/certs/cert-chain.pem -noout -ext subjectAltName 2>/dev/null | grep -o "URI:[^, ]*"',
		},
		{name: 'sockets', commands: 'ss -ltnp 2>/dev/null'},
		{name: 'clock', commands: 'date -u +%s'},
	]);
	return `sh -c ${quote(script)}`;
}

/** Reads what `packageProbeCommand` printed; undefined when the script did not come to its end. Otherwise total. */
export function parsePackageProbe(output: string): PackageFacts | undefined {
	const sections = parseSections(output);
	const lines = (name: string) => sections.get(name)?.lines ?? [];
	const installed = sections.get('package');
	const unit = sections.get('unit');
	const manager = fieldOf(installed, 'manager');
	const clock = Number(lines('clock')[0]);
	if (!(clock > 0)) return undefined;
	const sshPorts = parseListeners(lines('sockets')).flatMap(({process, port}) =>
		/^(sshd.*|dropbear)$/.test(process) ? [port] : [],
	);
	return {
		manager: manager === 'deb' || manager === 'rpm' ? manager : '',
		version: fieldOf(installed, 'version'),
		installing: fieldOf(installed, 'installing') === 'yes',
		unit: {
			active: fieldOf(unit, 'active'),
			enabled: fieldOf(unit, 'enabled'),
			since: Number(fieldOf(unit, 'since')) || 0,
			restarts: Number(fieldOf(unit, 'restarts')) || 0,
		},
		files: Object.fromEntries(lines('files').flatMap(parseFile)),
		roots: lines('roots').filter((line) => /^[0-9a-f]{64}$/.test(line)),
		tokenPayload: sections.get('token')?.code === 0 ? (lines('token')[0] ?? '') : '',
		hosts: lines('hosts').map((line) => plainText(line, 300)),
		gatewayIps: lines('gateway').map((line) => plainText(line, 60)),
		identity: lines('identity')
			.map((line) => plainText(line, 300))
			.join(' '),
		sshPorts: [...new Set(sshPorts)].sort((a, b) => a - b),
		clock,
	};
}

function parseFile(line: string): ReadonlyArray<readonly [string, PackageFacts['files'][string]]> {
	const match = /^([0-9a-f]{64}) ([0-7]+) (\S+) (\d+) (\/.*)$/.exec(line);
	if (match === null) return [];
	const [, sum = '', mode = '', owner = '', written = '', path = ''] = match;
	return [[path, {sum, mode: Number.parseInt(mode, 8), owner: plainText(owner, 40), written: Number(written)}]];
}
