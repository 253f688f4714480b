import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {bundleFiles} from '../../source/bundle/files.ts';
import type {Profile} from '../../source/ports.ts';
import {drafts, resolve} from '../helpers/mesh.ts';

type Drafts = ReturnType<typeof drafts>;
type Case = readonly [
	what: string,
	fault: (mesh: Drafts) => void,
	ids: readonly string[],
	evidence?: string,
	flags?: Profile,
];

const entry = (mesh: Drafts) => mesh.edit('WorkloadEntry', 'ratings-vm');
const annotate = (mesh: Drafts, key: string, value: string) => {
	entry(mesh).metadata.annotations = {...entry(mesh).metadata.annotations, [key]: value};
};
const bootstrap = (name: string) => `sidecar-bootstrap.istio.io/${name}`;
const service = (mesh: Drafts) => mesh.edit('Service', 'ratings')['spec'];
const ingress = (mesh: Drafts) => mesh.edit('Sidecar', 'ratings-vm')['spec'].ingress[0];
const gateway = (mesh: Drafts) => mesh.edit('Service', 'istio-eastwestgateway');
const sidecar = (name: string, made: string, spec: string) =>
	`{apiVersion: networking.istio.io/v1, kind: Sidecar, metadata: {name: ${name}, namespace: bookinfo, creationTimestamp: '${made}'}, spec: ${spec}}`;
const another = (name: string, namespace: string, spec: string) =>
	`{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: ${name}, namespace: ${namespace}}, spec: ${spec}}`;

test('a sound mesh has no problems', async () => {
	expect((await resolve(drafts().objects())).problems).toEqual([]);
});

