import {plainLines} from '../plain-text.ts';
import {parseSections, probeScript, type Said} from '../sections.ts';

/** The packet filter of a VM, as far as the account may read it. Texts are clean. */
export type FirewallFacts = {
	/** `iptables-save` of the tables raw and filter, line by line; undefined where it may not be read. */
	readonly iptables: readonly string[] | undefined;
	/** What of it a person edits by: the front end that is active. */
	readonly frontEnd: 'ufw' | 'firewalld' | undefined;
	/** Tables of nftables that are not iptables' own. */
	readonly nftables: readonly string[];
};

/** Only looks. `sudo -n` asks for no password: where it would want one, the account may not read the rules. */
export const firewallProbe: string = probeScript(
	'as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }',
	[
		{name: 'iptables', commands: 'as_root iptables-save -t filter'},
		{name: 'raw', commands: 'as_root iptables-save -t raw'},
		{name: 'ufw', commands: 'as_root ufw status | head -1'},
		{name: 'firewalld', commands: 'as_root firewall-cmd --state'},
		{name: 'nftables', commands: 'as_root nft list tables'},
	],
);

export function parseFirewall(output: string): FirewallFacts {
	const said = parseSections(output);
	const good = (name: string) => (said.get(name)?.code === 0 ? linesOf(said.get(name)) : undefined);
	const filter = good('iptables');
	const isFirewalld = good('firewalld') !== undefined;
	const isUfw = good('ufw')?.[0] === 'Status: active';
	return {
		iptables: filter && [...(good('raw') ?? []), ...filter],
		frontEnd: isFirewalld ? 'firewalld' : isUfw ? 'ufw' : undefined,
		// iptables-nft keeps its chains in tables of these names.
		nftables: (good('nftables') ?? []).filter(
			(line) => !/^table (ip|ip6) (filter|nat|raw|mangle|security)$/.test(line),
		),
	};
}

function linesOf(said: Said | undefined): readonly string[] {
	return (said?.lines ?? []).map((line) => plainLines(line, 1));
}
