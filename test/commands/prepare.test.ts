import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {packTar} from 'modern-tar';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {newHome, profiles, run} from './process.ts';

/* Preparation alone, with the built program on the sandbox. One test builds on another. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
beforeAll(async () => {
	sandbox = await openSandbox();
	const config = {version: 1, current: 'default', profiles: {default: sandbox.profile}};
	home = newHome(profiles(JSON.stringify(config)));
});
afterAll(() => sandbox.close());

const target = 'ratings-vm.bookinfo';
/** The simulated machines run their scripts in this process, slowly where others are at work. */
const limit = 90_000;
const prepare = (...words: string[]) => run(['prepare', ...words], home);

type Event = {
	readonly event: string;
	readonly step?: string;
	readonly changed?: boolean;
	readonly check?: {id: string; detail: string};
};
const eventsOf = (stdout: string) =>
	stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as Event);

describe('prepare', () => {
	test('wants a target and consent', {timeout: limit}, async () => {
		expect(await prepare()).toMatchObject({code: 64, stderr: expect.stringContaining('at least one target')});
		expect(await prepare(target)).toMatchObject({code: 64, stderr: expect.stringContaining('without consent')});
		expect(await prepare(target, '--yes', '--read-only')).toMatchObject({code: 77});
		expect(await prepare(target, '--undo', '--start-app')).toMatchObject({
			code: 64,
			stderr: expect.stringContaining('cannot be used with'),
		});
	});

	test('shows its plan: what concerns the VM, every command, and nothing of the mesh', {timeout: limit}, async () => {
		const {code, stdout} = await prepare(target, '--dry-run');
		expect(code).toBe(0);
		expect(stdout).toMatch(/admin user +admin/);
		expect(stdout).toMatch(/sudo sh \S+\/record\.sh account istio-proxy \S+ useradd --create-home/);
		// The one thing of a run that no step does: it is shown all the same.
		expect(stdout).toMatch(
			/^ +lock +file \/dev\/shm\/\.meshboard-lock\.… on the VM \(else \/tmp\), while the run lasts/m,
		);
		expect(stdout).not.toMatch(/^ +(gateway|network|token|bootstrap)/m);
		const {plans} = JSON.parse((await prepare(target, '--dry-run', '-o', 'json')).stdout);
		expect(plans[0].steps.map(({phase}: {phase: string}) => phase)).toEqual(Array(5).fill('prepare'));
	});

	test('makes the VM ready, and tells of each part what was found and what is so now', {timeout: limit}, async () => {
		const {code, stdout, stderr} = await prepare(target, '--yes');
		expect(code, stdout + stderr).toBe(0);
		expect(stdout).toMatch(/Docker: missing → \d/);
		expect(stdout).toContain('made: no account → istio-proxy of group istio-proxy');
		expect(stdout).toContain('mode 775: absent → 775');
		expect((await sandbox.ssh('ratings-vm', 'bookinfo', 'istio-proxy', 'docker ps -q')).code).toBe(0);
	});

	test('shows what taking back could do of a VM that is out of reach, and why no more is known', {
		timeout: limit,
	}, async () => {
		const {code, stdout} = await prepare(target, '--undo', '--dry-run', '--admin-user', 'nobody-here');
		expect(code).toBe(0);
		expect(stdout).toMatch(/→ not known beforehand: nobody-here@\S+ accepts none of the offered identities/);
		expect(stdout).toMatch(/undo\.sh directory[\s\S]*undo\.sh account[\s\S]*undo\.sh engine/);
	});

	test('changes nothing the second time, says so of each part, and asks the VM once', {timeout: limit}, async () => {
		const {code, stdout} = await prepare(target, '--yes', '-o', 'ndjson');
		expect(code).toBe(0);
		const events = eventsOf(stdout);
		expect(events.filter(({event}) => event === 'command')).toHaveLength(1);
		expect(events.filter(({changed}) => changed === true)).toEqual([]);
		const details = events.flatMap(({check}) => check?.detail ?? []);
		expect(details.length).toBeGreaterThan(10);
		// The last one is of the application, which is not preparation's.
		expect(details.pop()).toMatch(/ on 127\.0\.0\.1:9080$/);
		for (const detail of details) expect(detail).toMatch(/^skipped, /);
	});

	test('is taken back by what the VM recorded, and there is nothing left of it to take back', {
		timeout: limit,
	}, async () => {
		const state = async () =>
			(
				await sandbox.ssh(
					'ratings-vm',
					'bookinfo',
					'admin',
					'cat /etc/passwd /etc/group; ls -A /etc /home /var/lib; docker ps',
				)
			).stdout;
		const plan = await prepare(target, '--undo', '--dry-run');
		expect(plan.stdout).toMatch(
			/Take back the account[^\n]*\n( {4}→ [^\n]+\n)*? {4}→ takes back account istio-proxy with its home\n[\s\S]*undo\.sh account/,
		);
		expect(plan.stdout).toMatch(/→ takes back \/etc\/istio-proxy\n/);
		expect(plan.stdout).toMatch(/→ takes back packages (?:\S+, )*docker\.io/);
		const {plans} = JSON.parse((await prepare(target, '--undo', '--dry-run', '-o', 'json')).stdout);
		expect(plans[0].steps[1].foreseen).toContain('takes back /etc/istio-proxy');
		const undone = await prepare(target, '--undo', '--yes');
		expect(undone.code, undone.stdout + undone.stderr).toBe(0);
		expect(undone.stdout).toContain('account istio-proxy: removed with its home');
		expect(undone.stdout).toContain('package docker.io: removed');
		expect(undone.stdout).toContain('/etc/istio-proxy: removed');
		const left = await state();
		expect(left).not.toMatch(/istio-proxy|meshboard|docker/);
		const again = await prepare(target, '--undo', '--yes', '-o', 'ndjson');
		expect(again.code).toBe(0);
		expect(again.stdout).toContain('nothing that meshboard did is recorded');
		const nothing = await prepare(target, '--undo', '--dry-run');
		expect(nothing.stdout).toMatch(/→ nothing that meshboard did is recorded/);
		expect(nothing.stdout).not.toContain('undo.sh');
		expect(eventsOf(again.stdout).filter(({changed}) => changed === true)).toEqual([]);
	});
});

