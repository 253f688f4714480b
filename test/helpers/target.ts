import type {Target} from '../../source/mesh/target.ts';
import type {WorkloadEntry} from '../../source/mesh/workload-entry.ts';

/** The ratings WorkloadEntry of the Bookinfo guide. */
export function entryNamed(name: string, namespace: string, change: Partial<WorkloadEntry> = {}): WorkloadEntry {
	return {
		namespace,
		name,
		uid: '0000-1111',
		resourceVersion: '1',
		createdAt: '2026-11-24T00:00:00Z',
		address: '10.128.0.2',
		network: 'vm-net',
		serviceAccount: 'bookinfo-ratings',
		ports: {},
		metadataLabels: {},
		specLabels: {app: 'ratings', class: 'vm', version: 'v3'},
		annotations: {},
		...change,
	};
}

/** A target that could be onboarded, as the guide describes it. */
export function targetNamed(name: string, namespace: string, change: Partial<Target> = {}): Target {
	const entry = entryNamed(name, namespace);
	const byDefault = <T>(value: T) => ({value, source: 'default'}) as const;
	return {
		ref: `${name}.${namespace}`,
		entry,
		layout: byDefault('container'),
		group: undefined,
		ssh: {
			host: {value: entry.address, source: 'entry'},
			port: byDefault(22),
			user: byDefault('istio-proxy'),
			key: byDefault(undefined),
			password: byDefault(false),
			connectSeconds: byDefault(10),
			jump: byDefault(undefined),
			hostKeys: byDefault('strict'),
			knownHosts: byDefault(undefined),
		},
		adminUser: byDefault('admin'),
		runtime: byDefault('docker'),
		configDir: byDefault('/etc/istio-proxy'),
		containerName: byDefault('istio-proxy'),
		image: byDefault('docker.io/istio/proxyv2:1.31.0'),
		instanceIp: {value: entry.address, source: 'entry'},
		interceptionMode: byDefault('NONE'),
		mesh: {
			istioNamespace: 'istio-system',
			revision: '',
			trustDomain: 'cluster.local',
			clusterId: 'lab',
			meshId: 'lab-mesh',
			network: 'cluster-net',
			rootCertificate: '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n',
			proxyConfig: {},
			tetrate: false,
			global: {},
			said: {trustDomain: '', proxyConfig: {}},
		},
		gateway: {
			address: '10.128.0.254',
			isIp: true,
			ports: [15021, 15443, 15012],
			origin: 'Service istio-system/istio-eastwestgateway',
		},
		tokenSeconds: byDefault(86_400),
		timeoutSeconds: byDefault(60),
		ingress: [{port: 9080, protocol: 'HTTP', bind: '', defaultEndpoint: '127.0.0.1:9080'}],
		sidecar: undefined,
		services: [],
		accountUid: undefined,
		problems: [],
		...change,
	};
}
