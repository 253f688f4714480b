import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, run} from './process.ts';

/* `meshboard onboard --resume`, with the built program on the sandbox and journals as a killed process leaves them. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

type Broken = {
	readonly target: string;
	readonly context?: string;
	readonly server?: string;
	readonly given?: object;
};

/** A home with the sandbox's profile in use and these runs in its journal. */
function homeWith(...runs: readonly Broken[]): string {
	const journals = runs.flatMap(({target, context = 'sandbox', server, given}) => {
		const id = `20261124-0410-${target}-3f9c`;
		const started = {
			...{time: '2026-11-24T04:10:00.000Z', run: id, target, event: 'run.started', host: '127.0.0.1', pid: 1},
			options: {
				task: 'onboard',
				prepare: true,
				force: false,
				profile: 'lab',
				context,
				...(server === undefined ? {} : {server}),
				...(given === undefined ? {} : {given}),
			},
			steps: [{id: 'prepare.account', phase: 'prepare', title: 'Become root with the admin account'}],
		};
		return [
			[`state/meshboard/runs/${id}/events.jsonl`, `${JSON.stringify(started)}\n`],
			// No process has this number: Linux gives out 4194304 at most.
			[`state/meshboard/runs/${id}/process`, '4194305\n'],
		];
	});
	const profiles = {version: 1, current: 'sandbox', profiles: {sandbox: sandbox.profile}};
	return newHome({...Object.fromEntries(journals), 'config/meshboard/config.json': JSON.stringify(profiles)});
}

const journalOf = (home: string, target: string) =>
	readFileSync(join(home, `state/meshboard/runs/20261124-0410-${target}-3f9c/events.jsonl`), 'utf8');

test('a run whose output is closed is broken off, which is no success, and can be resumed', async () => {
	const home = homeWith({target: 'ledger-vm.payments'});
	const child = spawn(process.execPath, [cli, 'onboard', '--resume'], {
		env: {...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state')},
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
	child.stdout.once('data', () => child.stdout.destroy());
	expect(await ended).toBe(1);
	expect(journalOf(home, 'ledger-vm.payments')).not.toContain('run.finished');
});

test.each([
	['its context has another name', {context: 'production'}],
	['its server is another', {server: 'https://10.0.0.1:6443'}],
])('a run of another cluster is not carried out on this one: %s', async (_, elsewhere) => {
	const home = homeWith({target: 'ratings-vm.bookinfo', ...elsewhere});
	const ended = await run(['onboard', '--resume'], home);
	expect(ended).toMatchObject({code: 0, stdout: ''});
	expect(ended.stderr).toContain('nothing to resume');
	expect(ended.stderr).toMatch(
		/ratings-vm\.bookinfo was, in another cluster: profile lab, context (production|sandbox)/,
	);
});

test('a run whose entry is gone is told, and holds up no other', {timeout: 50_000}, async () => {
	const home = homeWith({target: 'gone-vm.bookinfo'}, {target: 'reviews-vm.bookinfo'});
	const ended = await run(['onboard', '--resume'], home);
	expect(ended.code).toBe(65);
	expect(ended.stderr).toMatch(/no WorkloadEntry "gone-vm" in namespace bookinfo.*\[entry\.not-found\]/);
	expect(ended.stdout).toMatch(/^reviews-vm\.bookinfo +succeeded +1\/1/m);
	expect(journalOf(home, 'reviews-vm.bookinfo')).toMatch(/"run\.finished","outcome":"succeeded"/);
});

describe('a run that was begun with flags', () => {
	const target = 'ratings-vm.bookinfo';
	const given = () => ({flags: {gateway: '127.0.0.9:1'}, profile: sandbox.profile});

	test('goes on with them, whatever the profile says today', {timeout: 50_000}, async () => {
		const home = homeWith({target, given: given()});
		const ended = await run(['onboard', '--resume'], home);
		expect(ended.code, ended.stderr).toBe(1);
		expect(ended.stdout).toMatch(/error network\.gateway-blocked: The VM gets no answer from 127\.0\.0\.9:1/);
	});

	test('does not take others: that is said, and nothing is begun', async () => {
		const home = homeWith({target, given: given()});
		const before = journalOf(home, target);
		const ended = await run(['onboard', '--resume', '--gateway', '10.0.0.1', '--admin-user', 'ops'], home);
		expect(ended).toMatchObject({code: 64, stdout: ''});
		expect(ended.stderr).toMatch(
			/run of ratings-vm\.bookinfo goes on with what it was begun with: --admin-user was admin; --gateway was 127\.0\.0\.9:1\./,
		);
		expect(ended.stderr).toMatch(/Leave that out, or begin anew: meshboard onboard ratings-vm\.bookinfo/);
		expect(journalOf(home, target)).toBe(before);
	});
});
