import {describe, expect, test} from 'vitest';
import {readMesh, readTarget} from '../../source/onboarding/resolve.ts';
import type {Profile} from '../../source/ports.ts';
import {memoryCluster} from '../helpers/memory-cluster.ts';
import {drafts, resolve} from '../helpers/mesh.ts';

const ref = 'ratings-vm.bookinfo';
const none = {flags: {}, profile: {}};
const bootstrap = (name: string) => `sidecar-bootstrap.istio.io/${name}`;

describe('where a value comes from', () => {
	test('annotation, then flag, then profile, then the rest', async () => {
		const mesh = drafts();
		const profile: Profile = {
			sshUser: 'profile',
			sshPort: 2202,
			imageHub: 'profile.example/istio',
			adminUser: 'root',
			timeout: 90,
		};
		const flags: Profile = {sshUser: 'flag', sshPort: 2201, jump: ['bastion']};
		expect((await resolve(mesh.objects(), ref, flags, profile)).ssh.user).toEqual({
			value: 'istio-proxy',
			source: 'annotation',
			detail: bootstrap('ssh-user'),
		});
		mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {};
		const target = await resolve(mesh.objects(), ref, flags, profile);
		expect(target.ssh.user).toEqual({value: 'flag', source: 'flag', detail: '--ssh-user'});
		expect(target.ssh.port).toMatchObject({value: 2201, source: 'flag'});
		expect(target.ssh.jump).toEqual({value: ['bastion'], source: 'flag', detail: '--jump'});
		expect(target.image).toEqual({
			value: 'profile.example/istio/proxyv2:1.30.0',
			source: 'profile',
			detail: 'imageHub',
		});
		expect(target.adminUser).toEqual({value: 'root', source: 'profile', detail: 'adminUser'});
		expect(target.timeoutSeconds.value).toBe(90);
	});

	test('nothing given', async () => {
		const mesh = drafts();
		mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {};
		const target = await resolve(mesh.objects());
		expect(target.ssh).toEqual({
			host: {value: '10.128.0.2', source: 'entry', detail: 'spec.address'},
			port: {value: undefined, source: 'ssh config'},
			user: {value: 'istio-proxy', source: 'default'},
			key: {value: undefined, source: 'ssh config'},
			jump: {value: undefined, source: 'ssh config'},
			password: {value: false, source: 'default'},
			connectSeconds: {value: 10, source: 'default'},
			hostKeys: {value: 'ask', source: 'default'},
			knownHosts: {value: undefined, source: 'ssh config'},
		});
		expect(target.configDir).toEqual({value: '/tmp/istio-proxy', source: 'default'});
		expect(target.image).toEqual({value: 'docker.io/istio/proxyv2:1.30.0', source: 'mesh', detail: 'global.hub'});
		expect(target).toMatchObject({
			containerName: {value: 'istio-proxy'},
			interceptionMode: {value: 'NONE'},
			tokenSeconds: {value: 86_400},
			instanceIp: {value: '10.128.0.2', source: 'entry'},
		});
		expect(target.gateway).toEqual({
			address: '10.128.0.254',
			isIp: true,
			ports: [15021, 15443, 15012],
			origin: 'Service istio-system/istio-eastwestgateway',
		});
		expect(target.mesh).toMatchObject({
			clusterId: 'lab',
			meshId: 'lab-mesh',
			network: 'cluster-net',
			trustDomain: 'cluster.local',
		});
		expect(target.ingress).toEqual([{port: 9080, protocol: 'HTTP', bind: '', defaultEndpoint: '127.0.0.1:9080'}]);
		expect(target.services.map(({metadata}) => metadata.name)).toEqual(['ratings']);
	});

	test('all annotations', async () => {
		const mesh = drafts();
		mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {
			[bootstrap('ssh-host')]: 'vm.example.com',
			[bootstrap('ssh-port')]: '2222',
			[bootstrap('proxy-container-name')]: 'second',
			[bootstrap('proxy-instance-ip')]: '10.0.0.9',
			[bootstrap('proxy-image-hub')]: 'registry.lab:5000/istio/',
			'sidecar.istio.io/interceptionMode': 'TPROXY',
		};
		expect(await resolve(mesh.objects())).toMatchObject({
			ssh: {host: {value: 'vm.example.com'}, port: {value: 2222, source: 'annotation'}},
			containerName: {value: 'second'},
			instanceIp: {value: '10.0.0.9', source: 'annotation'},
			image: {value: 'registry.lab:5000/istio/proxyv2:1.30.0', source: 'annotation'},
			interceptionMode: {value: 'TPROXY'},
		});
		mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {
			'sidecar.istio.io/proxyImage': 'a.example/b@sha256:abc',
		};
		expect((await resolve(mesh.objects())).image.value).toBe('a.example/b@sha256:abc');
	});

	test('a value that breaks its rule is not used', async () => {
		const mesh = drafts();
		mesh.edit('WorkloadEntry', 'ratings-vm').metadata.annotations = {
			[bootstrap('ssh-host')]: '-oProxyCommand=x',
			[bootstrap('ssh-port')]: '0',
		};
		const target = await resolve(mesh.objects());
		expect(target.ssh.host.value).toBe('10.128.0.2');
		expect(target.ssh.port.value).toBeUndefined();
	});
});

