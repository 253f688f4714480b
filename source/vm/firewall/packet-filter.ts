import {isIp} from '../../mesh/ip.ts';

/** A new TCP connection, as the VM's packet filter meets it. What is not known is undefined. */
export type Packet = {
	readonly direction: 'in' | 'out';
	readonly port: number;
	readonly source: string | undefined;
	readonly destination: string | undefined;
};

/** What the rules do with it, and the rule or policy that decides. `perhaps`: that hangs on what is not known here. */
export type Decision = {
	readonly verdict: 'accept' | 'drop' | 'reject';
	readonly rule: string;
	readonly perhaps: boolean;
};

type Chain = {readonly policy: 'ACCEPT' | 'DROP'; readonly rules: string[]};
type Answer = 'yes' | 'no' | 'maybe';

/**
 * What `iptables-save` does with a new connection: raw and filter, in that order, through every chain that is jumped to (ufw's too).
 * A rule with a condition that cannot be judged here lets the walk go on; one that blocks is remembered as a perhaps.
 */
export function decide(save: readonly string[], packet: Packet): Decision {
	const first = packet.direction === 'in' ? {raw: 'PREROUTING', filter: 'INPUT'} : {raw: 'OUTPUT', filter: 'OUTPUT'};
	const tables = readTables(save);
	let perhaps: Decision | undefined;
	for (const name of ['raw', 'filter'] as const) {
		const chains = tables.get(name);
		const start = chains?.get(first[name]);
		if (chains === undefined || start === undefined) continue;
		const walked = walk(chains, first[name], packet, 0);
		perhaps ??= walked.perhaps;
		const end = walked.end ?? (start.policy === 'DROP' ? policyOf(first[name]) : undefined);
		if (end !== undefined && end.verdict !== 'accept') return end;
	}
	return perhaps ?? {verdict: 'accept', rule: '', perhaps: false};
}

function policyOf(chain: string): Decision {
	return {verdict: 'drop', rule: `:${chain} DROP (policy)`, perhaps: false};
}

type Walk = {readonly end: Decision | undefined; readonly perhaps: Decision | undefined};

function walk(chains: ReadonlyMap<string, Chain>, name: string, packet: Packet, depth: number): Walk {
	let perhaps: Decision | undefined;
	// A chain that leads to itself is refused by the kernel; what was read may be anything.
	if (depth > 20) return {end: undefined, perhaps};
	for (const rule of chains.get(name)?.rules ?? []) {
		const {conditions, target} = readRule(rule);
		const matched = matches(conditions, packet);
		if (matched === 'no' || target === undefined) continue;
		if (target === 'RETURN') {
			if (matched === 'yes') break;
			continue;
		}
		const verdict = ({ACCEPT: 'accept', DROP: 'drop', REJECT: 'reject'} as const)[target as 'ACCEPT'];
		if (verdict !== undefined) {
			if (matched === 'yes') return {end: {verdict, rule, perhaps: false}, perhaps};
			if (verdict !== 'accept') perhaps ??= {verdict, rule, perhaps: true};
			continue;
		}
		if (!chains.has(target)) continue;
		const inner = walk(chains, target, packet, depth + 1);
		perhaps ??= inner.perhaps;
		if (inner.end === undefined) continue;
		if (matched === 'yes') return {end: inner.end, perhaps};
		if (inner.end.verdict !== 'accept') perhaps ??= {...inner.end, perhaps: true};
	}
	return {end: undefined, perhaps};
}

function readTables(save: readonly string[]): ReadonlyMap<string, Map<string, Chain>> {
	const tables = new Map<string, Map<string, Chain>>();
	let chains = new Map<string, Chain>();
	for (const line of save) {
		const table = /^\*(\S+)/.exec(line)?.[1];
		const chain = /^:(\S+) (\S+)/.exec(line);
		const rule = /^-A (\S+)/.exec(line)?.[1];
		if (table !== undefined) {
			chains = tables.get(table) ?? new Map<string, Chain>();
			tables.set(table, chains);
		} else if (chain !== null) {
			chains.set(chain[1] ?? '', {policy: chain[2] === 'DROP' ? 'DROP' : 'ACCEPT', rules: []});
		} else if (rule !== undefined) {
			chains.get(rule)?.rules.push(line);
		}
	}
	return tables;
}

/** Every condition of a rule together; a condition that is not understood is a maybe. */
function matches(conditions: readonly Condition[], packet: Packet): Answer {
	let answer: Answer = 'yes';
	for (const {negated, option, value} of conditions) {
		const one = condition(option, value, packet);
		const judged = !negated || one === 'maybe' ? one : one === 'yes' ? 'no' : 'yes';
		if (judged === 'no') return 'no';
		if (judged === 'maybe') answer = 'maybe';
	}
	return answer;
}

type Condition = {readonly negated: boolean; readonly option: string; readonly value: string};

/** The words of a rule between its chain and its target, as options with their values (a comment is none), and the target. */
function readRule(rule: string): {readonly conditions: readonly Condition[]; readonly target: string | undefined} {
	const words = rule.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
	const conditions: Condition[] = [];
	let negated = false;
	for (let at = 2; at < words.length; ) {
		const option = words[at++] ?? '';
		if (option === '-j' || option === '-g') return {conditions, target: words[at]};
		if (option === '!') {
			negated = true;
			continue;
		}
		const from = at;
		while (at < words.length && !/^(-|!$)/.test(words[at] ?? '')) at++;
		if (option !== '--comment') conditions.push({negated, option, value: words.slice(from, at).join(' ')});
		negated = false;
	}
	return {conditions, target: undefined};
}

function condition(option: string, value: string, {direction, port, source, destination}: Packet): Answer {
	const when = (yes: boolean): Answer => (yes ? 'yes' : 'no');
	switch (option) {
		case '-p':
			return when(value === 'tcp' || value === '6' || value === 'all');
		case '-m':
			// The module's own options are what is asked.
			return 'yes';
		case '--dport':
		case '--dports':
			return when(inPorts(value, port));
		case '--ctstate':
		case '--state':
			return when(value.split(',').includes('NEW'));
		case '--syn':
			return 'yes';
		case '--tcp-flags':
			return when(value === 'FIN,SYN,RST,ACK SYN');
		case '-i':
			return direction === 'out' || value === 'lo' ? 'no' : 'maybe';
		case '-o':
			return direction === 'in' || value === 'lo' ? 'no' : 'maybe';
		case '-s':
			return inRange(value, source);
		case '-d':
			return inRange(value, destination);
		default:
			return 'maybe';
	}
}

function inPorts(list: string, port: number): boolean {
	return list.split(',').some((part) => {
		const [from = '', to = from] = part.split(':');
		return port >= Number(from || 0) && port <= Number(to || 65_535);
	});
}

function inRange(range: string, address: string | undefined): Answer {
	const [base = '', length = '32'] = range.split('/');
	if (range === '0.0.0.0/0') return 'yes';
	if (address === undefined || !isIp(base) || base.includes(':') || address.includes(':')) return 'maybe';
	const bits = Number(length);
	const number = (ip: string) => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
	const size = 2 ** (32 - bits);
	return Math.floor(number(base) / size) === Math.floor(number(address) / size) ? 'yes' : 'no';
}
