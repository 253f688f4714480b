import {describe, expect, it} from 'vitest';
import {mayBlock} from '../../../source/vm/firewall/nftables.ts';

const chain = (hook: string, policy: string, ...rules: string[]) => [
	'table inet site {',
	'	chain one {',
	`		type filter hook ${hook} priority filter; policy ${policy};`,
	...rules.map((rule) => `		${rule}`),
	'	}',
	'}',
];
/** As firewalld writes it (Rocky Linux 9, `nft list ruleset`, shortened). */
const firewalld = [
	'table inet firewalld { # progname firewalld',
	'	chain filter_INPUT {',
	'		type filter hook input priority filter + 10; policy accept;',
	'		ct state { established, related } accept',
	'		iifname "lo" accept',
	'		jump filter_INPUT_ZONES',
	'		ct state invalid drop',
	'		reject with icmpx admin-prohibited',
	'	}',
	'	chain filter_OUTPUT {',
	'		type filter hook output priority filter + 10; policy accept;',
	'		oifname "lo" accept',
	'	}',
	'	chain filter_IN_public_allow {',
	'		tcp dport 22 accept',
	'	}',
	'}',
];

describe('tables of nftables', () => {
	it.each<[string, readonly string[], 'in' | 'out', string | undefined]>([
		['none', [], 'in', undefined],
		['a policy that accepts', chain('input', 'accept'), 'in', undefined],
		['a policy that drops', chain('input', 'drop'), 'in', 'drop'],
		['a policy of the other hook', chain('output', 'drop'), 'in', undefined],
		['a policy of what goes out', chain('output', 'drop'), 'out', 'drop'],
		['a policy before routing', chain('prerouting', 'drop'), 'in', 'drop'],
		['the port', chain('input', 'accept', 'tcp dport 9080 drop'), 'in', 'drop'],
		['the port, rejected', chain('input', 'accept', 'tcp dport 9080 reject with tcp reset'), 'in', 'reject'],
		['another port', chain('input', 'accept', 'tcp dport 9081 drop'), 'in', undefined],
		['a set with the port', chain('input', 'accept', 'tcp dport { 80, 9000-9100 } drop'), 'in', 'drop'],
		['a set without the port', chain('input', 'accept', 'tcp dport { 80, 443 } drop'), 'in', undefined],
		['all but the port', chain('input', 'accept', 'tcp dport != 9080 drop'), 'in', undefined],
		['a named set', chain('input', 'accept', 'tcp dport @closed drop'), 'in', 'drop'],
		['UDP', chain('input', 'accept', 'udp dport 9080 drop'), 'in', undefined],
		['a comment', chain('input', 'accept', 'tcp dport 9080 accept comment "drop later"'), 'in', undefined],
		['what is not valid', chain('input', 'accept', 'ct state invalid drop'), 'in', undefined],
		[
			'a chain that is jumped to',
			['table inet site {', '	chain web {', '		tcp dport 9080 drop', '	}', '}'],
			'in',
			'drop',
		],
		["firewalld's last rule", firewalld, 'in', 'reject'],
		['firewalld, going out', firewalld, 'out', undefined],
	])('%s', (_, ruleset, direction, verdict) => {
		const found = mayBlock(ruleset, {direction, port: 9080, source: undefined, destination: undefined});
		expect(found?.verdict).toBe(verdict);
		if (found !== undefined) expect(found).toMatchObject({perhaps: true, rule: expect.stringMatching(/^table inet /)});
	});
});
