/** Objects for kubectl: what a team makes in the cluster before its VM can be onboarded. */

export type LabEntry = {
	/** Of the WorkloadEntry, its ServiceAccount and its Sidecar. */
	readonly name: string;
	readonly namespace: string;
	/** Address of the VM. */
	readonly ip: string;
	/** Network of the lab that the VM is in; default isolated. */
	readonly network?: 'isolated' | 'shared';
	/** The app's port, of the Service too. */
	readonly port?: number;
	/** Name of the Service and value of the label `app`; default the entry's name. */
	readonly app?: string;
	/** More or other annotations, without the prefix `sidecar-bootstrap.istio.io/`. */
	readonly annotations?: Readonly<Record<string, string>>;
};

/** Hub of the proxy image that VMs of the lab can pull. */
const imageHub = 'registry.lab:5000/istio';
const prefix = 'sidecar-bootstrap.istio.io/';

/** Service, ServiceAccount, WorkloadEntry and Sidecar for a VM whose app listens on 127.0.0.1. */
export function entryManifests(entry: LabEntry): readonly object[] {
	const {name, namespace, ip, network = 'isolated', port = 9080, app = name, annotations = {}} = entry;
	const selected = {app, class: 'vm'};
	const own = {
		'ssh-user': 'istio-proxy',
		'proxy-config-dir': '/etc/istio-proxy',
		'proxy-image-hub': imageHub,
		...annotations,
	};
	return [
		{apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace}},
		{
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {name: app, namespace, labels: {app}},
			spec: {selector: {app}, ports: [{name: 'http', port}]},
		},
		{
			apiVersion: 'networking.istio.io/v1',
			kind: 'WorkloadEntry',
			metadata: {
				name,
				namespace,
				annotations: Object.fromEntries(Object.entries(own).map(([key, value]) => [prefix + key, value])),
			},
			// VMs of `shared` reach pods directly, as if they were in the cluster's own network.
			spec: {
				address: ip,
				network: network === 'shared' ? 'cluster-net' : 'vm-net',
				serviceAccount: name,
				labels: {...selected, version: 'v1'},
			},
		},
		{
			apiVersion: 'networking.istio.io/v1',
			kind: 'Sidecar',
			metadata: {name, namespace},
			spec: {
				workloadSelector: {labels: selected},
				ingress: [{port: {number: port, protocol: 'HTTP', name: 'http'}, defaultEndpoint: `127.0.0.1:${port}`}],
				egress: [egress(port)],
			},
		},
	];
}

/** A namespace with a client in the mesh, without iptables: Deployment `client`, whose sidecar takes requests on 127.0.0.2:`port`. */
export function clientManifests(namespace: string, port = 9080): readonly object[] {
	return [
		{apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
		{
			apiVersion: 'networking.istio.io/v1',
			kind: 'Sidecar',
			metadata: {name: 'client', namespace},
			spec: {workloadSelector: {labels: {app: 'client'}}, egress: [egress(port)]},
		},
		{
			apiVersion: 'apps/v1',
			kind: 'Deployment',
			metadata: {name: 'client', namespace},
			spec: {
				selector: {matchLabels: {app: 'client'}},
				template: {
					metadata: {
						labels: {app: 'client', 'sidecar.istio.io/inject': 'true'},
						annotations: {
							'sidecar.istio.io/interceptionMode': 'NONE',
							'proxy.istio.io/config': '{"interceptionMode": "NONE"}',
						},
					},
					spec: {containers: [{name: 'client', image: 'docker.io/lab/base:lab', imagePullPolicy: 'IfNotPresent'}]},
				},
			},
		},
	];
}

function egress(port: number): object {
	return {bind: '127.0.0.2', port: {number: port, protocol: 'HTTP', name: 'http'}, hosts: ['./*']};
}
