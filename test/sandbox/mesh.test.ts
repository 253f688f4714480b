import {X509Certificate} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {createCluster} from '../../source/kubernetes/cluster.ts';
import {dialFromVm} from '../../source/onboarding/perform/dial.ts';
import {getFromVm} from '../../source/onboarding/perform/http.ts';
import type {Cluster, RemoteHost} from '../../source/ports.ts';
import {parseCerts} from '../../source/proxy/certs.ts';
import {parseSyncz} from '../../source/proxy/syncz.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {openSandbox} from './open-sandbox.ts';

describe('the mesh of the sandbox', () => {
	let sandbox: Awaited<ReturnType<typeof openSandbox>>;
	let cluster: Cluster;
	let vm: RemoteHost;
	const signal = new AbortController().signal;
	beforeAll(async () => {
		sandbox = await openSandbox();
		cluster = await createCluster({env: process.env, kubeconfig: sandbox.kubeconfig});
		const port = await sandbox.sshPort('orders-vm', 'payments');
		const {sshKey, knownHosts} = sandbox.profile;
		vm = await createConnector({env: {PATH: process.env['PATH']}, home: sandbox.directory}).connect(
			{
				host: '127.0.0.1',
				port,
				user: 'istio-proxy',
				key: sshKey,
				hostKeys: 'accept-new',
				...(knownHosts === undefined ? {} : {knownHosts}),
			},
			{prompts: {ask: async () => undefined}},
		);
	});
	afterAll(async () => {
		vm?.close();
		cluster?.close();
		await sandbox?.close();
	});

	const rootCertificate = async () =>
		(await cluster.get({group: '', resource: 'configmaps'}, 'payments', 'istio-ca-root-cert'))?.data?.[
			'root-cert.pem'
		] ?? '';
	const syncz = async () =>
		parseSyncz((await cluster.istiod('istio-system', undefined, '/debug/syncz'))[0]?.body ?? '');
	const request = () =>
		cluster.podExec(
			{namespace: 'payments', name: 'checkout-74d6b5c9f8-q6mzn', container: 'checkout'},
			['wget', '-S', '-O', '-', 'http://orders.payments.svc.cluster.local:8081/'],
			{timeoutSeconds: 5},
		);

	it('has a CA that signs istiod', async () => {
		const root = await rootCertificate();
		expect(new X509Certificate(root).ca).toBe(true);
		const dial = (port: number, serverName: string, named = true) =>
			dialFromVm(
				vm,
				{
					kind: 'dial',
					host: '10.128.0.254',
					port,
					timeoutSeconds: 5,
					tls: {serverName, rootCertificate: root, named},
				},
				signal,
			);
		for (const port of [15012, 15443]) {
			const answer = await dial(port, 'istiod.istio-system.svc');
			expect(answer).toMatchObject({outcome: 'open'});
			expect(answer.chain[0]?.names).toContain('DNS:istiod.istio-system.svc');
		}
		// It has no other's name, whatever it is asked for.
		expect(await dial(15012, 'istiod-canary.istio-system.svc')).toMatchObject({
			outcome: 'tls-misnamed',
			text: expect.stringMatching(
				/^the certificate has .*DNS:istiod\.istio-system\.svc, not istiod-canary\.istio-system\.svc: SNI is not honoured$/,
			),
		});
		expect(await dial(15012, 'istiod.example.com', false)).toMatchObject({outcome: 'open'});
		expect(await vm.dial('10.128.0.254', 15017)).toMatchObject({ok: false, failure: 'refused'});
		expect(await vm.dial('10.99.0.1', 80)).toMatchObject({ok: false, failure: 'unreachable'});
	});

	it('shows a proxy that is stuck by its ended token, until it gets a new one', async () => {
		const ready = () => getFromVm(vm, {kind: 'http', port: 15021, path: '/healthz/ready'}, signal);
		await expect
			.poll(async () => (await vm.exec('docker logs istio-proxy 2>&1')).stdout, {timeout: 5000})
			.toContain('Unauthenticated');
		expect(await ready()).toMatchObject({
			ok: true,
			status: 503,
			body: expect.stringContaining('config not received from XDS server'),
		});
		expect(await syncz()).toEqual([]);
		expect(await request()).toMatchObject({code: 1, stderr: expect.stringContaining('503')});

		const {token} = await cluster.createToken('payments', 'orders', 'istio-ca', 3600);
		const renewed = await vm.exec('cat >/etc/istio-proxy/istio-token && docker restart istio-proxy', {input: token});
		expect(renewed.code).toBe(0);
		await expect.poll(ready, {timeout: 5000}).toMatchObject({ok: true, status: 200});
		expect(await syncz()).toMatchObject([{proxy: 'orders-vm.payments', state: 'synced'}]);
		const certs = await getFromVm(vm, {kind: 'http', port: 15000, path: '/certs'}, signal);
		expect(parseCerts(certs.ok ? certs.body : '')?.chain[0]?.names).toEqual([
			'spiffe://cluster.local/ns/payments/sa/orders',
		]);
		expect((await vm.exec('ss -ltn')).stdout).toMatch(/10\.128\.0\.5:8081/);
		expect(await request()).toMatchObject({code: 0, stdout: 'orders\n'});
	});

	it('lets nothing be reached of a proxy that was stopped', async () => {
		await vm.exec('docker stop istio-proxy');
		expect(await getFromVm(vm, {kind: 'http', port: 15000, path: '/ready'}, signal)).toMatchObject({ok: false});
		expect(await syncz()).toEqual([]);
	});

	it('refuses the token of another account', async () => {
		const {token} = await cluster.createToken('payments', 'ledger', 'istio-ca', 3600);
		await vm.exec('cat >/etc/istio-proxy/istio-token && docker start istio-proxy', {input: token});
		await expect
			.poll(async () => (await vm.exec('docker logs --tail 5 istio-proxy')).stdout, {timeout: 5000})
			.toContain('no identities');
	});
});

it('ends with nothing left running', async () => {
	const before = process.getActiveResourcesInfo().length;
	const sandbox = await openSandbox();
	await sandbox.ssh('ratings-vm', 'bookinfo', 'admin', 'sleep 100 & echo started');
	await sandbox.close();
	await expect.poll(() => process.getActiveResourcesInfo().length, {timeout: 3000}).toBeLessThanOrEqual(before);
});
