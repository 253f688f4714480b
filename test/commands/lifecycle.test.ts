import {spawn} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, profiles, run} from './process.ts';

/* The life of a proxy after its onboarding, with the built program on the sandbox: renew, logs, offboard. One test builds on another. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
beforeAll(async () => {
	sandbox = await openSandbox();
	const config = {version: 1, current: 'default', profiles: {default: sandbox.profile}};
	home = newHome(profiles(JSON.stringify(config)));
});
afterAll(() => sandbox.close());

/** Prepared a week ago; its token has ended since, and its proxy never got ready. */
const stuck = 'orders-vm.payments';
const meshboard = (...words: string[]) => run(words, home);
const onVm = (command: string) => sandbox.ssh('orders-vm', 'payments', 'istio-proxy', command);
const stepsOf = (stdout: string) =>
	Object.fromEntries(
		(
			JSON.parse(stdout) as {results: [{steps: Array<{id: string; state: string; detail: string}>}]}
		).results[0].steps.map(({id, state, detail}) => [id, `${state}: ${detail}`]),
	);

describe('renew', () => {
	test('shows its plan without changing anything, the token as its claims alone', async () => {
		const {code, stdout} = await meshboard('renew', stuck, '--dry-run');
		expect(code).toBe(0);
		expect(stdout).toMatch(/istio-token, mode 0640, token \[redacted\] \(audience istio-ca/);
		expect(stdout).toContain('docker restart istio-proxy');
		expect((await meshboard('renew', stuck, '--dry-run', '-o', 'json')).stdout).toContain('"renew.restart"');
	});

	test('wants consent, and is refused in a read-only profile', async () => {
		expect(await meshboard('renew', stuck)).toMatchObject({
			code: 64,
			stderr: expect.stringContaining('without consent'),
		});
		expect(await meshboard('renew', stuck, '--yes', '--read-only')).toMatchObject({code: 77});
		expect(await meshboard('renew')).toMatchObject({code: 64, stderr: expect.stringContaining('at least one target')});
	});

	test('heals the proxy whose token has ended, by a restart', async () => {
		const {code, stdout, stderr} = await meshboard('renew', stuck, '--yes', '-o', 'json');
		expect(code, stdout + stderr).toBe(0);
		const steps = stepsOf(stdout);
		expect(steps['renew.look']).toMatch(/succeeded: a new token: the token has ended/);
		expect(steps['renew.restart']).toMatch(/succeeded: istio-proxy restarted: /);
		expect(steps['verify.istiod']).toMatch(/succeeded/);
	});

	test('leaves a token that serves alone, and replaces it with --force, without a restart', async () => {
		const container =
			"docker container inspect --format '{{.State.StartedAt}}' istio-proxy; ls -l --full-time /etc/istio-proxy/istio-token";
		const before = await onVm(container);
		const {stdout} = await meshboard('renew', stuck, '--yes', '-o', 'json');
		expect(stepsOf(stdout)).toMatchObject({
			'renew.look': expect.stringMatching(/^succeeded: the token serves, 2[34] h left; the proxy has its certificate$/),
			'renew.token': 'skipped: the token on the VM serves',
			'renew.put': 'skipped: the token on the VM serves',
		});
		expect(await onVm(container)).toEqual(before);
		const forced = stepsOf((await meshboard('renew', stuck, '--yes', '--force', '-o', 'json')).stdout);
		expect(forced['renew.put']).toMatch(/^succeeded/);
		expect(forced['renew.restart']).toMatch(/^skipped: the proxy renews with its certificate/);
		expect((await onVm(container)).stdout.split('\n')[0]).toBe(before.stdout.split('\n')[0]);
	});

	test('of a VM that was never onboarded says what is missing', async () => {
		const {code, stdout} = await meshboard('renew', 'ratings-vm.bookinfo', '--yes');
		expect(code).not.toBe(0);
		expect(stdout).toContain('failed');
	});
});

describe('logs', () => {
	test('are the container’s last lines', async () => {
		const {code, stdout, stderr} = await meshboard('logs', stuck, '--tail', '2');
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		expect(stdout.trimEnd().split('\n')).toEqual([
			expect.stringMatching(/ info {4}Readiness succeeded/),
			expect.stringMatching(/ info {4}Envoy proxy is ready$/),
		]);
	});

	test('are taken apart for scripts', async () => {
		const {stdout} = await meshboard('logs', stuck, '--since', '10m', '-o', 'ndjson');
		const lines = stdout
			.trimEnd()
			.split('\n')
			.map((line): object => JSON.parse(line));
		expect(lines.length).toBeGreaterThan(5);
		expect(lines).toContainEqual({
			target: stuck,
			time: expect.stringMatching(/^\d{4}-/),
			level: 'info',
			scope: 'cache',
			message: expect.stringContaining('generated new workload certificate'),
		});
	});

	test.each<[string, string[], number, RegExp]>([
		['of no such entry', ['nobody.payments'], 65, /nobody/],
		['without a target', [], 64, /at least one target/],
		['since no time', [stuck, '--since', 'yesterday'], 64, /neither a duration nor a time/],
		['of a VM without a proxy', ['ratings-vm.bookinfo'], 77, /ssh\.auth-failed/],
	])('%s are an error that says so', async (_, words, code, text) => {
		expect(await meshboard('logs', ...words)).toMatchObject({code, stdout: '', stderr: expect.stringMatching(text)});
	});

	test('of several targets begin with their names, and one that fails does not hide the others', async () => {
		const {code, stdout, stderr} = await meshboard('logs', stuck, 'ratings-vm.bookinfo', '--tail', '1');
		expect(code).toBe(77);
		expect(stdout).toMatch(/^orders-vm\.payments {3}.*Envoy proxy is ready\n$/);
		expect(stderr).toContain('ssh.auth-failed');
	});

	test('with -f go on, through a restart, until ctrl+c', {timeout: 40_000}, async () => {
		const child = spawn(process.execPath, [cli, 'logs', stuck, '-f', '--tail', '1'], {
			env: {...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state')},
		});
		let text = '';
		for (const stream of [child.stdout, child.stderr])
			stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
		const ended = new Promise((resolve) => child.on('close', resolve));
		const until = (pattern: RegExp) => expect.poll(() => text, {timeout: 15_000}).toMatch(pattern);
		await until(/Envoy proxy is ready/);
		await onVm('docker restart istio-proxy');
		await until(/started anew[\s\S]*Version[\s\S]*Envoy proxy is ready/);
		child.kill('SIGINT');
		expect(await ended).toBe(130);
	});

	test('end quietly when nobody reads on', {timeout: 30_000}, async () => {
		const child = spawn(
			'sh',
			['-c', '"$1" "$2" logs "$3" -f --tail 5 | head -n 1', 'sh', process.execPath, cli, stuck],
			{
				env: {...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state')},
				stdio: ['ignore', 'pipe', 'pipe'],
			},
		);
		let stderr = '';
		child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
		const ended = new Promise((resolve) => child.on('close', resolve));
		await new Promise((resolve) => child.stdout.once('data', resolve));
		// A closed pipe is noticed by the next line.
		await onVm('docker restart istio-proxy');
		expect(await ended).toBe(0);
		expect(stderr).not.toMatch(/error/i);
	});
});

describe('offboard', () => {
	test('shows what it would do, the entry only where that is asked for', async () => {
		const {stdout} = await meshboard('offboard', stuck, '--dry-run');
		expect(stdout).toContain('docker stop istio-proxy');
		expect(stdout).toContain('rm -f /etc/istio-proxy/sidecar.env');
		expect(stdout).not.toContain('DELETE');
		expect((await meshboard('offboard', stuck, '--delete-entry', '--dry-run')).stdout).toContain(
			'DELETE /apis/networking.istio.io/namespaces/payments/workloadentries/orders-vm',
		);
	});

	test('stops the proxy and clears up, and keeps the entry', async () => {
		const {code, stdout} = await meshboard('offboard', stuck, '--yes', '-o', 'json');
		expect(code, stdout).toBe(0);
		expect(stepsOf(stdout)['offboard.gone']).toMatch(/^succeeded/);
		expect((await onVm('docker ps -aq; ls -A /etc/istio-proxy')).stdout).toBe('');
		expect((await meshboard('list', '-n', 'payments', '-o', 'name')).stdout).toContain(stuck);
	});

	test('takes the entry out, keeps it in the journal, and has nothing to do a second time', async () => {
		expect(await meshboard('offboard', stuck, '--delete-entry', '--yes')).toMatchObject({code: 0});
		expect((await meshboard('list', '-n', 'payments', '-o', 'name')).stdout).not.toContain(stuck);
		const journals = join(home, 'state', 'meshboard', 'runs');
		const kept = readdirSync(journals).map((id) => readFileSync(join(journals, id, 'events.jsonl'), 'utf8'));
		expect(kept.some((text) => text.includes('"entry":{"apiVersion":"networking.istio.io/v1"'))).toBe(true);

		const {code, stdout} = await meshboard('offboard', stuck, '--delete-entry', '--yes', '-o', 'json');
		expect(code, stdout).toBe(0);
		expect(Object.values(stepsOf(stdout)).filter((text) => text.startsWith('skipped'))).toHaveLength(3);
		expect((JSON.parse(stdout) as {results: [{steps: Array<{changed: boolean}>}]}).results[0].steps).not.toContainEqual(
			expect.objectContaining({changed: true}),
		);
	});

	test('of an entry that never was is an error', async () => {
		expect(await meshboard('offboard', 'nobody.payments', '--yes')).toMatchObject({code: 65});
	});
});