/** One fault in a sound mesh is one finding; where there are two, neither explains the other. */
const cases: Readonly<Record<string, readonly Case[]>> = {
	cluster: [
		[
			'no mesh configuration',
			(mesh) => mesh.remove('ConfigMap', 'istio'),
			['cluster.istio-missing'],
			'ConfigMap istio in namespace',
		],
		[
			'no key mesh',
			(mesh) => {
				mesh.edit('ConfigMap', 'istio')['data'] = {};
			},
			['cluster.istio-missing'],
			'no key "mesh"',
		],
		[
			'injector values are no JSON',
			(mesh) => {
				mesh.edit('ConfigMap', 'istio-sidecar-injector')['data'] = {values: '{'};
			},
			['cluster.istio-missing'],
			'not JSON',
		],
		[
			'no root certificate',
			(mesh) => mesh.remove('ConfigMap', 'istio-ca-root-cert'),
			['cluster.istio-missing'],
			'istio-ca-root-cert',
		],
		['no istiod at all', (mesh) => mesh.remove('Service', 'istiod'), ['cluster.istio-missing'], 'no Service istiod'],
		[
			'istiod not ready',
			(mesh) => {
				mesh.edit('Pod', 'istiod-1')['status'] = {phase: 'Pending'};
			},
			['cluster.istiod-not-ready'],
			'istiod-1: Pending',
		],
		['istiod scaled to nothing', (mesh) => mesh.remove('Pod', 'istiod-1'), ['cluster.istiod-not-ready'], 'no such pod'],
		[
			'tokens of the first kind',
			(mesh) => {
				mesh.edit('ConfigMap', 'istio-sidecar-injector')['data'] = {
					values: '{"global": {"jwtPolicy": "first-party-jwt", "pilotCertProvider": "kubernetes"}}',
				};
			},
			['cluster.unsupported-setting'],
			'first-party-jwt',
		],
		[
			'meshes with the old keys and today’s values',
			(mesh) => {
				mesh.edit('ConfigMap', 'istio-sidecar-injector')['data'] = {
					values: '{"global": {"jwtPolicy": "third-party-jwt", "pilotCertProvider": "istiod"}}',
				};
			},
			[],
		],
		[
			'mesh is no YAML',
			(mesh) => {
				mesh.edit('ConfigMap', 'istio')['data'].mesh = 'a: 1\n b: 2';
			},
			['cluster.proxy-config-invalid'],
			'line 2',
		],
		[
			'defaultConfig of a wrong type',
			(mesh) => {
				mesh.edit('ConfigMap', 'istio')['data'].mesh = 'defaultConfig: {discoveryAddress: 7}';
			},
			['cluster.proxy-config-invalid'],
			'ProxyConfig.discoveryAddress',
		],
		[
			"the vendor's overrides without their key",
			(mesh) =>
				mesh.add('{kind: ConfigMap, metadata: {name: global-mesh-expansion, namespace: istio-system}, data: {}}'),
			['cluster.proxy-config-invalid'],
			'key is missing',
		],
		[
			'the Namespace names a ConfigMap that is not there',
			(mesh) => {
				mesh.edit('Namespace', 'istio-system').metadata.annotations = {[bootstrap('mesh-expansion-configmap')]: 'mine'};
			},
			['cluster.proxy-config-invalid'],
			'not found',
		],
		[
			"the entry's own ProxyConfig holds a line break for the environment",
			(mesh) => annotate(mesh, 'proxy.istio.io/config', 'proxyMetadata: {A: "x\\nB=1"}'),
			['cluster.proxy-config-invalid'],
			'line break',
		],
		[
			'an ambient namespace',
			(mesh) => {
				mesh.edit('Namespace', 'bookinfo').metadata.labels = {'istio.io/dataplane-mode': 'ambient'};
			},
			['cluster.ambient'],
		],
	],
	gateway: [
		['none', (mesh) => mesh.remove('Service', 'istio-eastwestgateway'), ['gateway.not-found'], 'there are: istiod'],
		[
			'no address yet',
			(mesh) => {
				gateway(mesh)['status'] = {loadBalancer: {}};
			},
			['gateway.address-pending'],
		],
		[
			'an external IP is an address',
			(mesh) => {
				gateway(mesh)['status'] = {};
				gateway(mesh)['spec'].externalIPs = ['192.0.2.9'];
			},
			[],
		],
		[
			'a name only',
			(mesh) => {
				gateway(mesh)['status'] = {loadBalancer: {ingress: [{hostname: 'gw.example.com'}]}};
			},
			['gateway.hostname-only'],
			'gw.example.com',
		],
		[
			'no 15443',
			(mesh) => {
				gateway(mesh)['spec'].ports = [{port: 15012}];
			},
			['gateway.port-missing'],
			'lacks 15443 (TLS AUTO_PASSTHROUGH)',
		],
		[
			'no 15012, on which istiod is dialled',
			(mesh) => {
				gateway(mesh)['spec'].ports = [{port: 15443}];
			},
			['gateway.port-missing'],
			'lacks 15012',
		],
		[
			'15443 alone, where all goes through it',
			(mesh) => {
				gateway(mesh)['spec'].ports = [{port: 15443}];
				mesh.edit('ConfigMap', 'istio')['data'].mesh =
					'defaultConfig: {discoveryAddress: "istiod.istio-system.svc:15443"}';
			},
			[],
		],
		[
			'its pod is not ready',
			(mesh) => {
				mesh.edit('Pod', 'gateway-1')['status'] = {};
			},
			['gateway.not-ready'],
			'gateway-1',
		],
		[
			'Tetrate without mesh expansion',
			(mesh) => {
				mesh.add('{kind: ControlPlane, metadata: {name: controlplane, namespace: istio-system}, spec: {}}');
				mesh.remove('Service', 'istio-eastwestgateway');
			},
			['gateway.mesh-expansion-off'],
		],
		[
			'Tetrate with mesh expansion, gateway on its way',
			(mesh) => {
				mesh.add(
					'{kind: ControlPlane, metadata: {name: controlplane, namespace: istio-system}, spec: {meshExpansion: {}}}',
				);
				mesh.remove('Service', 'istio-eastwestgateway');
			},
			['gateway.not-found'],
		],
		[
			'istiod of another cluster',
			(mesh) => {
				delete mesh.edit('Service', 'istiod')['spec'].selector;
			},
			['gateway.wrong-cluster'],
		],
		[
			'a node port, and a node given without it',
			(mesh) => {
				gateway(mesh)['spec'].type = 'NodePort';
				gateway(mesh)['status'] = {};
			},
			['gateway.node-port'],
			'NodePort',
			{gateway: '10.0.0.1'},
		],
		[
			'a gateway given by hand',
			(mesh) => mesh.remove('Service', 'istio-eastwestgateway'),
			[],
			undefined,
			{gateway: '10.0.0.1'},
		],
	],
	entry: [
		[
			'an address that is none',
			(mesh) => {
				entry(mesh)['spec'].address = 'not an ip';
			},
			['entry.invalid'],
			'not a valid FQDN or an IP address',
		],
		[
			'a socket',
			(mesh) => {
				entry(mesh)['spec'].address = 'unix:///run/app';
			},
			['entry.invalid'],
			'no VM',
		],
		[
			'no address',
			(mesh) => {
				delete entry(mesh)['spec'].address;
			},
			['entry.address-missing'],
		],
		[
			'a DNS name and nothing to bind to',
			(mesh) => {
				entry(mesh)['spec'].address = 'vm.example.com';
			},
			['entry.address-missing', 'service.none-selects'],
		],
		[
			'an instance IP that is no IP',
			(mesh) => annotate(mesh, bootstrap('proxy-instance-ip'), '10.128.0.300'),
			['entry.invalid'],
			'is not a valid IP address',
		],
		[
			'every broken rule in one finding',
			(mesh) => {
				annotate(mesh, bootstrap('ssh-port'), '70000');
				annotate(mesh, bootstrap('proxy-config-dir'), 'etc');
				annotate(mesh, bootstrap('proxy-container-name'), '--privileged');
				annotate(mesh, bootstrap('ssh-host'), '-oProxyCommand=reboot');
				annotate(mesh, 'sidecar.istio.io/proxyImage', '--privileged');
				annotate(mesh, 'sidecar.istio.io/interceptionMode', 'NONE\nA=B');
				entry(mesh)['spec'].ports = {HTTP: 0, ok: 80};
				entry(mesh)['spec'].network = 'a\nb';
				entry(mesh)['spec'].labels['-bad'] = 'x'.repeat(64);
			},
			['entry.invalid'],
			'spec.ports.HTTP: "0" must be in the range 1..65535',
		],
		[
			'ports as a list',
			(mesh) => {
				entry(mesh)['spec'].ports = [{name: 'http', port: 80}];
			},
			['entry.invalid'],
			'is a list',
		],
		[
			'swapped addresses',
			(mesh) => annotate(mesh, bootstrap('proxy-instance-ip'), '35.194.38.142'),
			['entry.addresses-swapped'],
			'10.128.0.2 is private',
		],
		[
			'the right way round',
			(mesh) => {
				entry(mesh)['spec'].address = '35.194.38.142';
				annotate(mesh, bootstrap('proxy-instance-ip'), '10.128.0.2');
			},
			[],
		],
		[
			'the same address twice',
			(mesh) => mesh.add(another('twin', 'bookinfo', '{address: 10.128.0.2}')),
			['entry.duplicate-address'],
			'twin.bookinfo',
		],
		[
			'the same address in another network',
			(mesh) => mesh.add(another('twin', 'bookinfo', '{address: 10.128.0.2, network: other}')),
			[],
		],
		[
			'no service account',
			(mesh) => {
				delete entry(mesh)['spec'].serviceAccount;
			},
			['entry.service-account-missing'],
		],
		[
			'no version',
			(mesh) => {
				delete entry(mesh)['spec'].labels.version;
			},
			['entry.labels-missing'],
			'label version is missing',
		],
		[
			'two values for a label',
			(mesh) => {
				entry(mesh).metadata.labels = {version: 'v4'};
			},
			['entry.labels-conflict'],
			'metadata.labels has "v4", spec.labels has "v3"',
		],
		[
			'a network without gateway',
			(mesh) => {
				entry(mesh)['spec'].network = 'cluster-nte';
			},
			['entry.network-unknown'],
			'networks with a gateway: cluster-net',
		],
		[
			'a misspelt annotation',
			(mesh) => annotate(mesh, bootstrap('SSH-hots'), 'a'),
			['entry.annotation-unknown'],
			`spelt ${bootstrap('ssh-host')}`,
		],
		[
			'an annotation of the Namespace',
			(mesh) => annotate(mesh, bootstrap('mesh-expansion-configmap'), 'a'),
			['entry.annotation-unknown'],
			'Namespace',
		],
		[
			'a retired annotation',
			(mesh) => annotate(mesh, bootstrap('k8s-ca-root-cert-configmap'), 'a'),
			['entry.annotation-unknown'],
			'removed',
		],
		[
			'the old prefix',
			(mesh) => annotate(mesh, 'sidecar-bootstrap.istioctl.istio.io/ssh-user', 'a'),
			['entry.annotation-unknown'],
			'given up',
		],
	],
	sidecar: [
		['none', (mesh) => mesh.remove('Sidecar', 'ratings-vm'), ['sidecar.missing'], 'none selects ratings-vm'],
		[
			'one that nearly selects',
			(mesh) => {
				entry(mesh)['spec'].labels.class = 'VM';
			},
			['sidecar.missing'],
			'class: the selector wants "vm", the entry has "VM"',
		],
		[
			'one without ingress',
			(mesh) => {
				delete mesh.edit('Sidecar', 'ratings-vm')['spec'].ingress;
			},
			['sidecar.missing'],
			'has no ingress',
		],
		[
			'none is needed with interception',
			(mesh) => {
				mesh.remove('Sidecar', 'ratings-vm');
				annotate(mesh, 'sidecar.istio.io/interceptionMode', 'REDIRECT');
			},
			[],
		],
		[
			'one for the whole namespace will do',
			(mesh) => {
				delete mesh.edit('Sidecar', 'ratings-vm')['spec'].workloadSelector;
			},
			[],
		],
		[
			'two that select',
			(mesh) =>
				mesh.add(
					sidecar(
						'older',
						'2025-01-01T00:00:00Z',
						'{workloadSelector: {labels: {app: ratings}}, ingress: [{port: {number: 9080}}]}',
					),
				),
			['sidecar.conflict'],
			'made 2025-01-01T00:00:00Z: istiod takes this one',
		],
		[
			'two for the whole namespace',
			(mesh) => {
				mesh.add(sidecar('a', '2025-01-01T00:00:00Z', '{egress: []}'));
				mesh.add(sidecar('b', '2025-01-02T00:00:00Z', '{egress: []}'));
			},
			['sidecar.conflict'],
		],
		[
			'another port than the Service',
			(mesh) => {
				ingress(mesh).port.number = 9081;
			},
			['sidecar.port-unmatched'],
			'port http 9080 goes to 9080 of the VM',
		],
		[
			'the target port counts',
			(mesh) => {
				service(mesh).ports = [{name: 'http', port: 80, targetPort: 9080}];
			},
			[],
		],
		[
			"and over it the entry's ports",
			(mesh) => {
				entry(mesh)['spec'].ports = {http: 8080};
			},
			['sidecar.port-unmatched'],
			'goes to 8080',
		],
		[
			'a ServiceEntry counts too',
			(mesh) =>
				mesh.add(
					'{kind: ServiceEntry, metadata: {name: se, namespace: bookinfo}, spec: {hosts: [a.b], workloadSelector: {labels: {app: ratings}}, ports: [{number: 7000, name: tcp}]}}',
				),
			['sidecar.port-unmatched'],
			'port tcp 7000 goes to 7000',
		],
		[
			"it takes the application's place",
			(mesh) => {
				ingress(mesh).bind = '0.0.0.0';
			},
			['sidecar.ingress-binds-app'],
		],
		[
			'it forwards to itself',
			(mesh) => {
				ingress(mesh).defaultEndpoint = '0.0.0.0:9080';
			},
			['sidecar.ingress-binds-app'],
			'the listener itself',
		],
		[
			'another address with the same port is fine',
			(mesh) => {
				ingress(mesh).bind = '10.128.0.2';
			},
			[],
		],
	],
	service: [
		['none', (mesh) => mesh.remove('Service', 'ratings'), ['service.none-selects'], 'labels: app=ratings'],
		[
			'one with other labels',
			(mesh) => {
				service(mesh).selector = {app: 'ratings', version: 'v9'};
			},
			['service.none-selects'],
			'version: the selector wants "v9", the entry has "v3"',
		],
		[
			'one that selects nothing',
			(mesh) => {
				service(mesh).selector = {};
			},
			['service.none-selects'],
			'empty selector',
		],
		[
			'a named target that the entry has not',
			(mesh) => {
				service(mesh).ports = [{name: 'http', port: 80, targetPort: 'web'}];
			},
			['service.target-port'],
			'lacks web',
		],
		[
			'a named target that the entry has',
			(mesh) => {
				service(mesh).ports = [{name: 'http', port: 80, targetPort: 'web'}];
				entry(mesh)['spec'].ports = {web: 9080};
			},
			[],
		],
	],
	token: [
		[
			'no such account',
			(mesh) => mesh.remove('ServiceAccount', 'bookinfo-ratings'),
			['token.service-account-not-found'],
			'there is no "bookinfo-ratings"',
		],
	],
};

