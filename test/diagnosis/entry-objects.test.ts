import {annotate, another, bootstrap, entry, ingress, service, sidecar, testCases} from './object-cases.ts';

testCases('entry', [
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
]);

testCases('sidecar', [
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
					'{workloadSelector: {labels: {app: ratings}}, ingress: [{port: {number: 9080}}], egress: [{port: {number: 80}, hosts: [./*]}]}',
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
		'a host that is none',
		(mesh) => {
			mesh.edit('Sidecar', 'ratings-vm')['spec'].egress[0].hosts = ['*'];
		},
		['sidecar.egress-host-form'],
		'spec.egress[0].hosts[0]: "*" breaks: host must be of form namespace/dnsName',
	],
	[
		'a list of ports in what kubectl kept',
		(mesh) => {
			const kept = JSON.stringify({spec: {ingress: [{ports: [{number: 80}]}]}});
			mesh.edit('Sidecar', 'ratings-vm').metadata.annotations = {
				'kubectl.kubernetes.io/last-applied-configuration': kept,
			};
		},
		['sidecar.ports-list'],
		'spec.ingress[0].ports is no field',
	],
	[
		'a rule of validation that is broken',
		(mesh) => {
			ingress(mesh).defaultEndpoint = '10.0.0.1:9080';
			ingress(mesh).tls = {mode: 'SIMPLE'};
		},
		['sidecar.invalid'],
		'server cannot have TLS settings for non HTTPS/TLS ports',
	],
	[
		"egress on the application's port",
		(mesh) => {
			mesh.edit('Sidecar', 'ratings-vm')['spec'].egress[0].bind = '';
		},
		['listener.egress-conflict'],
		'spec.egress[0] wants 127.0.0.1:9080, which the application has',
	],
	[
		'egress for every Service, which wants a port of the proxy too',
		(mesh) => {
			delete mesh.edit('Sidecar', 'ratings-vm')['spec'].egress;
		},
		['listener.egress-conflict'],
		'127.0.0.1:15021 for service istio-system/istio-eastwestgateway, which the proxy has',
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
]);

testCases('service', [
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
]);

testCases('service entry', [
	[
		'one that is broken',
		(mesh) =>
			mesh.add(
				"{kind: ServiceEntry, metadata: {name: se, namespace: bookinfo}, spec: {hosts: ['*'], workloadSelector: {labels: {app: ratings}}, ports: [{number: 9080, name: http}]}}",
			),
		['service.entry-invalid'],
		'invalid host *',
	],
	[
		'one that selects other workloads is none of its business',
		(mesh) =>
			mesh.add(
				"{kind: ServiceEntry, metadata: {name: se, namespace: bookinfo}, spec: {hosts: ['*'], workloadSelector: {labels: {app: reviews}}}}",
			),
		[],
	],
]);

testCases('token', [
	[
		'no such account',
		(mesh) => mesh.remove('ServiceAccount', 'bookinfo-ratings'),
		['token.service-account-not-found'],
		'there is no "bookinfo-ratings"',
	],
]);
