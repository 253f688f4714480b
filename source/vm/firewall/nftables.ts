import type {Decision, Packet} from './packet-filter.ts';

/** Lines of `nft list ruleset` that are of tables other than iptables' own, which iptables-nft keeps under these names. */
export function foreignTables(ruleset: readonly string[]): readonly string[] {
	let foreign = false;
	return ruleset.filter((line) => {
		if (/^table /.test(line)) foreign = !/^table (ip|ip6) (filter|nat|raw|mangle|security) /.test(line);
		return foreign;
	});
}

/**
 * What tables of nftables may do with a new connection: a base chain at its hook whose policy drops, or a rule that drops or rejects and names
 * the port, or no port. Sets, jumps and earlier rules are not followed, so it is never more than a perhaps; undefined when nothing there could block it.
 */
export function mayBlock(ruleset: readonly string[], {direction, port}: Packet): Decision | undefined {
	let table = '';
	let hook: string | undefined;
	let policy: Decision | undefined;
	for (const raw of ruleset) {
		const line = raw.trim();
		if (line.startsWith('table ')) table = line.replace(/ \{$/, '');
		if (line.startsWith('chain ')) hook = undefined;
		const base = /\bhook (\S+) priority [^;]*;(?: policy (\w+);)?/.exec(line);
		if (base !== null) {
			hook = base[1];
			if (base[2] === 'drop' && isAtHook(hook, direction)) policy ??= blocks('drop', `${table}: ${line}`);
			continue;
		}
		const verdict = /\b(drop|reject)\b/.exec(line.replaceAll(/"[^"]*"/g, ''))?.[1];
		// A chain without a hook is jumped to, from where is not known.
		if (verdict === undefined || (hook !== undefined && !isAtHook(hook, direction))) continue;
		if (
			/\bct state (established|related|invalid)\b|\budp\b|\biif(name)? "?lo\b|\bicmp/.test(
				line.replace(/reject with .*/, ''),
			)
		)
			continue;
		if (concerns(line, port)) return blocks(verdict === 'drop' ? 'drop' : 'reject', `${table}: ${line}`);
	}
	return policy;
}

function blocks(verdict: 'drop' | 'reject', rule: string): Decision {
	return {verdict, rule, perhaps: true};
}

function isAtHook(hook: string | undefined, direction: Packet['direction']): boolean {
	return hook === 'prerouting' || hook === 'ingress'
		? direction === 'in'
		: hook === (direction === 'in' ? 'input' : 'output');
}

/** A rule without a port concerns every one, a named set of ports perhaps any. */
function concerns(line: string, port: number): boolean {
	const ports = /\bdport (!= )?(\{[^}]*\}|\S+)/.exec(line);
	if (ports === null) return true;
	const [, not, list = ''] = ports;
	if (list.startsWith('@')) return true;
	const named = list
		.replaceAll(/[{}\s]/g, '')
		.split(',')
		.some((part) => {
			const [from = '', to = from] = part.split('-');
			return port >= Number(from) && port <= Number(to);
		});
	return (not === undefined) === named;
}
