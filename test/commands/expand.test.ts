import {load, loadAll} from 'js-yaml';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {startPty} from '../helpers/pty.ts';
import {expectManners} from '../helpers/told.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, run} from './process.ts';

/* `meshboard expand` on the sandbox's open-source mesh. */

// Each test runs several processes, one after the other, and the machine may be busy.
vi.setConfig({testTimeout: 90_000});

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const expand = async (...words: string[]) => {
	const ended = await run(['expand', ...words, '--kubeconfig', sandbox.kubeconfig]);
	expectManners(ended);
	return ended;
};
const routes = '/apis/networking.istio.io/v1/namespaces/istio-system/virtualservices/istiod-vs';
const namespace = '/api/v1/namespaces/istio-system';

test('says what is missing, prints it for kubectl, and with --apply creates it', async () => {
	expect(await expand()).toMatchObject({
		code: 0,
		stderr: '',
		stdout: expect.stringMatching(/^VMs reach the mesh at \S+ \(Service/),
	});

	await sandbox.api(routes, {method: 'DELETE'});
	await sandbox.api(namespace, {
		method: 'PATCH',
		headers: {'content-type': 'application/merge-patch+json'},
		body: {metadata: {labels: {'topology.istio.io/network': null}}},
	});
	const told = await expand();
	expect(told.code).toBe(79);
	expect(told.stderr).toMatch(/^error gateway\.not-exposed: .*^error gateway\.network-unserved: .*--apply/ms);
	expect(loadAll(told.stdout)).toMatchObject([
		{kind: 'VirtualService', metadata: {name: 'istiod-vs', namespace: 'istio-system'}},
		{kind: 'Namespace', metadata: {labels: {'topology.istio.io/network': 'cluster-net'}}},
	]);
	expect((await sandbox.api(routes)).status).toBe(404);
	expect(JSON.parse((await expand('-o', 'json')).stdout)).toMatchObject({
		mesh: 'istio',
		network: 'cluster-net',
		missing: [{}, {}],
	});

	expect(await expand('--apply')).toMatchObject({code: 64, stderr: expect.stringContaining('without consent')});
	expect(await expand('--apply', '--dry-run')).toMatchObject({code: 79});
	expect((await sandbox.api(routes)).status).toBe(404);

	const mended = await expand('--apply', '--yes');
	expect(mended).toMatchObject({code: 0, stdout: expect.stringMatching(/^VMs reach the mesh/)});
	expect(mended.stderr).toContain('virtualservice/istio-system/istiod-vs created');
	expect((await sandbox.get(routes)).spec.tls[0].route[0].destination.port.number).toBe(15012);
	expect((await sandbox.get(namespace)).metadata.labels['topology.istio.io/network']).toBe('cluster-net');
	expect(load(told.stdout.split('---\n')[0] ?? '')).toMatchObject({spec: (await sandbox.get(routes)).spec});
});

describe('from nothing', () => {
	const place = '/namespaces/istio-system';
	const service = `/api/v1${place}/services/istio-eastwestgateway`;
	const deployment = `/apis/apps/v1${place}/deployments/istio-eastwestgateway`;
	// biome-ignore lint/suspicious/noExplicitAny: an object as the API server has it
	let pod: any; // eslint-disable-line @typescript-eslint/no-explicit-any

	test('makes a gateway, waits for what only time or the cloud can give, and tells what is left of it', async () => {
		[pod] = (await sandbox.get(`/api/v1${place}/pods?labelSelector=istio%3Deastwestgateway`)).items;
		for (const path of [service, deployment, `/api/v1${place}/pods/${pod.metadata.name}`])
			await sandbox.api(path, {method: 'DELETE'});
		expect((await expand()).stderr).toMatch(/^error gateway\.not-found: /m);
		const made = await expand('--apply', '--yes', '--timeout', '1s');
		expect(made.code).toBe(79);
		expect(made.stderr).toMatch(
			/^service\/\S+ created\n.*^waiting for a ready pod of Service istio-system\/istio-eastwestgateway \(there is no such pod\)\n.*error gateway\.not-ready: .*error gateway\.address-pending: /ms,
		);
		expect((await sandbox.get(service)).spec.ports.map(({port}: {port: number}) => port)).toEqual([
			15021, 15443, 15012, 15017,
		]);
		expect((await sandbox.get(deployment)).spec.template).toMatchObject({
			metadata: {
				labels: {'sidecar.istio.io/inject': 'true', 'topology.istio.io/network': 'cluster-net'},
				annotations: {'inject.istio.io/templates': 'gateway'},
			},
			spec: {containers: [{name: 'istio-proxy', image: 'auto'}]},
		});
	});

	test('waits on when it is called again, until the gateway serves at an address', async () => {
		const words = ['expand', '--apply', '--yes', '--kubeconfig', sandbox.kubeconfig];
		const pty = startPty(process.execPath, [cli, ...words], {
			columns: 120,
			env: {HOME: newHome(), XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined},
		});
		try {
			await pty.waitFor('waiting for a ready pod of Service', 30_000);
			const {name, labels} = pod.metadata;
			const body = {apiVersion: 'v1', kind: 'Pod', metadata: {name, labels}, spec: pod.spec, status: pod.status};
			expect((await sandbox.api(`/api/v1${place}/pods`, {method: 'POST', body})).status).toBe(201);
			await pty.waitFor('waiting for the address of Service istio-system/istio-eastwestgateway (LoadBalancer)', 30_000);
			const patched = await sandbox.api(`${service}/status`, {
				method: 'PATCH',
				headers: {'content-type': 'application/merge-patch+json'},
				body: {status: {loadBalancer: {ingress: [{ip: '203.0.113.9'}]}}},
			});
			expect(patched.status).toBe(200);
			expect(await pty.exited).toMatchObject({exitCode: 0});
			expect(pty.screen.text()).toContain(
				'VMs reach the mesh at 203.0.113.9 (Service istio-system/istio-eastwestgateway)',
			);
		} finally {
			await pty.close();
		}
	});
});