describe('the gateway', () => {
	const service = (name: string, ip: string, ports = '[{port: 15443}, {port: 15012}]', more = '') =>
		`{kind: Service, metadata: {name: ${name}, namespace: istio-system${more}}, spec: {ports: ${ports}}, status: {loadBalancer: {ingress: [{ip: ${ip}}]}}}`;
	const origin = async (change: (mesh: ReturnType<typeof drafts>) => void, profile: Profile = {}) => {
		const mesh = drafts();
		change(mesh);
		const {gateway} = await resolve(mesh.objects(), ref, {}, profile);
		return `${gateway?.address} ${gateway?.origin}`;
	};

	test('given by hand it stands, with its port', async () => {
		expect(await origin(() => {}, {gateway: '192.0.2.1'})).toBe('192.0.2.1 profile');
		expect((await resolve(drafts().objects(), ref, {gateway: '[fd00::1]:15443'})).gateway).toEqual({
			address: 'fd00::1',
			isIp: true,
			ports: [15443],
			origin: 'flag',
			port: 15443,
		});
		await expect(resolve(drafts().objects(), ref, {gateway: '-x y'})).rejects.toMatchObject({
			code: 'usage',
			exitCode: 64,
		});
	});

	test.each([
		['the labelled Service', () => {}, '10.128.0.254 Service istio-system/istio-eastwestgateway'],
		[
			'vmgateway of Tetrate goes before it',
			(mesh: ReturnType<typeof drafts>) => mesh.add(service('vmgateway', '10.1.1.1')),
			'10.1.1.1 Service istio-system/vmgateway',
		],
		[
			'MeshConfig.ingressService before that',
			(mesh: ReturnType<typeof drafts>) => {
				mesh.add(service('vmgateway', '10.1.1.1'));
				mesh.add(service('mine', '10.1.1.2'));
				mesh.edit('ConfigMap', 'istio')['data'].mesh = 'ingressService: mine';
			},
			'10.1.1.2 Service istio-system/mine',
		],
		[
			'MeshNetworks before all',
			(mesh: ReturnType<typeof drafts>) => {
				mesh.add(service('mine', '10.1.1.2'));
				mesh.add(service('theirs', '10.1.1.3').replace('namespace: istio-system', 'namespace: gateways'));
				mesh.edit('ConfigMap', 'istio')['data'].mesh = 'ingressService: mine';
				mesh.edit('ConfigMap', 'istio')['data'].meshNetworks =
					'networks: {cluster-net: {gateways: [{registryServiceName: theirs.gateways.svc.cluster.local, port: 15443}]}}';
			},
			'10.1.1.3 Service gateways/theirs',
		],
		[
			'an address of MeshNetworks',
			(mesh: ReturnType<typeof drafts>) => {
				mesh.edit('ConfigMap', 'istio')['data'].meshNetworks =
					'networks: {cluster-net: {gateways: [{address: 192.0.2.77, port: 15443}]}}';
			},
			'192.0.2.77 MeshNetworks',
		],
		[
			"an address of the network that the Namespace's label names",
			(mesh: ReturnType<typeof drafts>) => {
				mesh.edit('ConfigMap', 'istio-sidecar-injector')['data'].values = '{"global": {}}';
				mesh.edit('ConfigMap', 'istio')['data'].meshNetworks =
					'networks: {cluster-net: {gateways: [{address: 192.0.2.78, port: 15443}]}}';
			},
			'192.0.2.78 MeshNetworks',
		],
		[
			'a Service that lacks the ports yields to one that has them',
			(mesh: ReturnType<typeof drafts>) => mesh.add(service('vmgateway', '10.1.1.1', '[{port: 80}]')),
			'10.128.0.254 Service istio-system/istio-eastwestgateway',
		],
		[
			'the ingress gateway is the last resort',
			(mesh: ReturnType<typeof drafts>) => {
				mesh.remove('Service', 'istio-eastwestgateway');
				mesh.add(service('istio-ingressgateway', '1.2.3.4', '[{port: 15443}]'));
			},
			'1.2.3.4 Service istio-system/istio-ingressgateway',
		],
		[
			"of two labelled ones, that of the cluster's own network",
			(mesh: ReturnType<typeof drafts>) => {
				mesh.edit('Service', 'istio-eastwestgateway').metadata.labels = {'topology.istio.io/network': 'elsewhere'};
				mesh.add(service('zz', '10.9.9.9', undefined, ', labels: {topology.istio.io/network: cluster-net}'));
			},
			'10.9.9.9 Service istio-system/zz',
		],
	])('%s', async (_, change, expected) => expect(await origin(change)).toBe(expected));
});

