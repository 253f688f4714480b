import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, test} from 'vitest';
import {hostsLineOf, writeHosts} from '../../source/vm/package-commands.ts';
import {packageProbeCommand, parsePackageProbe} from '../../source/vm/package-probe.ts';

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-etc-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const istiod = 'istiod.istio-system.svc';
const sh = (command: string) =>
	spawnSync('/bin/sh', ['-c', command.replaceAll('/etc/', `${folder}/`)], {encoding: 'utf8'});

describe('istiod’s name in /etc/hosts', () => {
	const hosts = () => readFileSync(join(folder, 'hosts'), 'utf8');
	const put = (gateway: string, isIp = true) => sh(writeHosts(gateway, isIp, istiod));
	const others = '127.0.0.1 localhost\n::1 localhost ip6\n10.0.0.1 other # istio\n';

	it('comes after what others wrote, once, with the newest address', () => {
		writeFileSync(join(folder, 'hosts'), others);
		expect(put('10.1.1.1').status).toBe(0);
		expect(hosts()).toBe(`${others}${hostsLineOf('10.1.1.1', istiod)}\n`);
		put('10.1.1.1');
		put('10.2.2.2');
		expect(hosts()).toBe(`${others}${hostsLineOf('10.2.2.2', istiod)}\n`);
		expect(readdirSync(folder)).toEqual(['hosts']);
	});

	it('takes the place of the line that istioctl’s guide appends, and of no line with another name', () => {
		writeFileSync(
			join(folder, 'hosts'),
			`10.9.9.9 ${istiod}\n10.8.8.8 ${istiod} mine\n10.9.9.9\tistiod-canary.istio-system.svc\n`,
		);
		put('10.1.1.1');
		expect(hosts()).toBe(
			`10.8.8.8 ${istiod} mine\n10.9.9.9\tistiod-canary.istio-system.svc\n${hostsLineOf('10.1.1.1', istiod)}\n`,
		);
	});

	it('is looked up on the VM where the gateway has a name, and left where that fails', () => {
		writeFileSync(join(folder, 'hosts'), others);
		expect(put('localhost', false).status).toBe(0);
		expect(hosts()).toMatch(/\n(127\.0\.0\.1|::1) istiod\.istio-system\.svc # meshboard/);
		const before = hosts();
		const failed = put('nowhere.invalid', false);
		expect([failed.status, failed.stderr.trim()]).toEqual([1, 'nowhere.invalid does not resolve']);
		expect(hosts()).toBe(before);
	});
});

test('a machine without the package is read as one', () => {
	const file = join(folder, "it's a file");
	const token = join(folder, 'token');
	writeFileSync(file, 'A=1\n');
	chmodSync(file, 0o640);
	const roots = join(folder, 'roots.pem');
	const block = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`;
	writeFileSync(roots, `${block('AB\r\nCD')}\n${block('EF')}`);
	writeFileSync(token, 'head.claims.signature');
	const asked = {paths: [file, join(folder, 'absent')], roots, token, istiod: 'nobody.has.this', gateway: 'localhost'};
	const found = parsePackageProbe(sh(packageProbeCommand(asked)).stdout);
	expect(found).toMatchObject({version: '', installing: false, tokenPayload: 'claims', hosts: [], identity: ''});
	expect(found?.manager).toBe(existsSync('/usr/bin/dpkg-query') ? 'deb' : found?.manager);
	expect(found?.gatewayIps.join()).toMatch(/^(127\.0\.0\.1|::1)(,|$)/);
	const elsewhere = parsePackageProbe(sh(packageProbeCommand({...asked, gateway: 'nowhere.invalid'})).stdout);
	expect(elsewhere?.gatewayIps).toEqual([]);
	expect(found?.roots).toEqual(['ABCD', 'EF'].map((text) => createHash('sha256').update(text).digest('hex')));
	expect(Object.keys(found?.files ?? {})).toEqual([file]);
	expect(found?.files[file]).toMatchObject({mode: 0o640});
	expect(found?.files[file]?.sum).toMatch(/^[0-9a-f]{64}$/);
	expect(Math.abs((found?.clock ?? 0) - Date.now() / 1000)).toBeLessThan(60);
});

test('an answer without an end is none', () => {
	expect(parsePackageProbe('=package 0\n|manager deb\n')).toBeUndefined();
	expect(parsePackageProbe('')).toBeUndefined();
});
