import {describe, expect, test} from 'vitest';
import {readMesh, readTarget} from '../../source/onboarding/resolve.ts';
import {settingsOf} from '../../source/onboarding/settings-of.ts';
import type {Profile} from '../../source/ports.ts';
import {environmentFile, moreEnvironment, pinnedHosts} from '../helpers/environment.ts';
import {memoryCluster} from '../helpers/memory-cluster.ts';
import {drafts, resolve} from '../helpers/mesh.ts';

type Drafts = ReturnType<typeof drafts>;
const gateway = (mesh: Drafts) => mesh.edit('Service', 'istio-eastwestgateway');

/** Where the proxy of the entry will dial istiod, for its configuration and for its certificate, and by which IP. */
async function way(change: (mesh: Drafts) => void, flags: Profile = {}) {
	const mesh = drafts();
	change(mesh);
	const target = await resolve(mesh.objects(), undefined, flags);
	const env = environmentFile(target);
	const config = JSON.parse(env['PROXY_CONFIG'] ?? '{}');
	const pinned = pinnedHosts(target).find((host) => host.startsWith('istiod.istio-system.svc:'));
	return {
		target,
		env,
		config,
		istiod: config.discoveryAddress,
		ca: env['CA_ADDR'],
		at: pinned?.slice('istiod.istio-system.svc:'.length),
		problems: target.problems.map(({id}) => id),
		settings: Object.fromEntries(
			settingsOf({target, options: {prepare: false}, steps: []}).map(({name, value, source}) => [
				name,
				`${value} (${source})`,
			]),
		),
	};
}

const overrides = `
kind: ConfigMap
metadata: {name: global-mesh-expansion, namespace: istio-system}
data: {PROXY_CONFIG: '{discoveryAddress: "istiod.istio-system.svc:15443", envoyAccessLogService: {address: "als.istio-system.svc:15443"}}'}`;

describe('an IP', () => {
	test('keeps the names, and pins them', async () => {
		const {istiod, ca, at, settings} = await way(() => {});
		expect([istiod, ca, at]).toEqual([
			'istiod.istio-system.svc:15012',
			'istiod.istio-system.svc:15012',
			'10.128.0.254',
		]);
		expect(settings['istiod']).toBe('istiod.istio-system.svc:15012, pinned to 10.128.0.254 (gateway)');
	});
});

describe('the custom gateway of a ControlPlane', () => {
	const controlPlane = (custom: string) => (mesh: Drafts) => {
		mesh.add(overrides);
		mesh.add(
			`{kind: ControlPlane, metadata: {name: controlplane, namespace: istio-system}, spec: {meshExpansion: {customGateway: ${custom}}}}`,
		);
		mesh.add(
			'{kind: Service, metadata: {name: vmgateway, namespace: istio-system}, spec: {ports: [{port: 15443}]}, status: {loadBalancer: {ingress: [{ip: 10.1.1.1}]}}}',
		);
		mesh.edit('ConfigMap', 'istio')['data'].meshNetworks =
			'networks: {cluster-net: {gateways: [{registryServiceName: vmgateway.istio-system.svc.cluster.local, port: 15443}]}}';
	};

	test('goes before the VM gateway that MeshNetworks names', async () => {
		const {at, istiod, problems, settings} = await way(controlPlane('{host: 203.0.113.9}'));
		expect([at, istiod]).toEqual(['203.0.113.9', 'istiod.istio-system.svc:15443']);
		expect(problems).toEqual([]);
		expect(settings['gateway']).toBe(
			'203.0.113.9 (ControlPlane istio-system/controlplane, spec.meshExpansion.customGateway)',
		);
	});

	test('has its port for all that goes the way of istiod', async () => {
		const {at, istiod, ca, config} = await way(controlPlane('{host: 203.0.113.9, port: 443}'));
		expect([at, istiod, ca]).toEqual(['203.0.113.9', 'istiod.istio-system.svc:443', 'istiod.istio-system.svc:443']);
		expect(config.envoyAccessLogService.address).toBe('als.istio-system.svc:443');
	});

	test('may be a name, and yields to a person', async () => {
		const named = controlPlane('{host: vms.example.com, port: 15443}');
		expect((await way(named)).istiod).toBe('vms.example.com:15443');
		expect(await way(named, {gateway: '192.0.2.5'})).toMatchObject({at: '192.0.2.5'});
	});

	test('that names no host is none', async () => {
		expect((await way(controlPlane('{port: 443}'))).at).toBe('10.1.1.1');
	});
});

