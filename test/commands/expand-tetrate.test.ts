import type {ServerResponse} from 'node:http';
import {expect, test, vi} from 'vitest';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import {json, refuse, type Seen, startFakeApi, writeKubeconfig} from '../helpers/fake-api.ts';
import {startPty} from '../helpers/pty.ts';
import {cli, expectTold, newHome, run} from './process.ts';

/* `meshboard expand` on a cluster that has a ControlPlane of Tetrate's. That its operator then brings the gateway is proven in the lab. */

// Each test runs several processes, one after the other, and the machine may be busy.
vi.setConfig({testTimeout: 90_000});

const group = '/apis/install.tetrate.io';
const place = 'namespaces/istio-system';
const path = {
	controlPlane: `${group}/v1alpha1/${place}/controlplanes/controlplane`,
	service: `/api/v1/${place}/services/vmgateway`,
	overrides: `/api/v1/${place}/configmaps/global-mesh-expansion`,
} as const;
const metadata = {namespace: 'istio-system', resourceVersion: '1'};
const vmgateway: KubernetesObject = {
	apiVersion: 'v1',
	kind: 'Service',
	metadata: {...metadata, name: 'vmgateway'},
	spec: {type: 'LoadBalancer'},
};
const addressed = {...vmgateway, status: {loadBalancer: {ingress: [{ip: '203.0.113.9'}]}}};
const overrides: KubernetesObject = {
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {...metadata, name: 'global-mesh-expansion'},
};

/** A Tetrate cluster before mesh expansion; what `objects` holds is served. */
async function startTetrate() {
	const objects = new Map<string, KubernetesObject>([
		[
			path.controlPlane,
			{
				apiVersion: 'install.tetrate.io/v1alpha1',
				kind: 'ControlPlane',
				metadata: {...metadata, name: 'controlplane'},
				spec: {hub: 'registry.example.com'},
			},
		],
	]);
	const respond = async ({path: asked, method, query, request}: Seen, response: ServerResponse) => {
		if (asked === group) return json(response, 200, {versions: [{version: 'v1alpha1'}]});
		if (asked === `${group}/v1alpha1`)
			return json(response, 200, {resources: [{name: 'controlplanes', kind: 'ControlPlane'}]});
		const found = objects.get(asked);
		if (found === undefined) return refuse(response, 404, 'not found');
		if (method === 'GET') return json(response, 200, found);
		const parts: Buffer[] = [];
		for await (const part of request) parts.push(part as Buffer);
		const {spec} = JSON.parse(Buffer.concat(parts).toString()) as {spec: object};
		const patched = {...found, spec: {...(found.spec as object), ...spec}};
		if (!query.has('dryRun')) objects.set(asked, patched);
		return json(response, 200, patched);
	};
	const api = await startFakeApi((seen, response) => void respond(seen, response));
	const kubeconfig = writeKubeconfig(`http://127.0.0.1:${api.port}`);
	return {
		kubeconfig,
		objects,
		isExpanded: () => JSON.stringify(objects.get(path.controlPlane)).includes('meshExpansion'),
		atTerminal: () =>
			startPty(process.execPath, [cli, 'expand', '--kubeconfig', kubeconfig], {
				columns: 120,
				env: {HOME: newHome(), XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined},
			}),
	};
}

test('at a terminal shows the patch and wants a yes; then says what is waited for, until VMs have an address', async () => {
	const {atTerminal, objects, isExpanded} = await startTetrate();
	const question = 'Apply controlplane/istio-system/controlplane? [y/N]';
	const refused = atTerminal();
	try {
		expect(await refused.waitFor(question, 30_000)).toMatch(/would change\n.*^\+ {3}meshExpansion: \{\}$/ms);
		refused.type('\r');
		expect(await refused.exited).toMatchObject({exitCode: 130});
		expect(refused.screen.text()).toContain('Nothing was changed.');
		expect(isExpanded()).toBe(false);
	} finally {
		await refused.close();
	}

	const agreed = atTerminal();
	try {
		await agreed.waitFor(question, 30_000);
		agreed.type('y\r');
		await agreed.waitFor('waiting for Service istio-system/vmgateway', 30_000);
		expect(isExpanded()).toBe(true);
		objects.set(path.service, vmgateway);
		await agreed.waitFor('waiting for ConfigMap istio-system/global-mesh-expansion', 30_000);
		objects.set(path.overrides, overrides);
		await agreed.waitFor('waiting for the address of Service istio-system/vmgateway (LoadBalancer)', 30_000);
		objects.set(path.service, addressed);
		expect(await agreed.exited).toMatchObject({exitCode: 0});
		expect(agreed.screen.text()).toContain('VMs reach the mesh at 203.0.113.9 (Service istio-system/vmgateway)');
	} finally {
		await agreed.close();
	}
});

test('ends when --timeout runs out, with what is missing; a second call waits on and patches nothing', async () => {
	const {kubeconfig, objects, isExpanded} = await startTetrate();
	objects.set(path.service, vmgateway);
	objects.set(path.overrides, overrides);
	const expand = (...words: string[]) => run(['expand', ...words, '--kubeconfig', kubeconfig]);
	expect(await expand()).toMatchObject({code: 64, stderr: expect.stringContaining('without consent')});
	expect(await expand('--read-only')).toMatchObject({code: 77, stderr: expect.stringContaining('read-only')});
	expect(isExpanded()).toBe(false);

	const ended = await expand('--yes', '--timeout', '1s');
	expectTold(ended, {
		id: 'gateway.address-pending',
		code: 1,
		says: /the address of Service istio-system\/vmgateway \(LoadBalancer\) is still missing after 1 s\./,
		next: /Wait longer with --timeout/,
	});
	expect(ended.stderr).toMatch(/^controlplane\/istio-system\/controlplane configured\nwaiting for the address of/);
	expect(isExpanded()).toBe(true);

	objects.set(path.service, addressed);
	expect(await expand('-o', 'json')).toEqual({
		code: 0,
		stderr: 'Mesh expansion is on already: controlplane/istio-system/controlplane has spec.meshExpansion.\n',
		stdout: expect.stringContaining('"changed": false'),
	});
});
