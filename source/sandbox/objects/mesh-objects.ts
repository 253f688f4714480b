import type {Mesh} from '../mesh/mesh.ts';
import {
	configMap,
	deployment,
	gateway,
	namespace,
	readyPod,
	type Seed,
	service,
	serviceAccount,
	virtualService,
} from './build.ts';

const istioSystem = 'istio-system';
const eastWest = {istio: 'eastwestgateway', app: 'istio-eastwestgateway', 'topology.istio.io/network': 'cluster-net'};

const meshConfig = (trustDomain: string) => `accessLogFile: /dev/stdout
defaultConfig:
  discoveryAddress: istiod.istio-system.svc:15012
defaultProviders:
  metrics: []
enablePrometheusMerge: true
rootNamespace: istio-system
trustDomain: ${trustDomain}
`;

/** What a default installation of Istio with an east-west gateway leaves in a cluster (manifests/charts, samples/multicluster). */
export function meshObjects(mesh: Mesh, namespaces: readonly string[]): readonly Seed[] {
	const istiod = {app: 'istiod', istio: 'pilot', 'istio.io/rev': 'default'};
	const values = {
		global: {
			hub: 'docker.io/istio',
			tag: mesh.version,
			imagePullPolicy: '',
			istioNamespace: istioSystem,
			meshID: 'sandbox-mesh',
			multiCluster: {clusterName: mesh.clusterId, enabled: false},
			network: 'cluster-net',
			pilotCertProvider: 'istiod',
			proxy: {image: 'proxyv2', logLevel: 'warning', componentLogLevel: 'misc:error', clusterDomain: 'cluster.local'},
			sts: {servicePort: 0},
			trustDomain: mesh.trustDomain,
		},
		revision: '',
	};
	return [
		namespace(undefined, 'default'),
		namespace(undefined, 'kube-system'),
		namespace(undefined, istioSystem, {}, {labels: {'topology.istio.io/network': 'cluster-net'}}),
		configMap(
			istioSystem,
			'istio',
			{data: {mesh: meshConfig(mesh.trustDomain), meshNetworks: 'networks: {}\n'}},
			{labels: {'istio.io/rev': 'default'}},
		),
		configMap(
			istioSystem,
			'istio-sidecar-injector',
			{data: {config: 'policy: enabled\n', values: JSON.stringify(values, undefined, 2)}},
			{labels: {'istio.io/rev': 'default'}},
		),
		// istiod puts its root into every namespace.
		...[istioSystem, 'default', ...namespaces].map((name) =>
			configMap(
				name,
				'istio-ca-root-cert',
				{data: {'root-cert.pem': mesh.rootCertificate}},
				{labels: {'istio.io/config': 'true'}},
			),
		),
		...[istioSystem, 'default', ...namespaces].map((name) => serviceAccount(name, 'default')),
		serviceAccount(istioSystem, 'istio-eastwestgateway'),
		service(
			istioSystem,
			'istio-eastwestgateway',
			{
				spec: {
					type: 'LoadBalancer',
					clusterIP: '10.96.14.7',
					selector: {istio: 'eastwestgateway'},
					ports: [
						{name: 'status-port', port: 15021, targetPort: 15021, protocol: 'TCP'},
						{name: 'tls', port: 15443, targetPort: 15443, protocol: 'TCP'},
						{name: 'tls-istiod', port: 15012, targetPort: 15012, protocol: 'TCP'},
						{name: 'tls-webhook', port: 15017, targetPort: 15017, protocol: 'TCP'},
					],
				},
				status: {loadBalancer: {ingress: [{ip: mesh.gateway.address}]}},
			},
			{labels: eastWest},
		),
		service(
			istioSystem,
			'istiod',
			{
				spec: {
					type: 'ClusterIP',
					clusterIP: '10.96.14.2',
					selector: {app: 'istiod', istio: 'pilot'},
					ports: [
						{name: 'grpc-xds', port: 15010},
						{name: 'https-dns', port: 15012},
						{name: 'https-webhook', port: 443, targetPort: 15017},
						{name: 'http-monitoring', port: 15014},
					],
				},
			},
			{labels: istiod},
		),
		...['istiod', 'istio-eastwestgateway'].map((name) =>
			deployment(
				istioSystem,
				name,
				{spec: {replicas: 1}, status: {replicas: 1, readyReplicas: 1, availableReplicas: 1}},
				{labels: name === 'istiod' ? istiod : eastWest},
			),
		),
		readyPod(istioSystem, 'istiod-6c9f7b9d4d-x2v8q', {containers: ['discovery'], ip: '10.20.0.2', labels: istiod}),
		readyPod(istioSystem, 'istio-eastwestgateway-7f5d8cb9c6-kk7lz', {
			containers: ['istio-proxy'],
			ip: '10.20.0.3',
			labels: eastWest,
		}),
		gateway(istioSystem, 'istiod-gateway', {
			spec: {
				selector: {istio: 'eastwestgateway'},
				servers: [
					{port: {name: 'tls-istiod', number: 15012, protocol: 'tls'}, tls: {mode: 'PASSTHROUGH'}, hosts: ['*']},
				],
			},
		}),
		virtualService(istioSystem, 'istiod-vs', {
			spec: {
				hosts: ['*'],
				gateways: ['istiod-gateway'],
				tls: [
					{
						match: [{port: 15012, sniHosts: ['*']}],
						route: [{destination: {host: 'istiod.istio-system.svc.cluster.local', port: {number: 15012}}}],
					},
				],
			},
		}),
		gateway(istioSystem, 'cross-network-gateway', {
			spec: {
				selector: {istio: 'eastwestgateway'},
				servers: [
					{port: {name: 'tls', number: 15443, protocol: 'TLS'}, tls: {mode: 'AUTO_PASSTHROUGH'}, hosts: ['*.local']},
				],
			},
		}),
	];
}