describe('a node port', () => {
	const node = (name: string, addresses: string, ready = 'True') =>
		`{kind: Node, metadata: {name: ${name}}, status: {conditions: [{type: Ready, status: '${ready}'}], addresses: ${addresses}}}`;
	const nodePort = (mesh: Drafts) => {
		gateway(mesh)['spec'].type = 'NodePort';
		gateway(mesh)['status'] = {loadBalancer: {}};
		gateway(mesh)['spec'].ports = [
			{port: 15443, nodePort: 32443},
			{port: 15012, nodePort: 32012},
		];
		mesh.add(node('a', '[{type: InternalIP, address: 10.0.0.1}]', 'False'));
		mesh.add(node('c', '[{type: InternalIP, address: 10.0.0.3}]'));
		mesh.add(
			node(
				'b',
				'[{type: Hostname, address: b}, {type: InternalIP, address: 10.0.0.2}, {type: ExternalIP, address: 192.0.2.2}]',
			),
		);
	};

	test('is dialled on the first ready node, in both addresses of istiod', async () => {
		const {istiod, ca, at, problems, settings} = await way(nodePort);
		expect([istiod, ca, at]).toEqual(['istiod.istio-system.svc:32012', 'istiod.istio-system.svc:32012', '192.0.2.2']);
		expect(problems).toEqual([]);
		expect(settings['gateway']).toBe(
			'192.0.2.2 ports 15443, 15012 (Service istio-system/istio-eastwestgateway, the node port of 15012 on ExternalIP of node b)',
		);
	});

	test('takes the place of the port in every other address too', async () => {
		const {config, istiod} = await way((mesh) => {
			nodePort(mesh);
			mesh.add(overrides);
		});
		expect([istiod, config.envoyAccessLogService.address]).toEqual([
			'istiod.istio-system.svc:32443',
			'als.istio-system.svc:32443',
		]);
	});

	test('a CA address that names istiod has it too; one that does not is left alone', async () => {
		const withCa = (address: string) => (mesh: Drafts) => {
			nodePort(mesh);
			const values = JSON.parse(mesh.edit('ConfigMap', 'istio-sidecar-injector')['data'].values);
			values.global.caAddress = address;
			mesh.edit('ConfigMap', 'istio-sidecar-injector')['data'].values = JSON.stringify(values);
		};
		expect((await way(withCa('istiod.istio-system.svc:15012'))).ca).toBe('istiod.istio-system.svc:32012');
		expect((await way(withCa('cert-manager-istio-csr.cert-manager.svc:443'))).ca).toBe(
			'cert-manager-istio-csr.cert-manager.svc:443',
		);
	});

	test('with traffic kept on the node, it is a node with a pod of the gateway', async () => {
		const {at} = await way((mesh) => {
			nodePort(mesh);
			gateway(mesh)['spec'].externalTrafficPolicy = 'Local';
			mesh.edit('Pod', 'gateway-1')['spec'] = {nodeName: 'c'};
		});
		expect(at).toBe('10.0.0.3');
	});

	test('without a node to dial it is told, with the ports to give', async () => {
		const {target, problems} = await way((mesh) => {
			nodePort(mesh);
			for (const name of ['a', 'b', 'c']) mesh.remove('Node', name);
		});
		expect(problems).toEqual(['gateway.address-pending']);
		expect(target.problems[0]?.evidence.map(({text}) => text)).toContain(
			'15012 is 32012 on every node, 15443 is 32443 on every node',
		);
	});

	test('is not taken of a load balancer that is on its way, unless a person names the node', async () => {
		const pending = (mesh: Drafts) => {
			nodePort(mesh);
			gateway(mesh)['spec'].type = 'LoadBalancer';
		};
		expect((await way(pending)).problems).toEqual(['gateway.address-pending']);
		expect(await way(pending, {gateway: '10.0.0.3:32012'})).toMatchObject({
			at: '10.0.0.3',
			istiod: 'istiod.istio-system.svc:32012',
			ca: 'istiod.istio-system.svc:32012',
			problems: [],
		});
		expect(await way(pending, {gateway: '10.0.0.3'})).toMatchObject({istiod: 'istiod.istio-system.svc:32012'});
		expect(await way(pending, {gateway: '198.51.100.1'})).toMatchObject({istiod: 'istiod.istio-system.svc:15012'});
	});

	test("the Service's own port at an address that is no node known to us is told", async () => {
		expect((await way(nodePort, {gateway: '198.51.100.1'})).problems).toEqual(['gateway.node-port']);
		expect((await way(nodePort, {gateway: '198.51.100.1:15012'})).problems).toEqual(['gateway.node-port']);
	});
});

