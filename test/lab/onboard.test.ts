import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* The main job, from pristine VMs to requests that reach their applications, without a screen. */

const namespace = 'onboard';
const machines = [
	{name: 'onboard-a', network: 'isolated'},
	{name: 'onboard-b', network: 'isolated'},
	{name: 'onboard-c', network: 'shared'},
] as const;
const targets = machines.map(({name}) => `${name}.${namespace}`);
let meshboard: Meshboard;

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(namespace);
	await Promise.all(
		machines.map(async ({name, network}) => {
			const ip = await vm.up(name, {network});
			await vm.app(name);
			await apply(entryManifests({name, namespace, ip, network}));
		}),
	);
});

afterAll(async () => {
	meshboard.remove();
	await Promise.all(machines.map(({name}) => vm.down(name)));
	await closeNamespace(namespace);
});

type Event = {
	readonly target: string;
	readonly event: string;
	readonly step?: string;
	readonly reason?: string;
	readonly changed?: boolean;
	readonly outcome?: string;
};
const eventsOf = (stdout: string): readonly Event[] =>
	stdout
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => JSON.parse(line) as Event);

/** What a run of ours would change on a VM: the container's identity and start, and the files with their times. */
const stateOf = (name: string) =>
	vm.exec(
		name,
		'sh',
		'-c',
		"docker inspect -f '{{.Id}} {{.State.StartedAt}}' istio-proxy; stat -c '%n %Y %a %U' /etc/istio-proxy/*",
	);

describe('three VMs at once', () => {
	test('are prepared, bootstrapped and verified side by side', async () => {
		const result = await meshboard.run(['onboard', ...targets, '--prepare', '--yes', '-o', 'ndjson'], {seconds: 170});
		const events = eventsOf(result.stdout);
		expect(
			events.filter(({event}) => event === 'step.failed'),
			result.stderr,
		).toEqual([]);
		expect(result.code).toBe(0);
		expect(
			events
				.filter(({event}) => event === 'run.finished')
				.map(({target, outcome}) => [target, outcome])
				.sort((a, b) => String(a).localeCompare(String(b))),
		).toEqual(targets.map((target) => [target, 'succeeded']));
		// Side by side: all have begun before the first has ended.
		const names = events.map(({event}) => event);
		expect(names.lastIndexOf('run.started')).toBeLessThan(names.indexOf('run.finished'));
	});

	test('answer a pod of the mesh through its sidecar', async () => {
		for (const {name} of machines) {
			expect(await eventually(`the answer of ${name}`, 20, () => askFromPod(namespace, name, 9080))).toBe(name);
		}
	});

	test('are left alone by a second run, which says so', async () => {
		const before = await Promise.all(machines.map(({name}) => stateOf(name)));
		const result = await meshboard.run(['onboard', ...targets, '--prepare', '--yes', '-o', 'ndjson'], {seconds: 120});
		expect(result.code, result.stdout + result.stderr).toBe(0);
		expect(await Promise.all(machines.map(({name}) => stateOf(name)))).toEqual(before);
		const events = eventsOf(result.stdout);
		expect(events.filter(({changed}) => changed === true)).toEqual([]);
		expect(events.filter(({event, step}) => event === 'step.skipped' && step === 'bootstrap.start')).toHaveLength(3);
	});

	test('are replaced with --force', async () => {
		const [first] = machines;
		const before = await stateOf(first.name);
		const result = await meshboard.run(['onboard', `${first.name}.${namespace}`, '--force', '--yes'], {seconds: 120});
		expect(result.code, result.stdout + result.stderr).toBe(0);
		expect(await stateOf(first.name)).not.toBe(before);
		expect(await eventually('the answer', 20, () => askFromPod(namespace, first.name, 9080))).toBe(first.name);
	});

	test('are listed with their proxies as istiod knows them', async () => {
		const {stdout} = await meshboard.run(['list', '-n', namespace, '-o', 'json']);
		const {items} = JSON.parse(stdout) as {items: Array<{name: string; proxy: {state: string}}>};
		expect(items.map(({name, proxy}) => [name, proxy.state])).toEqual(machines.map(({name}) => [name, 'synced']));
	});
});

test('no token, and no password, is in any file that the runs left', async () => {
	const {execFileSync} = await import('node:child_process');
	const text = execFileSync('sh', ['-c', `cat ${meshboard.home}/state/meshboard/runs/*/*`], {
		encoding: 'utf8',
		maxBuffer: 64e6,
	});
	expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
	expect(text).toContain('[redacted');
});
