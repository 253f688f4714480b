import {expect, test} from 'vitest';
import {firewallProbe, parseFirewall} from '../../../source/vm/firewall/firewall-probe.ts';

const rules = ['|*filter', '|:INPUT ACCEPT [0:0]', '|-A INPUT -p tcp -m tcp --dport 9080 -j DROP', '|COMMIT'];

test('rules of both tables are read together', () => {
	const facts = parseFirewall(
		['=iptables 0', ...rules, '=raw 0', '|*raw', '=ufw 127', '=firewalld 127', '=nftables 127'].join('\n'),
	);
	expect(facts).toEqual({
		iptables: ['*raw', ...rules.map((rule) => rule.slice(1))],
		frontEnd: undefined,
		nftables: undefined,
	});
});

test.each([
	['ufw', ['=ufw 0', '|Status: active'], 'ufw'],
	['ufw that is off', ['=ufw 0', '|Status: inactive'], undefined],
	['firewalld', ['=firewalld 0', '|public (active)'], 'firewalld'],
	['firewalld that does not run', ['=firewalld 252', '|FirewallD is not running'], undefined],
])('the front end: %s', (_, said, frontEnd) => {
	expect(parseFirewall(['=iptables 0', ...rules, ...said].join('\n')).frontEnd).toBe(frontEnd);
});

test('what may not be read is unknown, and no rule', () => {
	const output = ['=iptables 1', '|sudo: a password is required', '=raw 1', '|sudo: a password is required'].join('\n');
	expect(parseFirewall(output).iptables).toBeUndefined();
	expect(parseFirewall('').iptables).toBeUndefined();
});

test("tables of nftables that are iptables' own are not another firewall", () => {
	const own = ['|table ip filter {', '|\tchain INPUT {', '|\t}', '|}', '|table ip6 nat { # handle 3'];
	const output = ['=nftables 0', ...own, '|table inet site {', '|\tchain input {'].join('\n');
	expect(parseFirewall(output).nftables).toEqual(['table inet site {', 'chain input {']);
});

test('it only looks, and asks for no password', () => {
	expect(firewallProbe).toContain('sudo -n ');
	expect(firewallProbe).not.toMatch(/iptables (-[ADIFPX]|--(append|delete|insert|flush))|nft (add|delete|flush)/);
});