describe('a gateway with 15443 alone', () => {
	const only = (mesh: Drafts) => {
		gateway(mesh)['spec'].ports = [{port: 15443}];
	};
	const exposed =
		(server = '{mode: PASSTHROUGH}', sniHosts = '[istiod.istio-system.svc]', hosts = '["*"]') =>
		(mesh: Drafts) => {
			only(mesh);
			mesh.add(
				`{kind: Gateway, metadata: {name: istiod-sni, namespace: istio-system}, spec: {selector: {istio: eastwestgateway}, servers: [{port: {number: 15443, protocol: TLS}, tls: ${server}, hosts: ${hosts}}]}}`,
			);
			mesh.add(
				`{kind: VirtualService, metadata: {name: istiod-sni, namespace: istio-system}, spec: {gateways: [istiod-sni], tls: [{match: [{port: 15443, sniHosts: ${sniHosts}}], route: [{destination: {host: istiod.istio-system.svc.cluster.local}}]}]}}`,
			);
		};

	test('is the way to istiod where a Gateway passes its name on', async () => {
		const {istiod, ca, problems, settings} = await way(exposed());
		expect([istiod, ca, problems]).toEqual(['istiod.istio-system.svc:15443', 'istiod.istio-system.svc:15443', []]);
		expect(settings['gateway']).toContain(
			'istio-eastwestgateway has no port 15012: Gateway istio-system/istiod-sni passes istiod.istio-system.svc on by SNI',
		);
	});

	test('an address given by hand stands before it', async () => {
		expect(await way(exposed(), {gateway: '192.0.2.8'})).toMatchObject({
			at: '192.0.2.8',
			istiod: 'istiod.istio-system.svc:15443',
		});
	});

	test.each([
		['nobody passes it on', only],
		['it is passed on by names of the mesh alone', exposed('{mode: AUTO_PASSTHROUGH}')],
		['another name is passed on', exposed(undefined, '[istiod-blue.istio-system.svc]')],
		['the server takes other names', exposed(undefined, undefined, '["*.example.com"]')],
		[
			'another gateway passes it on',
			(mesh: Drafts) => {
				exposed()(mesh);
				mesh.edit('Gateway', 'istiod-sni')['spec'].selector = {istio: 'elsewhere'};
			},
		],
		[
			'no route is bound to the Gateway',
			(mesh: Drafts) => {
				exposed()(mesh);
				mesh.edit('VirtualService', 'istiod-sni')['spec'].gateways = ['other'];
			},
		],
	])('is not where %s: the port stays, and is told to be missing', async (_, change) => {
		expect(await way(change)).toMatchObject({
			istiod: 'istiod.istio-system.svc:15012',
			problems: ['gateway.port-missing'],
		});
	});

	test('wildcards and a name with its namespace are taken as Istio does', async () => {
		const {istiod} = await way((mesh) => {
			exposed(undefined, '["*.istio-system.svc"]', '["./*.svc"]')(mesh);
			mesh.edit('VirtualService', 'istiod-sni')['spec'].gateways = ['istio-system/istiod-sni'];
		});
		expect(istiod).toBe('istiod.istio-system.svc:15443');
	});

	test('is taken where the Gateways may not be read: no other port can answer', async () => {
		const mesh = drafts();
		only(mesh);
		const cluster = memoryCluster(mesh.objects());
		cluster.refuse((call) => call.startsWith('list gateways'));
		const settings = {flags: {}, profile: {}};
		const target = await readTarget(cluster, await readMesh(cluster, settings), 'ratings-vm.bookinfo', settings);
		expect(environmentFile(target)['CA_ADDR']).toBe('istiod.istio-system.svc:15443');
		expect(target.problems).toEqual([]);
	});
});