for (const [area, rows] of Object.entries(cases)) {
	describe(area, () => {
		for (const [what, fault, ids, evidence, flags] of rows) {
			test(what, async () => {
				const mesh = drafts();
				fault(mesh);
				const {problems} = await resolve(mesh.objects(), undefined, flags);
				expect(problems.map(({id}) => id)).toEqual(ids);
				if (evidence !== undefined) expect(problems[0]?.evidence.map(({text}) => text).join('\n')).toContain(evidence);
			});
		}
	});
}

test('every finding says what to do, with the names filled in', async () => {
	for (const [, fault, , , flags] of Object.values(cases).flat()) {
		const mesh = drafts();
		fault(mesh);
		for (const {target, remedy, evidence} of (await resolve(mesh.objects(), undefined, flags)).problems) {
			expect(target).toMatch(/^[a-z]+\/.+/);
			expect(evidence.length).toBeGreaterThan(0);
			expect(remedy.command ?? '').not.toMatch(/<(we|ns|i|name|key|selector|hostname)>/);
		}
	}
});

test('what a copied command says is a word, whatever the object holds', async () => {
	const mesh = drafts();
	entry(mesh)['spec'].serviceAccount = 'x; reboot';
	const {problems} = await resolve(mesh.objects());
	expect(problems.map(({remedy}) => remedy.command ?? '').join('\n')).toContain("create serviceaccount 'x; reboot' -n");
});

