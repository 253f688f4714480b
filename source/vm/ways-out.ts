import {plainText} from './plain-text.ts';
import {fieldOf, type Said, type Section} from './sections.ts';

/** How a VM gets out to package repositories and registries, as it is configured there; passwords are left out. All empty where it is direct. */
export type WaysOut = {
	/** The proxy that /etc/environment names for everybody. */
	readonly environment: string;
	/** The package manager's own: apt's, dnf's or yum's, SUSE's for everything. */
	readonly packages: string;
	/** Docker's daemon: its unit's environment, or daemon.json. */
	readonly docker: string;
	/** Registries that Docker asks first. */
	readonly mirrors: readonly string[];
};

/** Sets `unit`, what systemd says of Docker's: `Environment=…`, `ActiveState=…`, `UnitFileState=…`, each a line; empty where there is no systemd. */
export const unitSetup = 'unit=$(systemctl show docker -p Environment -p ActiveState -p UnitFileState 2>/dev/null)';

/**
 * After `unitSetup`. Where a proxy is named: /etc/environment (pam_env(8)), apt.conf(5), dnf.conf(5), /etc/sysconfig/proxy (SUSE), the unit of Docker
 * (docs.docker.com, "Configure the daemon to use a proxy") and daemon.json.
 */
export const waysOutSection: Section = {
	name: 'ways-out',
	commands: [
		`bare() { sed -n "s|//[^/@]*@|//|; s/[\\"';]//g; /./{p;q;}"; }`,
		`named='s/^\\(Environment=\\)\\{0,1\\} *\\(export \\)\\{0,1\\}[hH][tT][tT][pP][sS]\\{0,1\\}_[pP][rR][oO][xX][yY]=//p'`,
		'everybody() { if [ -s /etc/environment ]; then sed -n "$named" /etc/environment; fi; }',
		'packages() {',
		`	if grep -rqi proxy /etc/apt/apt.conf /etc/apt/apt.conf.d; then apt-config dump | sed -n 's/^Acquire::https*::Proxy //p'; fi 2>/dev/null`,
		'	for file in /etc/dnf/dnf.conf /etc/yum.conf; do',
		`		if [ -s "$file" ]; then sed -n 's/^ *proxy *= *//p' "$file"; fi`,
		'	done',
		`	if [ -r /etc/sysconfig/proxy ] && grep -q '^PROXY_ENABLED="*yes' /etc/sysconfig/proxy; then sed -n 's/^HTTPS*_PROXY=//p' /etc/sysconfig/proxy; fi`,
		'}',
		'settings=; if [ -s /etc/docker/daemon.json ] && [ -r /etc/docker/daemon.json ]; then settings=/etc/docker/daemon.json; fi',
		'daemon() {',
		`	case $unit in *[pP][rR][oO][xX][yY]=*) printf '%s\\n' "$unit" | tr ' ' '\\n' | sed -n "$named" ;; esac`,
		`	if [ -n "$settings" ]; then tr -d ' \\t\\n' <$settings | sed -n 's/.*"https*-proxy":"\\([^"]*\\)".*/\\1/p'; fi`,
		'}',
		'mirrors() {',
		`	if [ -n "$settings" ]; then tr -d ' \\t\\n' <$settings | sed -n 's/.*"registry-mirrors":\\[\\([^]]*\\)\\].*/\\1/p' | sed 's/"//g; s/,/ /g; s|//[^/@ ]*@|//|g'; fi`,
		'}',
		`way() { if [ -n "$2" ]; then echo "$1 $(printf '%s\\n' "$2" | bare)"; fi; }`,
		'way environment "$(everybody)"; way packages "$(packages)"; way docker "$(daemon)"; echo "mirrors $(mirrors)"',
	].join('\n'),
};

/** Reads the answer of `waysOutSection`; total. */
export function parseWaysOut(said: Said | undefined): WaysOut {
	return {
		environment: fieldOf(said, 'environment'),
		packages: fieldOf(said, 'packages'),
		docker: fieldOf(said, 'docker'),
		mirrors: fieldOf(said, 'mirrors')
			.split(' ')
			.filter((mirror) => mirror !== '')
			.map((mirror) => plainText(mirror, 100)),
	};
}

/** What is configured, for people; empty where all is direct. */
export function wordsOfWaysOut({environment, packages, docker, mirrors}: WaysOut): string {
	return [
		...(packages === '' ? [] : [`packages by the proxy ${packages}`]),
		...(environment === '' || environment === packages ? [] : [`the proxy ${environment} for everybody`]),
		...(docker === '' ? [] : [`Docker by the proxy ${docker}`]),
		...(mirrors.length === 0 ? [] : [`Docker by the mirror ${mirrors.join(', ')}`]),
	].join('; ');
}

/** A package manager's words when it reaches nothing: apt, dnf and yum (libcurl), zypper. */
const reachesNothing =
	/(temporary failure|could not|couldn't|failure) (in )?(resolv|connect)\w*|unable to connect|cannot initiate the connection|connection (timed out|refused|failed)|network is unreachable|no route to host|curl error \((5|6|7|28|35|56)\)|timeout (was )?reached|operation too slow|proxy authentication required|\b407\b/i;

export function isOutOfReach(words: string): boolean {
	return reachesNothing.test(words);
}

const perFamily = {
	apt: `echo "Acquire::http::Proxy \\"$http_proxy\\";" | sudo tee /etc/apt/apt.conf.d/90proxy`,
	rpm: 'echo "proxy=$http_proxy" | sudo tee -a /etc/dnf/dnf.conf',
	zypper: `sudo sed -i "s|^PROXY_ENABLED=.*|PROXY_ENABLED=yes|; s|^HTTP_PROXY=.*|HTTP_PROXY=$http_proxy|" /etc/sysconfig/proxy`,
} as const;

/** How a proxy is named on the VM, for what cannot get out: `$http_proxy` holds its URL. */
export function nameProxyFor(tool: keyof typeof perFamily | 'docker'): string {
	return tool === 'docker'
		? `sudo mkdir -p /etc/systemd/system/docker.service.d && printf '[Service]\\nEnvironment=HTTP_PROXY=%s HTTPS_PROXY=%s\\n' "$http_proxy" "$http_proxy" | sudo tee /etc/systemd/system/docker.service.d/proxy.conf && sudo systemctl daemon-reload && sudo systemctl restart docker`
		: perFamily[tool];
}
