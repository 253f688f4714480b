import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {capturesInbound} from '../../../source/vm/interception/captures.ts';
import {interceptionProbe} from '../../../source/vm/interception/interception-probe.ts';
import {parseInterception} from '../../../source/vm/interception/parse-interception.ts';

const section = (name: string, code: number, ...lines: readonly string[]) =>
	[`=${name} ${code}`, ...lines.map((line) => `|${line}`)].join('\n');
const whole = (...sections: readonly string[]) => [...sections, section('unit', 0), ''].join('\n');

describe('what redirects traffic on a VM', () => {
	it('is read with what it meets there', () => {
		const said = [
			section(
				...(['rules', 0] as const),
				...['*nat', ':ISTIO_OUTPUT - [0:0]', '-A OUTPUT -j ISTIO_OUTPUT', '# Warning: tables of the other kind'],
				...['*raw', ':ISTIO_INBOUND - [0:0]', '-A PREROUTING -j ISTIO_INBOUND', 'table inet istio-proxy-nat {'],
			),
			section('table', 0, '-P OUTPUT ACCEPT'),
			section('version', 0, 'iptables v1.8.9 (nf_tables)'),
			section('settings', 0, "ISTIO_INBOUND_PORTS='*'", 'KUBE_VIRT_INTERFACES=docker0'),
			section('sshd', 0, 'port 22', 'Port 2222'),
			section('unit', 0, 'active active'),
			section('sockets', 0, 'LISTEN 0 128 127.0.0.1:15001 0.0.0.0:*'),
			section('bridge', 0, '3: docker0: <UP>'),
			section('containers', 0, 'web bridge'),
			section('resolver', 0, 'nameserver 127.0.0.53', 'nameserver 192.0.2.53'),
			section('lookup', 0, 'name deb.example.org', 'past deb.example.org 192.0.2.7', 'captured deb.example.org '),
		].join('\n');
		expect(parseInterception(said)).toEqual({
			rules: [':ISTIO_OUTPUT - [0:0]', '-A OUTPUT -j ISTIO_OUTPUT', 'table inet istio-proxy-nat {'],
			refusal: '',
			trouble: '',
			version: 'iptables v1.8.9 (nf_tables)',
			settings: {ISTIO_INBOUND_PORTS: '*', KUBE_VIRT_INTERFACES: 'docker0'},
			sshPorts: [22, 2222],
			active: 'active',
			listening: [15_001],
			bridge: true,
			containers: ['web bridge'],
			nameservers: ['127.0.0.53', '192.0.2.53'],
			lookup: {name: 'deb.example.org', past: '192.0.2.7', captured: ''},
		});
	});

	it('is told by the name that somebody gets an address for, whatever order the answers come in', () => {
		const lookupIn = (...lines: readonly string[]) => parseInterception(whole(section('lookup', 0, ...lines)))?.lookup;
		const two = ['captured a.example ', 'name a.example', 'name b.example', 'past a.example ', 'captured b.example '];
		expect(lookupIn(...two, 'past b.example 192.0.2.7')).toEqual({name: 'b.example', past: '192.0.2.7', captured: ''});
		expect(lookupIn(...two, 'past b.example ')).toEqual({name: 'a.example', past: '', captured: ''});
		expect(lookupIn()).toBeUndefined();
	});

	it('is unknown where it may not be read, and where the answer has no end', () => {
		const refused = parseInterception(whole(section('rules', 1, 'sudo: a password is required')));
		expect(refused).toMatchObject({rules: undefined, refusal: 'sudo: a password is required'});
		expect(parseInterception(section('rules', 0, '-A OUTPUT -j ISTIO_OUTPUT'))).toBeUndefined();
	});

	it('is read from whatever a VM says', () => {
		fc.assert(fc.property(fc.string({unit: 'binary'}), (text) => void parseInterception(text)));
		fc.assert(fc.property(fc.string(), (text) => void parseInterception(whole(section('settings', 0, text)))));
	});

	it('is asked with names as data', () => {
		const trap = join(tmpdir(), `meshboard-trap-${process.pid}`);
		const names = [`a'; touch ${trap}; '`, `$(touch ${trap})`];
		const command = interceptionProbe({environment: `/x'; touch ${trap}; '`, proxyUser: 'istio-proxy', names});
		const {stdout} = spawnSync('/bin/sh', ['-c', command], {encoding: 'utf8'});
		expect(parseInterception(stdout)).toMatchObject({settings: {}});
		expect(existsSync(trap)).toBe(false);
	});
});

const every = [
	'-A PREROUTING -p tcp -j ISTIO_INBOUND',
	'-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN',
	'-A ISTIO_INBOUND -p tcp -m tcp --dport 22 -j RETURN',
	'-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
];
const some = [
	'-A PREROUTING -p tcp -j ISTIO_INBOUND',
	'-A ISTIO_INBOUND -p tcp -m tcp --dport 22 -j ISTIO_IN_REDIRECT',
];

test.each<{rules: readonly string[]; port: number; taken: boolean}>([
	{rules: every, port: 22, taken: false},
	{rules: every, port: 2222, taken: true},
	{rules: every.slice(1), port: 2222, taken: false},
	{rules: some, port: 22, taken: true},
	{rules: some, port: 2222, taken: false},
	{rules: [], port: 22, taken: false},
])('$rules.length rules take port $port: $taken', ({rules, port, taken}) => {
	expect(capturesInbound(rules, port)).toBe(taken);
});
