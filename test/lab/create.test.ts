import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
	askFromPod,
	closeNamespace,
	eventually,
	gatewayAddress,
	kubectl,
	lab,
	type Meshboard,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';

/* The objects around a VM, from nothing with meshboard alone; then the mesh's own way in, taken away and mended. */

const namespace = 'create';
const name = 'create-a';
const hub = 'registry.lab:5000/istio';
let meshboard: Meshboard;
let ip: string;

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(namespace);
	ip = await vm.up(name);
	await vm.app(name);
});

afterAll(async () => {
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(namespace);
});

/** Runs a command that must end with this code; its output. */
async function told(words: readonly string[], code = 0) {
	const ended = await meshboard.run(words, {seconds: 170});
	expect(ended.code, ended.stdout + ended.stderr).toBe(code);
	return ended;
}

const common = ['-n', namespace, '--network', 'vm-net', '--image-hub', hub];

describe('a fresh VM', () => {
	test('is asked for its addresses and port, and gets entry, account, Service and Sidecar', async () => {
		const entry = ['create', 'entry', name, ...common, '--service-account', name, '--create-account', '--app', name];
		const {stdout, stderr} = await told([...entry, '--ask-vm', ip, '--yes']);
		expect(stderr).toMatch(new RegExp(`address +${ip} .*listens +127\\.0\\.0\\.1:9080`, 's'));
		expect(stdout).toBe(`serviceaccount/${namespace}/${name} created\nworkloadentry/${namespace}/${name} created\n`);
		expect((await told(['create', 'service', '--for', `${name}.${namespace}`, '-y'])).stdout).toContain('created');
		expect((await told(['create', 'sidecar', '--for', `${name}.${namespace}`, '-y'])).stdout).toContain('created');
		const service = JSON.parse(await kubectl(`-n ${namespace} get service ${name} -o json`)) as {spec: object};
		expect(service.spec).toMatchObject({ports: [{port: 9080, targetPort: 9080}], selector: {app: name}});
	});

	test('is onboarded with them, and a pod of the mesh gets its answer', async () => {
		await told(['onboard', `${name}.${namespace}`, '--prepare', '--yes']);
		expect(await eventually('the answer', 20, () => askFromPod(namespace, name, 9080))).toBe(name);
	});
});

test('kubectl reads every string back as it was written', async () => {
	const labels = {on: 'y', version: '1.10', number: '1_000', octal: '0o7', date: '2001-01-01', none: 'null'};
	const words = ['create', 'entry', 'strings', ...common, '--address', '10.128.0.77', '--service-account', 'default'];
	const given = Object.entries(labels)
		.filter(([key]) => key !== 'version')
		.map((pair) => pair.join('='));
	const {stdout} = await told([
		...words,
		'--app',
		'no',
		'--app-version',
		labels.version,
		'--labels',
		given.join(','),
		'-f',
		'-',
	]);
	const read = await must(
		join(import.meta.dirname, 'cluster'),
		['kubectl', 'apply', '--dry-run=client', '-o', 'json', '-f', '-'],
		{
			input: stdout,
		},
	);
	expect((JSON.parse(read) as {spec: object}).spec).toEqual({
		...(load(stdout) as {spec: object}).spec,
		labels: {app: 'no', class: 'vm', ...labels},
	});
	// What another manager keeps is not taken without being asked for.
	await must(join(import.meta.dirname, 'cluster'), ['kubectl', 'apply', '--server-side', '-f', '-'], {input: stdout});
	const change = [...words, '--app', 'no', '--address', '10.128.0.78', '-y'];
	expect((await told(change, 65)).stderr).toMatch(/conflicts? with "kubectl".+--force-conflicts/s);
	await told([...change, '--force-conflicts']);
	expect(load(await kubectl(`-n ${namespace} get we strings -o yaml`))).toMatchObject({spec: {address: '10.128.0.78'}});
});

test('a broken rule is told before the cluster is asked, an unknown namespace before a webhook is', async () => {
	const words = ['create', 'sidecar', 'wrong', '-n', namespace, '--selector', 'app=wrong', '--ingress', '80', '-y'];
	expect((await told([...words, '--hosts', '*'], 65)).stderr).toContain('--hosts: "*" host must be of form');
	expect((await told([...words, '-n', 'creat'], 65)).stderr).toContain('Did you mean create?');
	expect(await kubectl(`-n ${namespace} get sidecar wrong --ignore-not-found -o name`)).toBe('');
});

test('three rows of a table become three entries', async () => {
	const file = join(meshboard.home, 'machines.csv');
	writeFileSync(file, 'name,address,app\ncsv-1,10.128.0.91,a\ncsv-2,10.128.0.92,b\ncsv-3,10.128.0.93,c\n');
	const words = ['create', 'entry', '--from', file, ...common, '--service-account', 'default', '--yes'];
	expect((await told(words)).stdout).toBe('3 created, 0 configured, 0 unchanged, 0 refused, 0 left out\n');
	expect(await kubectl(`-n ${namespace} get we csv-3 -o jsonpath={.spec.address}/{.spec.network}`)).toBe(
		'10.128.0.93/vm-net',
	);
	expect((await told(words)).stdout).toContain('3 unchanged');
});

describe('expand', () => {
	test('on open-source Istio tells what the gateway lacks, and mends it', async () => {
		expect((await told(['expand'])).stdout).toContain(gatewayAddress);
		const label = 'topology.istio.io/network';
		await kubectl(`label namespace istio-system ${label}-`);
		await kubectl('-n istio-system delete gateways.networking.istio.io istiod-gateway');
		try {
			const {stdout, stderr} = await told(['expand'], 79);
			expect(stderr).toMatch(/gateway\.not-exposed.+gateway\.network-unserved/s);
			expect(stdout).toContain('name: istiod-gateway');
		} finally {
			await told(['expand', '--apply', '--yes']);
		}
		expect(await kubectl(`get namespace istio-system -L ${label} --no-headers`)).toContain('cluster-net');
		await told(['onboard', `${name}.${namespace}`, '--force', '--yes']);
		expect(await eventually('the answer', 20, () => askFromPod(namespace, name, 9080))).toBe(name);
	});

	test('on Tetrate shows the patch, applies it, waits for the gateway, and then has nothing to do', async () => {
		await lab('tsb on');
		try {
			const dry = await told(['expand', '--dry-run']);
			expect(dry.stdout).toMatch(
				/controlplane\/istio-system\/controlplane would change\n.*^\+ {3}meshExpansion: \{\}$/ms,
			);
			expect(await kubectl('-n istio-system get controlplane controlplane -o jsonpath={.spec.meshExpansion}')).toBe('');
			const done = await told(['expand', '--yes']);
			expect(done.stderr).toContain('waiting for Service istio-system/vmgateway');
			expect(done.stdout).toContain(gatewayAddress);
			expect(await told(['expand'])).toMatchObject({
				stderr: expect.stringContaining('on already'),
				stdout: expect.stringContaining(gatewayAddress),
			});
		} finally {
			await lab('tsb off');
		}
	});
});
