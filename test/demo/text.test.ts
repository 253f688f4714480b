import {execFile, spawn} from 'node:child_process';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, type TestContext, test} from 'vitest';
import {expectForm} from '../helpers/expect-form.ts';
import {cli, ownFolders} from './start-demo.ts';

const vms = ['ledger-vm.payments', 'orders-vm.payments', 'ratings-vm.bookinfo', 'reviews-vm.bookinfo'];

type Event = {
	readonly time: string;
	readonly run: string;
	readonly target: string;
	readonly event: string;
	readonly step?: string;
	readonly title?: string;
	readonly stream?: string;
	readonly line?: string;
	readonly outcome?: string;
	readonly seconds?: number;
};

/** The demo without a terminal, from its start to its end. */
function run(context: TestContext, ...words: readonly string[]) {
	const {env, demo} = ownFolders(context);
	return new Promise<{code: number; stdout: string; stderr: string; left: string | undefined}>((resolve) => {
		execFile(
			process.execPath,
			[cli, 'demo', ...words],
			{env: {...process.env, ...env}, timeout: 60_000, maxBuffer: 1e7},
			(error, stdout, stderr) =>
				resolve({code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr, left: demo()}),
		).stdin?.end();
	});
}

describe.concurrent('the demo without a terminal', {timeout: 70_000}, () => {
	test('onboards every VM, tells each step on a line, and leaves nothing behind', async (context) => {
		const {expect} = context;
		const {code, stdout, stderr, left} = await run(context);
		expect({code, stderr, left}, stdout).toEqual({code: 0, stderr: '', left: undefined});
		for (const vm of vms) {
			expect(stdout).toMatch(new RegExp(`^${vm} +✓ Start the proxy: Container istio-proxy (started|replaced)`, 'm'));
			expect(stdout).toMatch(
				new RegExp(`^${vm} +✓ Send a request from the mesh: .*: 200 from the app( \\(.*\\))?$`, 'm'),
			);
			expect(stdout).toMatch(new RegExp(`^${vm} +succeeded +20/20$`, 'm'));
		}
		// What goes with the demo is not named: there is no log to look into afterwards.
		expect(stdout).not.toContain('LOGS');
		const longest = stdout.split('\n').toSorted((a, b) => b.length - a.length)[0];
		expect(longest?.length, longest).toBeLessThan(180);
	});

	test('tells events as ndjson, one a line, in the shapes that scripts read', async (context) => {
		const {expect} = context;
		const {code, stdout, stderr} = await run(context, '-o', 'ndjson');
		expect({code, stderr}, failures(stdout)).toEqual({code: 0, stderr: ''});
		expectForm(['demo', '-o', 'ndjson'], stdout);
		const events = stdout
			.trimEnd()
			.split('\n')
			.map((line): Event => JSON.parse(line));
		for (const {time, run, target, event} of events) {
			expect(new Date(time).toISOString()).toBe(time);
			expect(vms).toContain(target);
			expect(run).toContain(target);
			expect(event).toMatch(/^[a-z]+(\.[a-z]+)?$/);
		}
		for (const vm of vms) {
			const of = (name: string) => events.filter(({event, target}) => event === name && target === vm);
			expect(of('run.started')).toHaveLength(1);
			expect(of('step.started').map(({title}) => title)).toContain('Issue a token');
			expect(of('step.succeeded').length + of('step.skipped').length).toBe(20);
			const output = of('output');
			expect(output.length).toBeGreaterThan(0);
			for (const {step, stream, line} of output) {
				expect(step).toMatch(/^(prepare|check|bootstrap|verify)\.[a-z]+$/);
				expect(stream).toMatch(/^std(out|err)$/);
				expect(line).toBeTypeOf('string');
			}
			expect(of('run.finished')).toMatchObject([{outcome: 'succeeded', seconds: expect.any(Number)}]);
		}
		expect(stdout, 'no token').not.toMatch(/eyJ[\w-]{20}/);
	});

	test('sums up as json', async (context) => {
		const {expect} = context;
		const {code, stdout} = await run(context, '-o', 'json');
		expect(code).toBe(0);
		expectForm(['demo', '-o', 'json'], stdout);
		const {results} = JSON.parse(stdout);
		expect(results.map(({target}: {target: string}) => target).toSorted()).toEqual(vms);
		for (const {healthy, outcome, checks} of results) {
			expect({healthy, outcome}).toEqual({healthy: true, outcome: 'succeeded'});
			expect(checks.length).toBeGreaterThan(10);
		}
	});
});

describe.concurrent('a demo that is interrupted', {timeout: 30_000}, () => {
	test.for([
		['while it starts', 0, 1, 'SIGTERM', 143],
		['while it runs', 3000, 1, 'SIGINT', 130],
		['while it runs, by a terminal that goes', 3000, 1, 'SIGHUP', 129],
		['while it runs, twice', 3000, 2, 'SIGINT', 130],
	] as const)('ends %s and leaves nothing behind', async ([, milliseconds, times, signal, code], context) => {
		const {expect} = context;
		const {env, demo} = ownFolders(context);
		const child = spawn(process.execPath, [cli, 'demo'], {
			env: {...process.env, ...env},
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		const ended = new Promise((resolve) => child.on('close', resolve));
		await expect.poll(demo, {timeout: 15_000, interval: 5}).toBeDefined();
		await sleep(milliseconds);
		for (let time = 0; time < times; time += 1) {
			child.kill(signal);
			await sleep(50);
		}
		expect(await ended).toBe(code);
		expect(demo()).toBeUndefined();
	});
});

/** The lines of an ndjson that tell what failed, for the message of a test. */
function failures(ndjson: string): string {
	const lines = ndjson.split('\n');
	return lines.filter((line) => /"event":"(step.failed|finding)"/.test(line)).join('\n');
}
