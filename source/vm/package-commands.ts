import {quote} from './quote.ts';

/**
 * The package manager's command that installs a package file with what it needs; for root. An older version takes the place of a newer
 * one, when that is what was given: dnf does so by itself, apt-get refuses unless it is told.
 */
export function installPackage(path: string): string {
	return path.endsWith('.rpm')
		? `sh -c ${quote(`if command -v dnf >/dev/null 2>&1; then dnf install -y ${quote(path)}; else yum install -y ${quote(path)}; fi`)}`
		: `env DEBIAN_FRONTEND=noninteractive apt-get install -y --allow-downgrades -o DPkg::Lock::Timeout=300 ${quote(path)}`;
}

/** Marks the line of ours in `/etc/hosts`. */
const mark = '# meshboard: istiod, through the gateway';

/** The line that `/etc/hosts` is to have, without what it resolves to when that is a name. */
export function hostsLineOf(ip: string, istiod: string): string {
	return `${ip} ${istiod} ${mark}`;
}

/**
 * The `sh -c …` (for sudo) that gives istiod's name an address in `/etc/hosts`: our former line goes, and a line that holds this name
 * alone, as istioctl's guide appends it. A gateway with a name is looked up on the VM. Written aside and renamed; where the file is
 * a mount of its own, as in a container, it cannot be replaced and is written over.
 */
export function writeHosts(gateway: string, isIp: boolean, istiod: string): string {
	return rewriteHosts([
		isIp
			? `ip=${quote(gateway)}`
			: `ip=$(getent ahosts ${quote(gateway)} | awk '{print $1; exit}'); [ -n "$ip" ] || { echo ${quote(`${gateway} does not resolve`)} >&2; exit 1; }`,
		`istiod=${quote(istiod)}; mark=${quote(mark)}; new=/etc/.hosts.meshboard`,
		`awk -v istiod="$istiod" -v mark="$mark" 'index($0, mark) || (NF == 2 && $2 == istiod) {next} {print}' /etc/hosts >$new || exit 1`,
		'echo "$ip $istiod $mark" >>$new',
	]);
}

/** Takes our line out of `/etc/hosts` again. */
export const clearHosts = rewriteHosts([
	`mark=${quote(mark)}; new=/etc/.hosts.meshboard`,
	`awk -v mark="$mark" 'index($0, mark) {next} {print}' /etc/hosts >$new || exit 1`,
]);

export function isOurHostsLine(line: string): boolean {
	return line.includes(mark);
}

/** Puts a new `/etc/hosts` into its place. `made`: the commands that write the new content into `$new`. */
export function rewriteHosts(made: readonly string[]): string {
	const script = [
		...made,
		'chmod 644 $new; if mv -f $new /etc/hosts 2>/dev/null; then exit 0; fi',
		'cat $new >/etc/hosts; code=$?; rm -f $new; exit $code',
	].join('\n');
	return `sh -c ${quote(script)}`;
}

/** Certificates of a former identity, or of another mesh, that the proxy would go on with. */
export const forgetCertificates = 'rm -f /etc/certs/cert-chain.pem /etc/certs/key.pem';

export const enableIstio = `sh -c ${quote('systemctl daemon-reload && systemctl enable istio')}`;

export const restartIstio = 'systemctl restart istio';

/** The start script's own `clean` leaves the rules alone where `cluster.env` asks for none. */
export const cleanRules = '/usr/local/bin/pilot-agent istio-iptables --cleanup-only';

export const stopIstio = 'systemctl disable --now istio';

/** Files, and the folder of the unit's own settings where nothing else is in it. */
export function removeFiles(paths: readonly string[]): string {
	const script = `rm -f ${paths.map(quote).join(' ')} || exit; rmdir /etc/systemd/system/istio.service.d 2>/dev/null; systemctl daemon-reload`;
	return `sh -c ${quote(script)}`;
}

/** The package manager's command that removes the package; for root. */
export function removePackage(manager: 'deb' | 'rpm'): string {
	return manager === 'rpm'
		? `sh -c ${quote('if command -v dnf >/dev/null 2>&1; then dnf remove -y istio-sidecar; else yum remove -y istio-sidecar; fi')}`
		: 'env DEBIAN_FRONTEND=noninteractive apt-get purge -y -o DPkg::Lock::Timeout=300 istio-sidecar';
}

/** Its rules of interception go with it: the unit takes away those that `cluster.env` asks for at that moment. */
export const pauseIstio = 'systemctl stop istio';

/** Lets through the end of a log: who wrote it may have written lines of hundreds of megabytes. */
export const endOfLog = 'tail -c 1000000';

/** What systemd heard of the service since its last start, which is where its rules of interception fail; then the last lines of the agent and of Envoy, which write into two files. */
export function istioLog(lines: number): string {
	const run = '_SYSTEMD_INVOCATION_ID=$(systemctl show -p InvocationID --value istio 2>/dev/null)';
	const journal = `journalctl -q -o cat -n ${lines} ${run} 2>/dev/null`;
	const files = `tail -q -n ${lines} /var/log/istio/istio.log /var/log/istio/istio.err.log`;
	return `sh -c ${quote(`{ ${journal}; ${files}; true; } | ${endOfLog}`)}`;
}