describe('revisions', () => {
	const revised = (...revisions: string[]) => {
		const mesh = drafts();
		const [config, injector] = ['istio', 'istio-sidecar-injector'].map((name) =>
			structuredClone(mesh.edit('ConfigMap', name)),
		);
		for (const name of ['istio', 'istio-sidecar-injector']) mesh.remove('ConfigMap', name);
		for (const revision of revisions) {
			for (const object of [config, injector]) {
				const copy = structuredClone(object);
				if (copy === undefined) throw new Error('no ConfigMap');
				copy.metadata.name += `-${revision}`;
				mesh.add(JSON.stringify(copy));
			}
			mesh.add(
				JSON.stringify({
					...mesh.edit('Service', 'istiod'),
					metadata: {name: `istiod-${revision}`, namespace: 'istio-system'},
				}),
			);
		}
		return mesh.objects();
	};

	test('the one asked for', async () => {
		const target = await resolve(revised('a', 'b'), ref, {revision: 'b'});
		expect(target.mesh?.revision).toBe('b');
		expect(target.problems).toEqual([]);
	});

	test('the only one, when nobody asked', async () => {
		expect((await resolve(revised('a'))).mesh?.revision).toBe('a');
	});

	test('several and none chosen is told, with their names', async () => {
		const {problems, mesh} = await resolve(revised('a', 'b'));
		expect(mesh).toBeUndefined();
		expect(problems.map(({id}) => id)).toEqual(['cluster.istio-missing']);
		expect(problems[0]?.evidence.map(({text}) => text)).toContain('revisions found: a, b');
	});
});

describe('an entry that is not there', () => {
	const entry = (name: string, namespace: string) =>
		`{kind: WorkloadEntry, metadata: {name: ${name}, namespace: ${namespace}}, spec: {}}`;
	const missing = async (name: string, change: (mesh: ReturnType<typeof drafts>) => void = () => {}) => {
		const mesh = drafts();
		change(mesh);
		return resolve(mesh.objects(), name).then(
			() => undefined,
			(error: unknown) => error,
		);
	};

	test('offers a similar name', async () => {
		expect(await missing('ratngs-vm.bookinfo')).toMatchObject({
			code: 'entry.not-found',
			exitCode: 65,
			message: 'There is no WorkloadEntry "ratngs-vm" in namespace bookinfo.',
			hint: 'Did you mean ratings-vm.bookinfo?',
		});
	});

	test('offers the same name elsewhere first', async () => {
		expect(await missing('ratings-vm.default', (mesh) => mesh.add(entry('ratings-vn', 'default')))).toMatchObject({
			hint: 'Did you mean ratings-vm.bookinfo?',
			evidence: [
				{source: 'workloadentries', text: 'ratings-vm.bookinfo'},
				{source: 'workloadentries', text: 'ratings-vn.default'},
			],
		});
	});

	test('says so when nothing is alike', async () => {
		expect(await missing('zzz.bookinfo')).toMatchObject({
			hint: 'List the entries: kubectl get we -A',
			evidence: [],
		});
	});

	test('a cluster without Istio is told as that', async () => {
		expect(await missing('a.b', (mesh) => mesh.remove('ConfigMap', 'istio'))).toMatchObject({
			code: 'cluster.istio-missing',
		});
	});

	test('a name without namespace is a matter of usage', async () => {
		expect(await missing('ratings-vm')).toMatchObject({code: 'usage', exitCode: 64});
	});

	test('a name with dots ends at the last one', async () => {
		const mesh = drafts();
		mesh.edit('WorkloadEntry', 'ratings-vm').metadata.name = 'ratings.eu.vm';
		expect((await resolve(mesh.objects(), 'ratings.eu.vm.bookinfo')).ref).toBe('ratings.eu.vm.bookinfo');
	});
});

