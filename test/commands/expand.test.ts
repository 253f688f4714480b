import {load, loadAll} from 'js-yaml';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {expectManners} from '../helpers/told.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {run} from './process.ts';

/* `meshboard expand` on the sandbox's open-source mesh. Tetrate's way is tested in the lab. */

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

test('makes a gateway from nothing, and then tells what only time or the cloud can give', async () => {
	const place = '/namespaces/istio-system';
	const service = `/api/v1${place}/services/istio-eastwestgateway`;
	const deployment = `/apis/apps/v1${place}/deployments/istio-eastwestgateway`;
	const pods = (await sandbox.get(`/api/v1${place}/pods?labelSelector=istio%3Deastwestgateway`)).items;
	for (const path of [service, deployment, `/api/v1${place}/pods/${pods[0].metadata.name}`])
		await sandbox.api(path, {method: 'DELETE'});
	expect((await expand()).stderr).toMatch(/^error gateway\.not-found: /m);
	const made = await expand('--apply', '--yes');
	expect(made.code).toBe(79);
	expect(made.stderr).toMatch(/error gateway\.not-ready: .*error gateway\.address-pending: /s);
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
