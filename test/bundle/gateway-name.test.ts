import {expect, test} from 'vitest';
import {containerCommand} from '../../source/bundle/container.ts';
import {bundleFiles} from '../../source/bundle/files.ts';
import type {Target} from '../../source/mesh/target.ts';
import {drafts, resolve} from '../helpers/mesh.ts';

/** The vendor's overrides as Tetrate's control plane writes them: everything through port 15443 of the VM gateway. */
const vendor = `
apiVersion: v1
kind: ConfigMap
metadata: {name: global-mesh-expansion, namespace: istio-system}
data:
  PROXY_CONFIG: |
    discoveryAddress: istiod.istio-system.svc:15443
    envoyAccessLogService:
      address: als.istio-system.svc:15443
      tlsSettings: {sni: als.istio-system.svc, mode: ISTIO_MUTUAL}
      tcpKeepalive: {interval: 20s, time: 10s, probes: 3}
    tracing:
      tlsSettings: {mode: ISTIO_MUTUAL, sni: zipkin.istio-system.svc}
      zipkin: {address: 'zipkin.istio-system.svc:15443'}
`;

const environment = (target: Target): Record<string, string> =>
	Object.fromEntries(
		String(bundleFiles(target)[0]?.content)
			.split('\n')
			.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
	);
const pinned = (target: Target) => {
	const words = containerCommand(target);
	return words.filter((_, index) => words[index - 1] === '--add-host');
};

async function tetrate(ingress: string) {
	const mesh = drafts();
	mesh.add(vendor);
	mesh.edit('Service', 'istio-eastwestgateway')['status'] = {loadBalancer: JSON.parse(ingress)};
	return resolve(mesh.objects());
}

test('with an IP as gateway, every address of the cluster is pinned to it and keeps its name', async () => {
	const target = await tetrate('{"ingress": [{"ip": "1.2.3.4"}]}');
	const env = environment(target);
	expect(env).toMatchObject({CA_ADDR: 'istiod.istio-system.svc:15443', CA_SNI: '', PILOT_SNI: ''});
	expect(env['PROXY_CONFIG']).toContain(
		'"tracing":{"zipkin":{"address":"zipkin.istio-system.svc:15443"},"tlsSettings":{"mode":"ISTIO_MUTUAL","sni":"zipkin.istio-system.svc"}},' +
			'"envoyAccessLogService":{"address":"als.istio-system.svc:15443","tlsSettings":{"mode":"ISTIO_MUTUAL","sni":"als.istio-system.svc"},' +
			'"tcpKeepalive":{"probes":3,"time":"10s","interval":"20s"}},"envoyMetricsService":{}',
	);
	expect(pinned(target)).toEqual(
		['als', 'istiod', 'zipkin'].flatMap((name) =>
			['', '.svc', '.svc.cluster', '.svc.cluster.local'].map((tail) => `${name}.istio-system${tail}:1.2.3.4`),
		),
	);
});

test('with a name as gateway, it takes the place of every address, and istiod is named by SNI', async () => {
	const target = await tetrate('{"ingress": [{"ip": "1.2.3.4"}, {"hostname": "example.elb.amazonaws.com"}]}');
	const env = environment(target);
	expect(env).toMatchObject({
		CA_ADDR: 'example.elb.amazonaws.com:15443',
		CA_SNI: 'istiod.istio-system.svc',
		PILOT_SNI: 'istiod.istio-system.svc',
	});
	const config = JSON.parse(env['PROXY_CONFIG'] ?? '');
	expect(config.discoveryAddress).toBe('example.elb.amazonaws.com:15443');
	expect(config.tracing).toEqual({
		zipkin: {address: 'example.elb.amazonaws.com:15443'},
		tlsSettings: {mode: 'ISTIO_MUTUAL', sni: 'zipkin.istio-system.svc'},
	});
	expect(config.envoyAccessLogService.address).toBe('example.elb.amazonaws.com:15443');
	expect(pinned(target)).toEqual([]);
	expect(target.problems.map(({id}) => id)).toContain('gateway.hostname-only');
});

test('a service with TLS of its own gets the names that its certificate has', async () => {
	const mesh = drafts();
	mesh.edit('ConfigMap', 'istio')['data'].mesh = `
defaultConfig:
  envoyMetricsService: {address: 'metrics.ops:9090', tlsSettings: {mode: SIMPLE}}
  zipkinAddress: zipkin.example.com:9411`;
	mesh.edit('Service', 'istio-eastwestgateway')['status'] = {loadBalancer: {ingress: [{hostname: 'gw.example.com'}]}};
	const config = JSON.parse(environment(await resolve(mesh.objects()))['PROXY_CONFIG'] ?? '');
	expect(config.envoyMetricsService).toEqual({
		address: 'gw.example.com:9090',
		tlsSettings: {
			mode: 'SIMPLE',
			subjectAltNames: ['metrics.ops.svc.cluster.local', 'metrics.ops.svc'],
			sni: 'metrics.ops.svc',
		},
	});
	expect(config.zipkinAddress).toBe('zipkin.example.com:9411');
});

test('a port given with the gateway is the port of istiod, in both its addresses', async () => {
	const target = await resolve(drafts().objects(), undefined, {gateway: '203.0.113.7:32503'});
	const env = environment(target);
	expect(env['CA_ADDR']).toBe('istiod.istio-system.svc:32503');
	expect(JSON.parse(env['PROXY_CONFIG'] ?? '').discoveryAddress).toBe('istiod.istio-system.svc:32503');
	expect(pinned(target)).toContain('istiod.istio-system.svc:203.0.113.7');
});

test("the entry's own annotation has the last word, for all the metadata", async () => {
	const mesh = drafts();
	mesh.add(vendor);
	mesh.edit('ConfigMap', 'istio')['data'].mesh = 'defaultConfig: {concurrency: 2, proxyMetadata: {A: mesh, B: mesh}}';
	mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {
		'proxy.istio.io/config': 'discoveryAddress: 192.0.2.1:15012\nproxyMetadata: {B: entry, C: entry}\nconcurrency: 4',
		'sidecar.istio.io/logLevel': 'debug',
	};
	const target = await resolve(mesh.objects());
	const env = environment(target);
	expect(env).toMatchObject({B: 'entry', C: 'entry', CA_ADDR: '192.0.2.1:15012'});
	expect(env).not.toHaveProperty('A');
	expect(containerCommand(target).join(' ')).toContain('--concurrency 4 --proxyLogLevel debug');
});

test("the mesh's own concurrency is for pods: a VM uses all its cores", async () => {
	const mesh = drafts();
	mesh.edit('ConfigMap', 'istio')['data'].mesh = 'defaultConfig: {concurrency: 2}';
	expect(containerCommand(await resolve(mesh.objects())).join(' ')).toContain('--concurrency 0 ');
});

test('nothing is written while the mesh, the gateway or the IP is unknown', async () => {
	const mesh = drafts();
	mesh.remove('Service', 'istio-eastwestgateway');
	const target = await resolve(mesh.objects());
	expect(bundleFiles(target)).toEqual([]);
	expect(containerCommand(target)).toEqual([]);
});
