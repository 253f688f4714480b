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
				'rules',
				0,
				':ISTIO_OUTPUT - [0:0]',
				'-A OUTPUT -j ISTIO_OUTPUT',
				'-A PREROUTING -p tcp -j ISTIO_INBOUND',
			),
			section('table', 0, '-P OUTPUT ACCEPT'),
			section('version', 0, 'iptables v1.8.9 (nf_tables)'),
			section('settings', 0, "ISTIO_INBOUND_PORTS='*'", 'KUBE_VIRT_INTERFACES=docker0'),
			section('sshd', 0, 'port 22', 'Port 2222'),
			section('unit', 0, 'active active'),
			section('sockets', 0, 'LISTEN 0 128 127.0.0.1:15001 0.0.0.0:*'),
			section('bridge', 0, '3: docker0: <UP>'),
			section('containers', 0, 'web bridge'),
			section('lookup', 0, 'name deb.example.org', 'past 192.0.2.7', 'captured '),
		].join('\n');
		expect(parseInterception(said)).toEqual({
			rules: [':ISTIO_OUTPUT - [0:0]', '-A OUTPUT -j ISTIO_OUTPUT', '-A PREROUTING -p tcp -j ISTIO_INBOUND'],
			refusal: '',
			trouble: '',
			version: 'iptables v1.8.9 (nf_tables)',
			settings: {ISTIO_INBOUND_PORTS: '*', KUBE_VIRT_INTERFACES: 'docker0'},
			sshPorts: [22, 2222],
			active: 'active',
			listening: [15_001],
			bridge: true,
			containers: ['web bridge'],
			lookup: {name: 'deb.example.org', past: '192.0.2.7', captured: ''},
		});
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
		expect(parseInterception(stdout)).toMatchObject({settings: {}, lookup: undefined});
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
