import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseAdminProbe} from '../../source/vm/admin-probe.ts';
import {parseProbe} from '../../source/vm/parse-probe.ts';

const asked = {configDir: '/etc/istio-proxy', runtime: 'docker'} as const;
const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.txt`, import.meta.url), 'utf8');
const read = (name: string) => parseProbe(fixture(name), asked);

describe('a probe as recorded on Debian 12', () => {
	it('finds a prepared VM', () => {
		const vm = read('probe-prepared');
		expect(vm).toMatchObject({
			kernel: 'Linux',
			architecture: 'x86_64',
			os: {id: 'debian', versionId: '12', prettyName: 'Debian GNU/Linux 12 (bookworm)'},
			user: 'istio-proxy',
			groups: ['istio-proxy', 'docker'],
			dockerGroup: ['istio-proxy'],
			clock: 1795494350,
			docker: {
				state: 'usable',
				text: '20.10.24+dfsg1',
				architecture: 'amd64',
				active: 'active',
				enabled: 'enabled',
			},
			configDir: {kind: 'directory', writable: true, mode: '775', owner: 'istio-proxy', group: 'istio-proxy'},
			imagePresent: false,
			freeKib: {configDir: 71395412, engine: 71395412},
			freeInodes: 16170840,
			containers: [],
			confinement: {selinux: '', appArmor: false, rootless: false, remapped: false},
		});
		expect(vm.tools).toContain('apt-get');
		expect(vm.listeners).toEqual([
			{address: '0.0.0.0', port: 22, process: ''},
			{address: '127.0.0.11', port: 44881, process: ''},
			{address: '127.0.0.1', port: 9080, process: ''},
			{address: '127.0.0.1', port: 41565, process: ''},
			{address: '::', port: 22, process: ''},
		]);
		expect(vm.addresses).toEqual([
			{interface: 'lo', address: '127.0.0.1'},
			{interface: 'docker0', address: '172.17.0.1'},
			{interface: 'eth0', address: '10.128.0.77'},
		]);
	});

	it('finds a user who may not use Docker nor write the directory, in the words of the system', () => {
		const vm = read('probe-denied');
		expect(vm.docker.state).toBe('denied');
		expect(vm.configDir).toMatchObject({writable: false});
		expect(vm.configDir.text).toContain('Permission denied');
		expect(vm.containers).toBeUndefined();
		expect(vm.imagePresent).toBeUndefined();
	});

	it('tells a stale session from a user without the right', () => {
		const stale = fixture('probe-denied').replace('|docker:x:103:istio-proxy', '|docker:x:103:istio-proxy,admin');
		expect(parseProbe(stale, asked).docker.state).toBe('group-stale');
	});

	it('finds a stopped engine and an absent one', () => {
		expect(read('probe-stopped').docker).toMatchObject({state: 'stopped', active: 'inactive'});
		expect(read('probe-pristine')).toMatchObject({
			docker: {state: 'missing', active: '', enabled: ''},
			dockerGroup: undefined,
			configDir: {kind: 'absent', writable: false, mode: ''},
		});
	});

	it('reads what root sees', () => {
		expect(parseAdminProbe(fixture('admin-pristine'))).toMatchObject({
			admin: 'admin',
			engine: {state: 'missing'},
			packages: {candidate: '20.10.24+dfsg1-1+deb12u1+b6', interrupted: false, chosen: false, running: false},
			account: undefined,
			dockerGroupExists: false,
			configDir: {kind: 'absent', holdsOthers: false},
		});
		expect(parseAdminProbe(fixture('admin-prepared'))).toMatchObject({
			engine: {state: 'usable', active: 'active', enabled: 'enabled'},
			packages: {chosen: true},
			account: {
				home: '/home/istio-proxy',
				homeExists: true,
				group: 'istio-proxy',
				groups: ['istio-proxy', 'docker'],
				sshDirectory: {mode: '700', owner: 'istio-proxy'},
				authorizedKeys: {mode: '600', owner: 'istio-proxy'},
				keyPresent: true,
				locked: false,
			},
			dockerGroupExists: true,
			configDir: {kind: 'directory', link: false, mode: '775', owner: 'istio-proxy', group: 'istio-proxy'},
		});
	});
});

describe('a probe of a hostile VM', () => {
	const hostile = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
	const texts = (value: unknown): string[] =>
		typeof value === 'string'
			? [value]
			: value !== null && typeof value === 'object'
				? Object.values(value).flatMap(texts)
				: [];

	it('is read whatever it says: no text holds a control character or is without bound', () => {
		const chunk = fc.oneof(
			fc.string({unit: 'binary', maxLength: 200}),
			fc.constantFrom(
				'\u001B[2J',
				'\u001B]0;title\u0007',
				'\r',
				'\u202E',
				'|',
				'\n=',
				'"',
				'LISTEN',
				'A'.repeat(20_000),
			),
		);
		const noise = fc.array(chunk, {maxLength: 6}).map((parts) => parts.join(''));
		const names = [
			'kernel',
			'os',
			'user',
			'tools',
			'engine',
			'directory',
			'listeners',
			'containers',
			'account',
			'clock',
		];
		const output = fc
			.array(fc.tuple(fc.constantFrom(...names), fc.nat(130), fc.array(noise, {maxLength: 4})), {maxLength: 12})
			.map((sections) =>
				sections
					.map(([name, code, lines]) => `=${name} ${code}\n${lines.map((line) => `|${line}`).join('\n')}`)
					.join('\n'),
			);
		fc.assert(
			fc.property(fc.oneof(output, noise), (said) => {
				for (const facts of [parseProbe(said, asked), parseAdminProbe(said)]) {
					for (const text of texts(facts)) {
						expect(text).not.toMatch(hostile);
						expect(text.length).toBeLessThanOrEqual(1000);
					}
				}
			}),
		);
	});

	it('cannot pass the answer to one question for that to another', () => {
		fc.assert(
			fc.property(fc.string({unit: 'binary'}), (line) => {
				const said = `=os 0\n${`ID=debian\n${line}\n=docker-group 0\ndocker:x:1:evil`
					.split('\n')
					.map((each) => `|${each}`)
					.join('\n')}\n=docker-group 1\n`;
				expect(parseProbe(said, asked).dockerGroup).toBeUndefined();
			}),
		);
	});
});
