import {quote} from '../quote.ts';
import {lookNote, probeScript, type Section} from '../sections.ts';

/** Settings of interception among those that the package's start script reads; none is a secret. */
const settings =
	'ISTIO_INBOUND_PORTS|ISTIO_LOCAL_EXCLUDE_PORTS|ISTIO_CUSTOM_IP_TABLES|ISTIO_META_DNS_CAPTURE|KUBE_VIRT_INTERFACES';

/** Hosts from which the VM gets its packages: names outside of the mesh that it is sure to know. */
const mirrors =
	"$(sed -nE 's,^(deb|URIs:|baseurl=|mirrorlist=|metalink=).*https?://([^/: ]+).*,\\2,p' /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/yum.repos.d/* 2>/dev/null | sort -u | head -n 3)";

type Question = {
	/** Where the settings of interception are. */
	readonly environment: string;
	/** The account whose traffic the rules leave alone. */
	readonly proxyUser: string;
	/** Hosts outside of the mesh, to be looked up besides those of the VM's packages. */
	readonly names: readonly string[];
};

/** The rules that are there, each after its table, of both kinds of iptables and of nftables; iptables of old is asked only where its tables are in use, since to list one would load its module. */
const rules = [
	'if saved=$(as_root $save); then',
	`	printf '%s\\n' "$saved" | grep -E '^[*]|ISTIO_'`,
	// A file of /proc has no size: only reading it tells. Where there is no other kind, these are the ones just read.
	'	if [ $save != iptables-save ] && as_root grep -q . /proc/net/ip_tables_names 2>/dev/null; then',
	"		as_root iptables-legacy-save | grep -E '^[*]|ISTIO_'",
	'	fi',
	// The tables of istio-iptables where it writes nftables itself.
	"	as_root nft list ruleset 2>/dev/null | grep -E 'table inet istio-|table ip6? istio-'",
	'	true',
	`else printf '%s\\n' "$saved"; false; fi`,
].join('\n');

/** systemd is asked of a unit that has a file; of another it would say `inactive`. */
const unit = [
	'state=; if command -v systemctl >/dev/null 2>&1; then state=inactive; fi',
	'for place in /etc /run /usr/lib /lib; do if [ -e "$place/systemd/system/istio.service" ]; then state=$(systemctl is-active istio 2>/dev/null); break; fi; done',
	'echo "active $state"',
].join('\n');

/**
 * The command that reads, in one round trip, what interception there is on a VM and, where a proxy is to have some (`question`), what that meets there;
 * `parseInterception` reads what it prints. Only looks. Where sudo asks for no password it is asked once, for all of it; where it obeys single commands
 * alone, for those (`-n` asks for no password). Every host is looked up side by side, for the proxy's account and for others, whose questions may be
 * captured; what /etc/hosts knows is left out, since it asks nobody.
 */
export function interceptionProbe(question?: Question): string {
	const setup = [
		'if [ "$(id -u)" = 0 ]; then as_root() { "$@"; }; else as_root() { sudo -n "$@"; }; fi',
		'save=iptables-save; if command -v iptables-nft-save >/dev/null 2>&1; then save=iptables-nft-save; fi',
	].join('\n');
	const script = probeScript(setup, [
		{name: 'rules', commands: rules},
		...(question === undefined ? [] : surroundings(question)),
		{name: 'unit', commands: unit},
	]);
	return [
		lookNote,
		`look=${quote(script)}`,
		'if [ "$(id -u)" != 0 ] && sudo -n sh -c "$look" 2>/dev/null; then exit; fi',
		'sh -c "$look"',
	].join('\n');
}

function surroundings({environment, proxyUser, names}: Question): readonly Section[] {
	const address = "2>/dev/null | awk '{print $1; exit}'";
	return [
		{name: 'table', commands: 'as_root iptables -w 5 -t nat -S OUTPUT'},
		{name: 'version', commands: 'iptables -V'},
		{name: 'settings', commands: `grep -hE '^(${settings})=' ${quote(environment)}`},
		{name: 'sshd', commands: 'as_root sshd -T 2>/dev/null | grep -i "^port "'},
		{name: 'sockets', commands: 'ss -ltn'},
		{name: 'bridge', commands: 'ip -o link show docker0'},
		{
			name: 'containers',
			commands: [
				"as_root docker ps --format '{{.Names}} {{.Networks}}' 2>/dev/null | while read -r name networks; do",
				'case $networks in host|none|"") ;; *) echo "$name $networks" ;; esac; done',
			].join('\n'),
		},
		{name: 'resolver', commands: 'grep "^nameserver" /etc/resolv.conf'},
		{
			name: 'lookup',
			commands: [
				`for name in ${[...names.map(quote), mirrors].join(' ')}; do`,
				'if getent -s files hosts "$name" >/dev/null 2>&1; then continue; fi; echo "name $name"',
				`{ echo "past $name $(as_root runuser -u ${quote(proxyUser)} -- env ${patience} getent ahosts "$name" ${address})"; } &`,
				`{ echo "captured $name $(env ${patience} getent ahosts "$name" ${address})"; } &`,
				'done; wait',
			].join('\n'),
		},
	];
}

/** By itself the resolver has ten seconds for a name that nobody answers for (resolv.conf(5)). */
const patience = "RES_OPTIONS='timeout:1 attempts:2'";
