import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {newHome, profiles, run} from './process.ts';

/* Verification alone, with the built program on the sandbox: of a proxy that is in the mesh, and of one whose token has ended. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
beforeAll(async () => {
	sandbox = await openSandbox();
	const config = {version: 1, current: 'default', profiles: {default: sandbox.profile}};
	home = newHome(profiles(JSON.stringify(config)));
});
afterAll(() => sandbox.close());

const stuck = 'orders-vm.payments';
const sound = 'ratings-vm.bookinfo';
const verify = (...words: string[]) => run(['verify', ...words], home);

type Result = {
	readonly target: string;
	readonly healthy: boolean;
	readonly findings: ReadonlyArray<{id: string}>;
	readonly checks: ReadonlyArray<{id: string; outcome: string}>;
};
const resultsOf = (stdout: string) => (JSON.parse(stdout) as {results: readonly Result[]}).results;

describe('verify', () => {
	test('wants a target; nothing is asked before it looks, nor refused in a read-only profile', async () => {
		expect(await verify()).toMatchObject({code: 64, stderr: expect.stringContaining('at least one target')});
		expect(await verify('nobody.bookinfo', '--read-only')).toMatchObject({code: 65});
	});

	test('what keeps it from looking has a code of its own, and beside a finding it has not: 69, 77, 79', async () => {
		expect(await verify(sound, '--jump', '127.0.0.1:1')).toMatchObject({
			code: 69,
			stdout: expect.stringContaining('ssh.refused'),
		});
		expect(await verify(sound)).toMatchObject({
			code: 77,
			stdout: expect.stringContaining('ssh.auth-failed'),
		});
		expect(await verify('nobody.bookinfo', stuck, '--timeout', '2')).toMatchObject({code: 79});
	});

	test('names the cause of a proxy that is stuck → 79', async () => {
		const {code, stdout, stderr} = await verify(stuck, '--timeout', '2', '-o', 'json');
		expect(code, stdout + stderr).toBe(79);
		expect(resultsOf(stdout)).toMatchObject([{target: stuck, healthy: false, findings: [{id: 'token.expired'}]}]);
	});

	test('proves the sound one, beside one that is not there', async () => {
		await run(['onboard', sound, '--prepare', '--yes'], home);
		const {code, stdout, stderr} = await verify(sound, 'nobody.bookinfo', '--read-only', '-o', 'json');
		expect(code, stdout + stderr).toBe(65);
		const [lost, proven] = resultsOf(stdout);
		expect(lost).toMatchObject({target: 'nobody.bookinfo', findings: [{id: 'entry.not-found'}]});
		expect(proven).toMatchObject({target: sound, healthy: true, findings: []});
		expect(proven?.checks.map(({outcome}) => outcome)).not.toContain('failed');
		expect((await verify(sound)).code).toBe(0);
	}, 60_000);
});