describe('--image', () => {
	const file = async (names: readonly string[]) => {
		const body = Buffer.from(JSON.stringify([{Config: 'c.json', RepoTags: names, Layers: []}]));
		const path = join(home, 'proxy.tar');
		writeFileSync(path, await packTar([{header: {name: 'manifest.json', size: body.length, type: 'file'}, body}]));
		return path;
	};

	test('that is no file with an image is refused before anything is read', {timeout: limit}, async () => {
		for (const command of ['prepare', 'onboard', 'bootstrap']) {
			expect(await run([command, target, '--image', join(home, 'absent.tar'), '--yes'], home)).toMatchObject({
				code: 64,
				stderr: expect.stringContaining('docker save -o FILE IMAGE'),
			});
		}
	});

	test('is loaded with the preparation, in place of a pull, and is there for the onboarding', {
		timeout: limit,
	}, async () => {
		const {stdout: plan} = await prepare(target, '--dry-run', '--image', await file(['x:1']));
		expect(plan).toMatch(/Load the proxy's image from a file\n +docker load < \/\S+proxy\.tar of this machine/);
		const wrong = await prepare(target, '--yes', '--image', await file(['x:1']));
		const needed = /the proxy needs (\S+):/.exec(wrong.stdout)?.[1] ?? '';
		expect(wrong, wrong.stdout).toMatchObject({code: 1, stdout: expect.stringContaining('holds x:1')});
		const loaded = await prepare(target, '--yes', '--image', await file([needed.replace('docker.io/', '')]));
		expect(loaded.code, loaded.stdout).toBe(0);
		expect((await sandbox.ssh('ratings-vm', 'bookinfo', 'admin', 'sudo docker images')).stdout).toContain('proxyv2');
	});
});
