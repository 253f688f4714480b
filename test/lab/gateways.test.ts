import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type EastWestGateway, eastWestGateway} from './east-west-gateway.ts';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	gatewayAddress,
	kubectl,
	lab,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/*
 * One VM is taken into the mesh by every kind of gateway, one after the other, with the real istiod and an agent of upstream Istio.
 * Each time the comparison must find the container changed, and a pod must reach the app again.
 */

const namespace = 'gateways';
const name = 'gateways-a';
const target = `${name}.${namespace}`;
/** Name of the load balancer that only the VM can resolve. */
const host = 'gateway.lab.example.com';
let meshboard: Meshboard;
let gateway: EastWestGateway;

beforeAll(async () => {
	meshboard = newMeshboard();
	gateway = await eastWestGateway();
	await openNamespace(namespace);
	const ip = await vm.up(name);
	await vm.app(name);
	await vm.exec(name, 'sh', '-c', `echo '${gatewayAddress} ${host}' >>/etc/hosts`);
	await apply(entryManifests({name, namespace, ip}));
});

afterAll(async () => {
	meshboard.remove();
	await lab('tsb off');
	await restore();
	await vm.down(name);
	await closeNamespace(namespace);
});

async function restore(): Promise<void> {
	await kubectl('-n istio-system delete gateway/istiod-sni virtualservice/istiod-sni --ignore-not-found');
	await gateway.restore();
}

/** Onboards the VM; then a pod's request must reach its app. The container's variables and pinned names. */
async function onboarded(...words: readonly string[]) {
	const result = await meshboard.run(['onboard', target, '--yes', '-o', 'json', ...words], {seconds: 170});
	expect(result.code, result.stdout + result.stderr).toBe(0);
	expect(await eventually('the answer of the app', 30, () => askFromPod(namespace, name, 9080))).toBe(name);
	const [{Config, HostConfig}] = JSON.parse(await vm.exec(name, 'docker', 'container', 'inspect', 'istio-proxy'));
	const env = new Map((Config.Env as readonly string[]).map((line) => [line.split('=')[0], line]));
	const value = (key: string) => env.get(key)?.slice(key.length + 1);
	const [run] = JSON.parse(result.stdout).results;
	return {
		istiod: JSON.parse(value('PROXY_CONFIG') ?? '{}').discoveryAddress as string,
		ca: value('CA_ADDR'),
		san: value('ISTIOD_SAN'),
		hosts: (HostConfig.ExtraHosts ?? []) as readonly string[],
		findings: (run.findings as ReadonlyArray<{readonly id: string}>).map(({id}) => id),
	};
}

const pinned = (address: string) => `istiod.istio-system.svc:${address}`;

describe('a VM joins the mesh through a gateway with', () => {
	test('an IP', async () => {
		const {istiod, ca, san, hosts} = await onboarded('--prepare');
		expect([istiod, ca, san]).toEqual(['istiod.istio-system.svc:15012', 'istiod.istio-system.svc:15012', undefined]);
		expect(hosts).toContain(pinned(gatewayAddress));
	});

	test('a name: dialled by it, with the name of istiod in ISTIOD_SAN', async () => {
		await gateway.nameOnly(host);
		const plan = await meshboard.run(['onboard', target, '--dry-run']);
		expect(plan.stdout).toContain(`${host}:15012, dialled by name, SNI istiod.istio-system.svc by ISTIOD_SAN`);
		const {istiod, ca, san, hosts, findings} = await onboarded();
		expect([istiod, ca, san]).toEqual([`${host}:15012`, '', 'istiod.istio-system.svc']);
		expect(hosts).toEqual([]);
		expect(findings).toContain('gateway.hostname-only');
	});

	test('a node port, on the node that the cluster names', async () => {
		await gateway.patch({type: 'NodePort', externalIPs: null});
		const {istiod, ca, hosts} = await onboarded();
		expect([istiod, ca]).toEqual([
			`istiod.istio-system.svc:${gateway.nodePort(15012)}`,
			`istiod.istio-system.svc:${gateway.nodePort(15012)}`,
		]);
		expect(hosts).toContain(pinned('10.10.0.1'));
	});

	test('a load balancer that is on its way, on a node port given by hand', async () => {
		await gateway.patch({type: 'LoadBalancer'});
		await gateway.status([]);
		const without = await meshboard.run(['onboard', target, '--yes']);
		expect([without.code, without.stdout + without.stderr]).toEqual([
			1,
			expect.stringContaining('gateway.address-pending'),
		]);
		const {istiod, ca, hosts} = await onboarded('--gateway', `${gatewayAddress}:${gateway.nodePort(15012)}`);
		expect([istiod, ca]).toEqual([
			`istiod.istio-system.svc:${gateway.nodePort(15012)}`,
			`istiod.istio-system.svc:${gateway.nodePort(15012)}`,
		]);
		expect(hosts).toContain(pinned(gatewayAddress));
	});

	test('15443 alone, told by SNI', async () => {
		await gateway.status([{ip: gatewayAddress}]);
		await gateway.patch({ports: gateway.ports.filter(({port}) => port === 15443 || port === 15021)});
		await apply([
			{
				apiVersion: 'networking.istio.io/v1',
				kind: 'Gateway',
				metadata: {name: 'istiod-sni', namespace: 'istio-system'},
				spec: {
					selector: {istio: 'eastwestgateway'},
					servers: [
						{
							port: {name: 'tls-istiod-sni', number: 15443, protocol: 'TLS'},
							tls: {mode: 'PASSTHROUGH'},
							hosts: ['istiod.istio-system.svc'],
						},
					],
				},
			},
			{
				apiVersion: 'networking.istio.io/v1',
				kind: 'VirtualService',
				metadata: {name: 'istiod-sni', namespace: 'istio-system'},
				spec: {
					hosts: ['istiod.istio-system.svc'],
					gateways: ['istiod-sni'],
					tls: [
						{
							match: [{port: 15443, sniHosts: ['istiod.istio-system.svc']}],
							route: [{destination: {host: 'istiod.istio-system.svc.cluster.local', port: {number: 15012}}}],
						},
					],
				},
			},
		]);
		const {istiod, ca, hosts} = await onboarded();
		expect([istiod, ca]).toEqual(['istiod.istio-system.svc:15443', 'istiod.istio-system.svc:15443']);
		expect(hosts).toContain(pinned(gatewayAddress));
		await gateway.nameOnly(host);
		expect(await onboarded()).toMatchObject({istiod: `${host}:15443`, ca: '', san: 'istiod.istio-system.svc'});
		await restore();
	});
});