describe('refusals', () => {
	const refusing = async (test: (call: string) => boolean) => {
		const cluster = memoryCluster(drafts().objects());
		cluster.refuse(test);
		return readTarget(cluster, await readMesh(cluster, none), ref, none);
	};

	test('what is needed is one finding that lists it all, and nothing is made up', async () => {
		const {problems, mesh} = await refusing((call) =>
			/configmaps istio-system|sidecars|services istio-system/.test(call),
		);
		expect(mesh).toBeUndefined();
		expect(problems.map(({id}) => id)).toEqual(['cluster.forbidden']);
		expect(problems[0]?.evidence.map(({text}) => text)).toEqual([
			'get configmaps in namespace istio-system',
			'get services in namespace istio-system',
			'list sidecars.networking.istio.io in namespace bookinfo',
		]);
	});

	test('services that may be read by name alone are enough', async () => {
		const target = await refusing(
			(call) => call.startsWith('list services istio-system') || call.startsWith('list services *'),
		);
		expect(target.problems).toEqual([]);
		expect(target.gateway?.address).toBe('10.128.0.254');
	});

	test('what is only good to know stays unknown', async () => {
		const {problems} = await refusing((call) =>
			/pods|daemonsets|controlplanes|serviceaccounts|list workloadentries|deployments|get namespaces \/bookinfo|mayI/.test(
				call,
			),
		);
		expect(problems).toEqual([]);
	});

	test("the namespace's own copy of the root certificate will do", async () => {
		const mesh = drafts();
		const root = mesh.edit('ConfigMap', 'istio-ca-root-cert');
		root.metadata.namespace = 'bookinfo';
		expect((await resolve(mesh.objects())).mesh?.rootCertificate).toBe('PEM');
	});

	test('the entry itself must be readable', async () => {
		await expect(refusing((call) => call.startsWith('get workloadentries'))).rejects.toMatchObject({
			code: 'cluster.forbidden',
		});
	});

	test('a refused right to create tokens is told before anything happens', async () => {
		const cluster = memoryCluster(drafts().objects(), {mayCreateTokens: false});
		const {problems} = await readTarget(cluster, await readMesh(cluster, none), ref, none);
		expect(problems.map(({id}) => id)).toEqual(['token.forbidden']);
	});
});

test('many targets of a namespace cost little more than one', async () => {
	const mesh = drafts();
	for (let i = 0; i < 50; i++) {
		const copy = structuredClone(mesh.edit('WorkloadEntry', 'ratings-vm'));
		copy.metadata.name = `vm-${i}`;
		copy['spec'].address = `10.128.1.${i}`;
		mesh.add(JSON.stringify(copy));
	}
	const cluster = memoryCluster(mesh.objects());
	const reading = await readMesh(cluster, none);
	const targets = await Promise.all(
		Array.from({length: 50}, (_, i) => readTarget(cluster, reading, `vm-${i}.bookinfo`, none)),
	);
	expect(targets.flatMap(({problems}) => problems)).toEqual([]);
	expect(cluster.calls.filter((call) => call.startsWith('list')).length).toBeLessThan(12);
	expect(cluster.calls.length).toBeLessThan(12 + 12 + 2 * 50);
});

test('an address that is used twice over namespaces is found with the fleet at hand', async () => {
	const cluster = memoryCluster(drafts().objects());
	const reading = await readMesh(cluster, none);
	const {entry} = await readTarget(cluster, reading, ref, none);
	const {problems} = await readTarget(cluster, reading, ref, none, [
		entry,
		{...entry, name: 'twin', namespace: 'other'},
	]);
	expect(problems.map(({id}) => id)).toEqual(['entry.duplicate-address']);
});
