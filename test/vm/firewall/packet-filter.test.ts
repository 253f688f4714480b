import {describe, expect, it, test} from 'vitest';
import {decide} from '../../../source/vm/firewall/packet-filter.ts';

const packet = {source: '10.128.0.2', destination: '10.128.0.254', port: 15_012} as const;
const filter = (...rules: string[]) => ['*filter', ':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ...rules, 'COMMIT'];

describe('a new connection from the VM', () => {
	it.each<[string, readonly string[], string, boolean]>([
		['no rules', filter(), 'accept', false],
		['nothing that was read', [], 'accept', false],
		['a drop of its port', filter('-A OUTPUT -p tcp -m tcp --dport 15012 -j DROP'), 'drop', false],
		[
			'a reject of its port',
			filter('-A OUTPUT -p tcp -m tcp --dport 15012 -j REJECT --reject-with tcp-reset'),
			'reject',
			false,
		],
		['a drop of another port', filter('-A OUTPUT -p tcp -m tcp --dport 15013 -j DROP'), 'accept', false],
		['a drop of UDP', filter('-A OUTPUT -p udp -m udp --dport 15012 -j DROP'), 'accept', false],
		['a drop of what comes in', filter('-A INPUT -p tcp -m tcp --dport 15012 -j DROP'), 'accept', false],
		['a range of ports', filter('-A OUTPUT -p tcp -m multiport --dports 80,15000:15100 -j DROP'), 'drop', false],
		['an open end of a range', filter('-A OUTPUT -p tcp -m tcp --dport 1024: -j DROP'), 'drop', false],
		['all but its port', filter('-A OUTPUT -p tcp -m tcp ! --dport 15012 -j DROP'), 'accept', false],
		['all but another port', filter('-A OUTPUT -p tcp -m tcp ! --dport 22 -j DROP'), 'drop', false],
		['its network', filter('-A OUTPUT -d 10.128.0.0/24 -j DROP'), 'drop', false],
		['another network', filter('-A OUTPUT -d 10.10.0.0/24 -j DROP'), 'accept', false],
		['all but its network', filter('-A OUTPUT ! -d 10.128.0.0/24 -j REJECT'), 'accept', false],
		[
			'an earlier rule that lets it pass',
			filter('-A OUTPUT -p tcp --dport 15012 -j ACCEPT', '-A OUTPUT -j DROP'),
			'accept',
			false,
		],
		[
			'connections that are there already',
			filter('-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j DROP'),
			'accept',
			false,
		],
		['only new ones', filter('-A OUTPUT -p tcp -m conntrack --ctstate NEW -j DROP'), 'drop', false],
		['loopback', filter('-A OUTPUT -o lo -j DROP'), 'accept', false],
		['an interface, which is not known', filter('-A OUTPUT -o eth0 -j DROP'), 'drop', true],
		['an owner, who is not known', filter('-A OUTPUT -m owner --uid-owner 1337 -j REJECT'), 'reject', true],
		[
			'a comment with words of rules',
			filter('-A OUTPUT -m comment --comment "do -j DROP --dport 1" -j ACCEPT'),
			'accept',
			false,
		],
		['a comment before a drop', filter('-A OUTPUT -p tcp -m comment --comment ours -j DROP'), 'drop', false],
		['a policy', ['*filter', ':OUTPUT DROP [0:0]', 'COMMIT'], 'drop', false],
		[
			'a policy behind a rule that lets it pass',
			['*filter', ':OUTPUT DROP [0:0]', '-A OUTPUT -p tcp -j ACCEPT', 'COMMIT'],
			'accept',
			false,
		],
		[
			'a chain',
			['*filter', ':OUTPUT ACCEPT [0:0]', ':ours - [0:0]', '-A OUTPUT -j ours', '-A ours -p tcp -j DROP', 'COMMIT'],
			'drop',
			false,
		],
		[
			'a chain that leads back',
			[
				'*filter',
				':OUTPUT ACCEPT [0:0]',
				':ours - [0:0]',
				'-A OUTPUT -j ours',
				'-A ours -p tcp -j RETURN',
				'-A ours -j DROP',
				'COMMIT',
			],
			'accept',
			false,
		],
		[
			'a chain for an interface',
			[
				'*filter',
				':OUTPUT ACCEPT [0:0]',
				':ours - [0:0]',
				'-A OUTPUT -o eth0 -j ours',
				'-A ours -p tcp -j DROP',
				'COMMIT',
			],
			'drop',
			true,
		],
		[
			'the table raw',
			['*raw', ':OUTPUT ACCEPT [0:0]', '-A OUTPUT -p tcp --dport 15012 -j DROP', 'COMMIT', ...filter()],
			'drop',
			false,
		],
		[
			'a target that does not end',
			filter('-A OUTPUT -p tcp -j LOG', '-A OUTPUT -p tcp -j MARK --set-mark 1'),
			'accept',
			false,
		],
	])('%s', (_, rules, verdict, perhaps) => {
		expect(decide(rules, {...packet, direction: 'out'})).toMatchObject({verdict, perhaps});
	});
});

describe('a new connection to the VM', () => {
	it.each<[string, readonly string[], string, boolean]>([
		['a drop', filter('-A INPUT -p tcp -m tcp --dport 15012 -j DROP'), 'drop', false],
		['from anywhere', filter('-A INPUT -s 0.0.0.0/0 -j REJECT'), 'reject', false],
		['from a range, when the source is not known', filter('-A INPUT -s 10.20.0.0/16 -j DROP'), 'drop', true],
		['what raw drops', ['*raw', ':PREROUTING ACCEPT [0:0]', '-A PREROUTING -p tcp -j DROP', 'COMMIT'], 'drop', false],
		['a drop of what goes out', filter('-A OUTPUT -p tcp -j DROP'), 'accept', false],
	])('%s', (_, rules, verdict, perhaps) => {
		const decision = decide(rules, {...packet, source: undefined, direction: 'in'});
		expect(decision).toMatchObject({verdict, perhaps});
	});
});

test('ufw: its chains are walked, and the rule that decides is told', () => {
	const rules = [
		'*filter',
		':INPUT DROP [0:0]',
		':ufw-before-input - [0:0]',
		':ufw-user-input - [0:0]',
		'-A INPUT -j ufw-before-input',
		'-A ufw-before-input -i lo -j ACCEPT',
		'-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
		'-A ufw-before-input -j ufw-user-input',
		'-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT',
		'COMMIT',
	];
	const to = (port: number) => decide(rules, {direction: 'in', source: undefined, destination: '10.128.0.2', port});
	expect(to(22)).toMatchObject({verdict: 'accept'});
	expect(to(9080)).toEqual({verdict: 'drop', rule: ':INPUT DROP (policy)', perhaps: false});
});

test('chains that lead in a circle end', () => {
	const rules = [
		'*filter',
		':INPUT ACCEPT [0:0]',
		':a - [0:0]',
		':b - [0:0]',
		'-A INPUT -j a',
		'-A a -j b',
		'-A b -j a',
		'COMMIT',
	];
	expect(decide(rules, {direction: 'in', source: undefined, destination: undefined, port: 1})).toMatchObject({
		verdict: 'accept',
	});
});
