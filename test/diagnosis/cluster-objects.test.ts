import {annotate, bootstrap, entry, gateway, testCases} from './object-cases.ts';

testCases('cluster', [
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
		(mesh) => mesh.add('{kind: ConfigMap, metadata: {name: global-mesh-expansion, namespace: istio-system}, data: {}}'),
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
]);

testCases('gateway', [
	['none', (mesh) => mesh.remove('Service', 'istio-eastwestgateway'), ['gateway.not-found'], 'there are: istiod'],
	[
		'none, and so none for the network that the VM would leave its own for',
		(mesh) => {
			mesh.remove('Service', 'istio-eastwestgateway');
			entry(mesh)['spec'].network = 'vm-net';
		},
		['gateway.not-found', 'entry.network-unknown'],
	],
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
]);