describe('with mesh expansion the Tetrate way', () => {
	const controlPlane = (meshExpansion: object) =>
		kubectl('-n istio-system patch controlplane controlplane --type=merge -p', JSON.stringify({spec: {meshExpansion}}));

	test('it joins through vmgateway, everything on 15443', async () => {
		await lab('tsb on');
		await controlPlane({});
		await eventually('vmgateway', 30, async () =>
			(await kubectl('-n istio-system get svc vmgateway -o jsonpath={.status.loadBalancer.ingress}')).includes('ip'),
		);
		const {istiod, ca, hosts} = await onboarded();
		expect([istiod, ca]).toEqual(['istiod.istio-system.svc:15443', 'istiod.istio-system.svc:15443']);
		expect(hosts).toContain(pinned(gatewayAddress));
	});

	test('its ProxyConfig is the mesh’s, under the vendor’s, the Namespace’s and its own', async () => {
		const configMap = (object: string, config: string) =>
			apply([
				{
					apiVersion: 'v1',
					kind: 'ConfigMap',
					metadata: {name: object, namespace: 'istio-system'},
					data: {PROXY_CONFIG: config},
				},
			]);
		const annotation = 'sidecar-bootstrap.istio.io/mesh-expansion-configmap';
		const onVendor = '{discoveryAddress: "istiod.istio-system.svc:15443", drainDuration: 21s, statNameLength: 201}';
		await configMap('global-mesh-expansion', onVendor);
		await configMap('gateways-vms', '{drainDuration: 22s, statNameLength: 202, proxyMetadata: {LAYER: namespace}}');
		await kubectl(`annotate namespace istio-system ${annotation}=gateways-vms`);
		const own = '{"statNameLength": 203, "proxyMetadata": {"LAYER": "entry"}}';
		try {
			await kubectl(`-n ${namespace} annotate workloadentry ${name} --overwrite`, `proxy.istio.io/config=${own}`);
			await onboarded();
			const file = await vm.exec(name, 'cat', '/etc/istio-proxy/sidecar.env');
			expect(file.split('\n').slice(0, 2)).toEqual(['LAYER=entry', 'JWT_POLICY=third-party-jwt']);
			expect(JSON.parse(/^PROXY_CONFIG=(.+)$/m.exec(file)?.[1] ?? '')).toMatchObject({
				discoveryAddress: 'istiod.istio-system.svc:15443',
				drainDuration: '22s',
				statNameLength: 203,
				terminationDrainDuration: '5s',
				proxyMetadata: {LAYER: 'entry'},
			});
			// And the agent has understood it: Envoy was started with what the Namespace's ConfigMap says.
			const processes = await vm.exec(name, 'sh', '-c', "cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
			expect(processes).toContain('--drain-time-s 22 ');
		} finally {
			await kubectl(`annotate namespace istio-system ${annotation}-`);
			await kubectl('-n istio-system delete configmap gateways-vms --ignore-not-found');
			await kubectl(`-n ${namespace} annotate workloadentry ${name} proxy.istio.io/config-`);
		}
	});

	test('it joins through the custom gateway that stands before it', async () => {
		await controlPlane({customGateway: {host, port: 15443}});
		expect(await onboarded()).toMatchObject({istiod: `${host}:15443`, ca: '', san: 'istiod.istio-system.svc'});
	});
});
