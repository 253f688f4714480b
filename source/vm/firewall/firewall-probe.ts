import {plainLines} from '../plain-text.ts';
import {parseSections, probeScript, type Said} from '../sections.ts';
import {foreignTables} from './nftables.ts';

/** The packet filter of a VM, as far as the account may read it. Texts are clean. */
export type FirewallFacts = {
	/** `iptables-save` of the tables raw and filter, line by line; undefined where it may not be read. */
	readonly iptables: readonly string[] | undefined;
	/** What of it a person edits by: the front end that is active. */
	readonly frontEnd: 'ufw' | 'firewalld' | undefined;
	/** `nft list ruleset`, line by line, of the tables that are not iptables' own; undefined where they may not be read, or nft is not there. */
	readonly nftables: readonly string[] | undefined;
};

/** Only looks. `sudo -n` asks for no password: where it would want one, the account may not read the rules. */
export const firewallProbe: string = probeScript(
	'if [ "$(id -u)" = 0 ]; then as_root() { "$@"; }; else as_root() { sudo -n "$@"; }; fi',
	[
		{name: 'iptables', commands: 'as_root iptables-save -t filter'},
		{name: 'raw', commands: 'as_root iptables-save -t raw'},
		{name: 'ufw', commands: 'as_root ufw status | head -1'},
		{name: 'firewalld', commands: 'as_root firewall-cmd --state'},
		{name: 'nftables', commands: 'as_root nft list ruleset'},
	],
);

export function parseFirewall(output: string): FirewallFacts {
	const said = parseSections(output);
	const good = (name: string) => (said.get(name)?.code === 0 ? linesOf(said.get(name)) : undefined);
	const filter = good('iptables');
	const isFirewalld = good('firewalld') !== undefined;
	const tables = good('nftables');
	const isUfw = good('ufw')?.[0] === 'Status: active';
	return {
		iptables: filter && [...(good('raw') ?? []), ...filter],
		frontEnd: isFirewalld ? 'firewalld' : isUfw ? 'ufw' : undefined,
		nftables: tables && foreignTables(tables),
	};
}

function linesOf(said: Said | undefined): readonly string[] {
	return (said?.lines ?? []).map((line) => plainLines(line, 1));
}
