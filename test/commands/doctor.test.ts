import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, profiles, run} from './process.ts';

/* `doctor` of the built program on the sandbox: a proxy whose token has ended, a sound one, and VMs that let nobody in. */

const stuck = 'orders-vm.payments';
const sound = 'ratings-vm.bookinfo';
const pristine = 'reviews-vm.bookinfo';

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
beforeAll(async () => {
	sandbox = await openSandbox();
	const config = {version: 1, current: 'default', profiles: {default: sandbox.profile}};
	home = newHome(profiles(JSON.stringify(config)));
});
beforeAll(() => run(['onboard', sound, '--prepare', '--yes'], home), 60_000);
afterAll(() => sandbox.close());

const doctor = (...words: string[]) => run(['doctor', ...words], home);

type Result = {
	readonly target: string;
	readonly healthy: boolean;
	readonly findings: ReadonlyArray<{id: string; severity: string}>;
	readonly checks: ReadonlyArray<{id: string; outcome: string; detail: string}>;
};
const resultsOf = (stdout: string) => (JSON.parse(stdout) as {results: readonly Result[]}).results;

describe('doctor', () => {
	test('wants targets, or all, and not both', async () => {
		expect(await doctor()).toMatchObject({code: 64, stderr: expect.stringContaining('at least one target')});
		expect(await doctor(stuck, '-A')).toMatchObject({code: 64, stderr: expect.stringContaining('exclude each other')});
	});

	test('names the one cause of a proxy that is stuck, with evidence, remedy and what was not checked → 79', async () => {
		const {code, stdout, stderr} = await doctor(stuck, '--read-only');
		expect(stderr).toBe('');
		expect(stdout).toMatch(/^orders-vm\.payments: 1 error, \d+ checks passed, \d+ not done \([\d.]+ s\)$/m);
		expect(stdout.match(/^error .*$/gm)).toEqual([expect.stringContaining('error token.expired: ')]);
		expect(stdout).toMatch(/^ {4}\/etc\/istio-proxy\/istio-token: \{"aud":\["istio-ca"\]/m);
		expect(stdout).toMatch(/^ {2}→ New token, then restart\. kubectl create token orders -n payments/m);
		expect(stdout).toMatch(/Not checked, which is not passed:\n.*A request from the mesh/s);
		expect(stdout).not.toContain('eyJ');
		expect(code).toBe(79);
	});

	test('as ndjson: checks and findings as they are known, then the end', async () => {
		const {code, stdout} = await doctor(stuck, '-o', 'ndjson');
		const events = stdout
			.trimEnd()
			.split('\n')
			.map((text) => JSON.parse(text) as {event: string; target: string; finding?: {id: string}});
		expect(new Set(events.map(({target}) => target))).toEqual(new Set([stuck]));
		expect(events[0]?.event).toBe('check');
		expect(events.filter(({event}) => event === 'finding').map(({finding}) => finding?.id)).toContain('token.expired');
		expect(events.at(-1)).toMatchObject({event: 'doctor.finished', healthy: false});
		expect(code).toBe(79);
	});

	test('finds nothing wrong with a sound one → 0', async () => {
		const {code, stdout, stderr} = await doctor(sound, '-o', 'json');
		expect(code, stdout + stderr).toBe(0);
		const [result] = resultsOf(stdout);
		expect(result).toMatchObject({target: sound, healthy: true, findings: []});
		expect(result?.checks.filter(({outcome}) => outcome !== 'passed')).toEqual([]);
	});

	test('nobody is let in, or there is no such entry: 77 and 65, and beside others 79', async () => {
		const {code, stdout} = await doctor(pristine, '-o', 'json');
		expect(code).toBe(77);
		const [result] = resultsOf(stdout);
		expect(result).toMatchObject({healthy: false, findings: [{id: 'ssh.auth-failed'}]});
		expect(result?.checks.find(({id}) => id === 'doctor.envoy')).toMatchObject({
			outcome: 'not-done',
			detail: expect.stringContaining('see ssh.auth-failed'),
		});
		expect(await doctor('nobody.bookinfo')).toMatchObject({code: 65});
		expect(await doctor('nobody.bookinfo', stuck)).toMatchObject({code: 79});
	});

	test('of all VMs each cause is told once, with those that have it', async () => {
		const {code, stdout} = await doctor('-A');
		expect(code).toBe(79);
		expect(stdout.match(/^error .*$/gm)).toEqual([
			expect.stringMatching(/^error ssh\.auth-failed: .* \(.*, 1 more\)$/),
			expect.stringMatching(/^error token\.expired: .* \(orders-vm\.payments\)$/),
		]);
		expect(stdout.match(/^\S+: .* s\)$/gm)).toHaveLength(4);
		expect(stdout).toMatch(/^ratings-vm\.bookinfo: nothing found, \d+ checks passed/m);
	});

	test('--watch tells what changes, until an interrupt → 130', {timeout: 60_000}, async () => {
		const child = spawn(process.execPath, [cli, 'doctor', stuck, '--watch'], {
			env: {...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state')},
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let text = '';
		child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
		const ended = new Promise((resolve) => child.on('close', resolve));
		await expect.poll(() => text, {timeout: 20_000}).toMatch(/^error token\.expired: /m);
		const {code, stdout, stderr} = await run(['renew', stuck, '--yes'], home);
		expect(code, stdout + stderr).toBe(0);
		await expect.poll(() => text, {timeout: 30_000}).toMatch(/^\S+ orders-vm\.payments: nothing found, /m);
		expect(text).toMatch(/^\d\d:\d\d:\d\d orders-vm\.payments: token\.expired is gone$/m);
		child.kill('SIGINT');
		expect(await ended).toBe(130);
		expect(text.match(/^error token\.expired: /gm), 'told once').toHaveLength(1);
	});
});