test('objects of any shape give a target, and a bundle or the reason why there is none', async () => {
	const kinds = [
		'WorkloadEntry/ratings-vm',
		'Sidecar/ratings-vm',
		'Service/ratings',
		'Service/istio-eastwestgateway',
		'Pod/istiod-1',
	];
	const junk = fc.oneof(fc.object(), fc.constant(undefined), fc.constant(null), fc.array(fc.object()), fc.string());
	const field = fc.constantFrom(
		'address',
		'ports',
		'labels',
		'serviceAccount',
		'network',
		'ingress',
		'workloadSelector',
		'selector',
		'externalIPs',
	);
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...kinds), fc.option(field, {nil: undefined}), junk, async (which, at, value) => {
			const mesh = drafts();
			const [kind = '', name = ''] = which.split('/');
			const object = mesh.edit(kind, name);
			if (at === undefined) object['spec'] = value;
			else if (object['spec'] !== undefined) object['spec'][at] = value;
			const target = await resolve(mesh.objects());
			if (target.mesh === undefined || target.gateway === undefined || target.instanceIp === undefined)
				expect(target.problems.some(({severity}) => severity === 'error')).toBe(true);
			if (!target.problems.some(({severity}) => severity === 'error')) expect(bundleFiles(target)).toHaveLength(3);
		}),
		{numRuns: 300},
	);
});
