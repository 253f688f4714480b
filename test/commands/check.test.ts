import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Check, Finding} from '../../source/diagnosis/finding.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {newHome, profiles, run} from './process.ts';

/* `check` of the built program on the sandbox. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
beforeAll(async () => {
	sandbox = await openSandbox();
	const config = {version: 1, current: 'default', profiles: {default: sandbox.profile}};
	home = newHome(profiles(JSON.stringify(config)));
});
afterAll(() => sandbox.close());

/** Its VM is prepared; those of the others do not know the account of the proxy yet. */
const prepared = 'orders-vm.payments';
const pristine = 'ratings-vm.bookinfo';
const check = (...words: string[]) => run(['check', ...words], home);
type Result = {target: string; healthy: boolean; findings: Finding[]; checks: Check[]};
const resultsOf = (stdout: string) => (JSON.parse(stdout) as {results: Result[]}).results;

test('a VM that can be onboarded: a table of flows, then the other checks; nobody is asked', async () => {
	const {code, stdout, stderr} = await check(prepared);
	expect(stderr).toBe('');
	expect(stdout).toMatch(/^FROM +TO +PORT +WHY +RESULT +TIME/m);
	expect(stdout).toMatch(
		/vm istio-proxy@127\.0\.0\.1:\d+ +10\.128\.0\.254 +15012 +xDS and certificates +✓ open .*CN=istiod.* by CA .*honoured/,
	);
	expect(stdout).toMatch(/^CHECK +RESULT +TIME/m);
	expect(stdout).toMatch(/orders-vm\.payments: can be onboarded/);
	expect(code).toBe(0);
});

test('as json, with the time that each check took', async () => {
	const {code, stdout} = await check(prepared, '-o', 'json');
	expect(code).toBe(0);
	const [result] = resultsOf(stdout);
	expect(Object.keys(result ?? {})).toEqual(['target', 'healthy', 'findings', 'checks']);
	expect(result).toMatchObject({target: prepared, healthy: true});
	expect(result?.checks.length).toBeGreaterThan(10);
	expect(result?.checks.filter(({ms}) => !(ms > 0))).toEqual([]);
});

test('what is not reached is not passed; a login that is refused ends with 77', async () => {
	const {code, stdout} = await check(pristine, '-o', 'json', '--admin-user', 'nobody-here');
	expect(code).toBe(77);
	const [result] = resultsOf(stdout);
	expect(result).toMatchObject({healthy: false, findings: [{id: 'ssh.auth-failed'}]});
	expect(result?.checks.filter(({outcome}) => outcome === 'failed')).toHaveLength(1);
	expect(result?.checks.find(({outcome}) => outcome === 'not-done')).toMatchObject({
		detail: expect.stringContaining('Not done'),
	});
});

test('the ways of a VM that is not prepared are tried as the admin account, which is said', async () => {
	const {code, stdout} = await check(pristine, '-o', 'json');
	expect(code).toBe(77);
	const [result] = resultsOf(stdout);
	expect(result).toMatchObject({
		healthy: false,
		findings: [
			{
				id: 'ssh.auth-failed',
				summary: expect.stringMatching(/The ways are tried as admin\.$/),
				remedy: {command: 'meshboard prepare ratings-vm.bookinfo'},
			},
		],
	});
	const ways = result?.checks.filter(({from}) => from?.startsWith('vm admin@')) ?? [];
	expect(ways.map(({id, outcome}) => `${id} ${outcome}`)).toContain('gateway.istiod passed');
	expect(result?.checks.find(({id}) => id === 'ssh')?.detail).toBe('admin is logged in');
});

test('one that is not there does not keep the others from being checked', async () => {
	const {code, stdout} = await check(prepared, 'nobody.payments', '-o', 'json');
	expect(code).toBe(65);
	expect(resultsOf(stdout)).toMatchObject([
		{target: 'nobody.payments', healthy: false, findings: [{id: 'entry.not-found'}], checks: []},
		{target: prepared, healthy: true},
	]);
	const text = await check(prepared, 'nobody.payments');
	expect(text.stderr).toMatch(/nobody\.payments:.*\[entry\.not-found\]/);
	expect(text.stdout).toContain('can be onboarded');
});

test('as ndjson, an event a line', async () => {
	const {code, stdout} = await check(prepared, '-o', 'ndjson');
	expect(code).toBe(0);
	const events = stdout
		.trimEnd()
		.split('\n')
		.map((line) => (JSON.parse(line) as {event: string}).event);
	expect(events[0]).toBe('run.started');
	expect(events).toContain('check');
	expect(events.at(-1)).toBe('run.finished');
});

test('agreed to, it tries to listen on the VM, and says what came of it; a read-only profile forbids that', async () => {
	const {code, stdout} = await check(prepared, '--yes', '-o', 'ndjson');
	expect(code).toBe(0);
	const commands = stdout
		.split('\n')
		.filter((line) => line.includes('"event":"command"') && line.includes('listening'));
	expect(commands).toHaveLength(1);
	expect(stdout).toContain('meshboard could not listen there');
	expect(await check(prepared, '--yes', '--read-only')).toMatchObject({code: 77, stdout: ''});
	expect(await check(prepared, '--read-only')).toMatchObject({code: 0});
});

test('without a target it says what it needs', async () => {
	expect(await check()).toMatchObject({code: 64, stderr: expect.stringContaining('at least one target')});
});