describe('a name', () => {
	const named =
		(image?: string, more: (mesh: Drafts) => void = () => {}) =>
		(mesh: Drafts) => {
			gateway(mesh)['status'] = {loadBalancer: {ingress: [{hostname: 'gw.example.com'}]}};
			if (image !== undefined)
				mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {'sidecar.istio.io/proxyImage': image};
			more(mesh);
		};
	const byName = {istiod: 'gw.example.com:15012', at: undefined, problems: ['gateway.hostname-only']};

	test.each([
		['docker.io/istio/proxyv2:1.30.0'],
		['registry.lab:5000/istio/proxyv2:lab'],
		['mirror.example.com/mesh/proxyv2:1.30.0'],
	])('is dialled by %s with the name of istiod in ISTIOD_SAN', async (image) => {
		const found = await way(named(image));
		expect(found).toMatchObject(byName);
		expect(moreEnvironment(found.target)).toEqual({ISTIOD_SAN: 'istiod.istio-system.svc', CA_ADDR: ''});
		expect(found.settings['istiod']).toMatch(
			/^gw\.example\.com:15012, dialled by name, SNI istiod\.istio-system\.svc by ISTIOD_SAN \(an image /,
		);
		expect(found.target.problems[0]?.evidence.map(({text}) => text).join()).toContain('ISTIOD_SAN');
	});

	test.each([
		['tetrate/proxyv2:1.8.6-distroless', () => {}],
		['mirror.example.com/mesh/proxyv2:1.18.5-tetrate-v1', () => {}],
		['mirror.example.com/mesh/proxyv2:1.18.5', (mesh: Drafts) => mesh.add(overrides.replace(/15443/g, '15012'))],
	])('is dialled by %s with the name of istiod in CA_SNI and PILOT_SNI', async (image, more) => {
		const found = await way(named(image, more));
		expect(found).toMatchObject(byName);
		expect(found.env).toMatchObject({
			CA_ADDR: 'gw.example.com:15012',
			CA_SNI: 'istiod.istio-system.svc',
			PILOT_SNI: 'istiod.istio-system.svc',
		});
		expect(moreEnvironment(found.target)).toEqual({});
		expect(found.settings['istiod']).toContain('by CA_SNI and PILOT_SNI (');
	});

	test("a person's choice of an image of Istio stands in a mesh of Tetrate's", async () => {
		const {target} = await way(named('docker.io/istio/proxyv2:1.30.0', (mesh) => mesh.add(overrides)));
		expect(moreEnvironment(target)).toMatchObject({ISTIOD_SAN: 'istiod.istio-system.svc'});
	});

	test('with a CA of its own, the address of the CA stays', async () => {
		const {target, ca} = await way(
			named(undefined, (mesh) => {
				mesh.edit('ConfigMap', 'istio-sidecar-injector')['data'].values =
					'{"global": {"caAddress": "ca.example.com:443"}}';
			}),
		);
		expect(ca).toBe('ca.example.com:443');
		expect(moreEnvironment(target)).toEqual({ISTIOD_SAN: 'istiod.istio-system.svc'});
	});

	test('variables that the ProxyConfig sets itself are left to it', async () => {
		const {target, env} = await way(
			named(undefined, (mesh) => {
				mesh.edit('ConfigMap', 'istio')['data'].mesh =
					'defaultConfig: {proxyMetadata: {ISTIOD_SAN: istio-pilot.istio-system.svc}}';
			}),
		);
		expect(env['ISTIOD_SAN']).toBe('istio-pilot.istio-system.svc');
		expect(moreEnvironment(target)).toEqual({CA_ADDR: ''});
	});

	test('of a revision, istiod has the name of the revision', async () => {
		const mesh = drafts();
		named()(mesh);
		for (const name of ['istio', 'istio-sidecar-injector'])
			mesh.edit('ConfigMap', name).metadata.name = `${name}-canary`;
		mesh.edit('ConfigMap', 'istio-canary')['data'].mesh =
			'defaultConfig: {discoveryAddress: istiod-canary.istio-system.svc:15012}';
		mesh.edit('Service', 'istiod').metadata.name = 'istiod-canary';
		const target = await resolve(mesh.objects());
		expect(environmentFile(target)['CA_SNI']).toBe('istiod-canary.istio-system.svc');
		expect(moreEnvironment(target)['ISTIOD_SAN']).toBe('istiod-canary.istio-system.svc');
		gateway(mesh)['status'] = {loadBalancer: {ingress: [{ip: '1.2.3.4'}]}};
		expect(pinnedHosts(await resolve(mesh.objects()))).toContain('istiod-canary.istio-system.svc:1.2.3.4');
	});
});

describe('what the mesh is', () => {
	test('reaches the proxy: cluster, mesh, network and trust domain', async () => {
		const mesh = drafts();
		mesh.edit('ConfigMap', 'istio')['data'].mesh = 'trustDomain: mesh.example.com';
		const target = await resolve(mesh.objects());
		expect(environmentFile(target)).toMatchObject({
			ISTIO_META_CLUSTER_ID: 'lab',
			ISTIO_META_MESH_ID: 'lab-mesh',
			ISTIO_META_NETWORK: 'cluster-net',
			JWT_POLICY: 'third-party-jwt',
		});
		expect(moreEnvironment(target)).toEqual({TRUST_DOMAIN: 'mesh.example.com'});
	});

	test('no variable is added where the defaults hold', async () => {
		expect(moreEnvironment(await resolve(drafts().objects()))).toEqual({});
	});
});
