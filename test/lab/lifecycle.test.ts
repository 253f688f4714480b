import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	kubectl,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {giveForeignToken} from './proxy-container.ts';

/* What becomes of a proxy after its onboarding: renewed, read, taken away. One test builds on another. */

const name = 'lifecycle';
const target = `${name}.${name}`;
const directory = '/etc/istio-proxy';
let meshboard: Meshboard;
let image: string;

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(name);
	const ip = await vm.up(name);
	await vm.app(name);
	await apply(entryManifests({name, namespace: name, ip}));
	const {code, stdout, stderr} = await meshboard.run(['onboard', target, '--prepare', '--yes'], {seconds: 170});
	expect(code, stdout + stderr).toBe(0);
	image = await vm.exec(name, 'docker', 'inspect', '-f', '{{.Config.Image}}', 'istio-proxy');
}, 300_000);

afterAll(async () => {
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

type Steps = Readonly<Record<string, {readonly state: string; readonly detail: string; readonly changed: boolean}>>;

async function steps(words: readonly string[], code = 0): Promise<Steps> {
	const result = await meshboard.run([...words, '--yes', '-o', 'json'], {seconds: 170});
	expect(result.code, result.stdout + result.stderr).toBe(code);
	const {results} = JSON.parse(result.stdout) as {results: [{steps: Array<{id: string} & Steps[string]>}]};
	return Object.fromEntries(results[0].steps.map((step) => [step.id, step]));
}

const startedAt = () => vm.exec(name, 'docker', 'inspect', '-f', '{{.State.StartedAt}}', 'istio-proxy');
const tokenSum = () => vm.exec(name, 'sha256sum', `${directory}/istio-token`);
const answers = () => eventually('the answer of the VM', 30, async () => (await askFromPod(name, name, 9080)) === name);

describe('renew', () => {
	test('leaves a token that serves alone', async () => {
		const before = [await startedAt(), await tokenSum()];
		const done = await steps(['renew', target]);
		expect(done['renew.put']).toMatchObject({state: 'skipped'});
		expect(done['verify.istiod']).toMatchObject({state: 'succeeded'});
		expect([await startedAt(), await tokenSum()]).toEqual(before);
	});

	test('replaces it with --force, under a proxy that goes on', async () => {
		const [start, sum] = [await startedAt(), await tokenSum()];
		const done = await steps(['renew', target, '--force']);
		expect(done['renew.restart']).toMatchObject({state: 'skipped', detail: expect.stringContaining('its certificate')});
		expect(await startedAt()).toBe(start);
		expect(await tokenSum()).not.toBe(sum);
		expect(await vm.exec(name, 'stat', '-c', '%a %U', `${directory}/istio-token`)).toBe('640 istio-proxy');
	});

	test('heals a proxy that is stuck with a foreign token', {timeout: 200_000}, async () => {
		await giveForeignToken(name, directory);
		await eventually('the proxy to be stuck', 30, async () =>
			/Unauthenticated|authenticat/i.test(await vm.exec(name, 'sh', '-c', 'docker logs --since 20s istio-proxy 2>&1')),
		);
		const done = await steps(['renew', target]);
		expect(done['renew.look']?.detail).toMatch(
			/a new token: the token is for somebody-else; the proxy has no certificate/,
		);
		expect(done['renew.restart']).toMatchObject({state: 'succeeded'});
		expect(done['verify.istiod']).toMatchObject({state: 'succeeded'});
		expect(await answers()).toBe(true);
	});
});

test('logs -f shows what comes, through a restart', {timeout: 120_000}, async () => {
	const {stdout} = await meshboard.run(['logs', target, '--tail', '3']);
	expect(stdout.trimEnd().split('\n')).toHaveLength(3);

	const child = spawn(
		process.execPath,
		[join(import.meta.dirname, '..', '..', 'dist', 'cli.js'), 'logs', target, '-f', '--since', '1s', '-o', 'ndjson'],
		{
			env: meshboard.env,
		},
	);
	let text = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
	const ended = new Promise((resolve) => child.on('close', resolve));
	const shown = (pattern: RegExp) => eventually(`${pattern}`, 40, async () => pattern.test(text));
	await new Promise((resolve) => setTimeout(resolve, 3000));
	await vm.exec(name, 'docker', 'restart', 'istio-proxy');
	// That Envoy is ready is logged only where somebody asks.
	await shown(/started anew[\s\S]*"scope":"xdsproxy","message":"connected to/);
	child.kill('SIGINT');
	expect(await ended).toBe(130);
	// Nor does the log's reader stay behind on the VM.
	const readers = () => vm.exec(name, 'sh', '-c', 'ps -C docker -o args= || true');
	await eventually('the end of docker logs', 10, async () => (await readers()) === '');
	expect(await answers()).toBe(true);
});

describe('offboard', () => {
	test('leaves the files that another container uses, and that container', {timeout: 120_000}, async () => {
		const mount = `${directory}/istio-ca.pem:/ca.pem`;
		await vm.exec(name, 'docker', 'run', '-d', '--name', 'other', '-v', mount, '--entrypoint', 'sleep', image, '3600');
		const done = await steps(['offboard', target, '--remove-image']);
		expect(done['offboard.container']).toMatchObject({state: 'succeeded'});
		expect(done['offboard.files']).toMatchObject({
			state: 'skipped',
			detail: expect.stringContaining('container other'),
		});
		expect(done['offboard.image']).toMatchObject({state: 'skipped'});
		expect(done['offboard.gone']).toMatchObject({state: 'succeeded'});
		expect(await vm.exec(name, 'docker', 'ps', '-a', '--format', '{{.Names}} {{.State}}')).toBe('other running');
		expect(await vm.exec(name, 'ls', '-A', directory)).toContain('istio-ca.pem');
	});

	test('takes the entry out too: no pod reaches the VM any more', {timeout: 200_000}, async () => {
		await vm.exec(name, 'docker', 'rm', '-f', 'other');
		await meshboard.run(['onboard', target, '--yes'], {seconds: 170});
		expect(await answers()).toBe(true);
		const done = await steps(['offboard', target, '--delete-entry', '--remove-image']);
		expect(done['offboard.entry']).toMatchObject({state: 'succeeded', changed: true});
		expect(done['offboard.files']).toMatchObject({state: 'succeeded'});
		expect(done['offboard.image']).toMatchObject({state: 'succeeded'});
		expect(await vm.exec(name, 'sh', '-c', `docker ps -aq; docker images -q; ls -A ${directory}`)).toBe('');
		expect(await kubectl(`-n ${name} get workloadentries -o name`)).toBe('');
		expect(await askFromPod(name, name, 9080).catch(() => 'no answer')).not.toBe(name);
	});

	test('has nothing to do a second time', async () => {
		const done = await steps(['offboard', target, '--delete-entry', '--remove-image']);
		expect(Object.values(done).filter(({changed}) => changed)).toEqual([]);
		expect(Object.values(done).map(({state}) => state)).toEqual([
			...['skipped', 'skipped', 'skipped', 'skipped'],
			'succeeded',
		]);
	});
});
