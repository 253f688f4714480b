import {networkLabel} from './gateway.ts';
import type {KubernetesObject} from './kubernetes-object.ts';

/** Where the objects of an east-west gateway go, and what they are for. */
export type Expose = {
	readonly istioNamespace: string;
	/** Empty for the default revision. */
	readonly revision: string;
	/** Labels of the gateway's pods. */
	readonly selector: Readonly<Record<string, string>>;
	/** Network that the gateway serves; empty in a mesh of one network. */
	readonly network: string;
};

const networking = 'networking.istio.io/v1';
/** Name and labels that `gen-eastwest-gateway.sh` gives. */
export const eastWestName = 'istio-eastwestgateway';
const eastWestLabels = {istio: 'eastwestgateway', app: eastWestName};

/** Port by port what a gateway for VMs needs (istio/istio, samples/multicluster/gen-eastwest-gateway.sh). */
export const gatewayPorts = [
	{name: 'status-port', port: 15021},
	{name: 'tls', port: 15443},
	{name: 'tls-istiod', port: 15012},
] as const;

/** The Gateway through which VMs reach istiod and its webhook (samples/multicluster/expose-istiod.yaml). */
export function istiodGateway({istioNamespace, selector}: Expose): KubernetesObject {
	const server = (name: string, number: number) => ({
		port: {name, number, protocol: 'tls'},
		tls: {mode: 'PASSTHROUGH'},
		hosts: ['*'],
	});
	return {
		apiVersion: networking,
		kind: 'Gateway',
		metadata: {name: 'istiod-gateway', namespace: istioNamespace},
		spec: {selector, servers: [server('tls-istiod', 15012), server('tls-istiodwebhook', 15017)]},
	};
}

/** Its routes; those of a revision take that revision's names alone (expose-istiod-rev.yaml.tmpl). */
export function istiodRoutes({istioNamespace, revision}: Expose): KubernetesObject {
	const istiod = revision === '' ? 'istiod' : `istiod-${revision}`;
	const service = `${istiod}.${istioNamespace}.svc`;
	const sniHosts = revision === '' ? ['*'] : [service, `${service}.cluster.local`];
	const route = (port: number, number: number) => ({
		match: [{port, sniHosts}],
		route: [{destination: {host: `${service}.cluster.local`, port: {number}}}],
	});
	return {
		apiVersion: networking,
		kind: 'VirtualService',
		metadata: {name: revision === '' ? 'istiod-vs' : `istiod-vs-${revision}`, namespace: istioNamespace},
		spec: {hosts: ['*'], gateways: ['istiod-gateway'], tls: [route(15012, 15012), route(15017, 443)]},
	};
}

/** The Gateway through which VMs of another network reach services (samples/multicluster/expose-services.yaml). */
export function crossNetworkGateway({istioNamespace, selector}: Expose): KubernetesObject {
	return {
		apiVersion: networking,
		kind: 'Gateway',
		metadata: {name: 'cross-network-gateway', namespace: istioNamespace},
		spec: {
			selector,
			servers: [
				{port: {name: 'tls', number: 15443, protocol: 'TLS'}, tls: {mode: 'AUTO_PASSTHROUGH'}, hosts: ['*.local']},
			],
		},
	};
}

/** A label on something that is there already. */
export function labelled(
	kind: 'Namespace' | 'Service',
	metadata: {readonly name: string; readonly namespace?: string},
	network: string,
): KubernetesObject {
	return {apiVersion: 'v1', kind, metadata: {...metadata, labels: {[networkLabel]: network}}};
}

/**
 * A gateway from nothing: Service, account, and a Deployment whose container istiod fills in from its template `gateway`
 * (Istio, "Installing Gateways", Kubernetes YAML). All ports are above 1024, so that it needs no privilege.
 */
export function eastWestGateway({istioNamespace, revision, network}: Expose): readonly KubernetesObject[] {
	const metadata = {name: eastWestName, namespace: istioNamespace};
	const served: Readonly<Record<string, string>> = network === '' ? {} : {[networkLabel]: network};
	const labels = {...eastWestLabels, ...served};
	const env = [
		{name: 'ISTIO_META_UNPRIVILEGED_POD', value: 'true'},
		...(network === '' ? [] : [{name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: network}]),
	];
	return [
		{
			apiVersion: 'v1',
			kind: 'Service',
			metadata: {...metadata, labels},
			spec: {
				type: 'LoadBalancer',
				selector: {istio: 'eastwestgateway'},
				ports: [...gatewayPorts, {name: 'tls-webhook', port: 15017}].map((port) => ({...port, protocol: 'TCP'})),
			},
		},
		{apiVersion: 'v1', kind: 'ServiceAccount', metadata},
		{
			apiVersion: 'apps/v1',
			kind: 'Deployment',
			metadata: {...metadata, labels},
			spec: {
				selector: {matchLabels: {istio: 'eastwestgateway'}},
				template: {
					metadata: {
						labels: {
							...labels,
							'sidecar.istio.io/inject': 'true',
							...(revision === '' ? {} : {'istio.io/rev': revision}),
						},
						annotations: {'inject.istio.io/templates': 'gateway'},
					},
					spec: {
						serviceAccountName: eastWestName,
						containers: [{name: 'istio-proxy', image: 'auto', env}],
					},
				},
			},
		},
	];
}

/** The labels of the pods of `eastWestGateway`. */
export const eastWestSelector = {istio: 'eastwestgateway'} as const;
