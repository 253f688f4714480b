import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';

/** An object as it is given to the store, which adds uid, version and time. */
export type Seed = KubernetesObject & {readonly apiVersion: string; readonly kind: string};

type Meta = Partial<KubernetesObject['metadata']>;

const seed =
	(apiVersion: string, kind: string) =>
	(
		namespace: string | undefined,
		name: string,
		rest: Omit<Seed, 'apiVersion' | 'kind' | 'metadata'> = {},
		metadata: Meta = {},
	): Seed => ({
		apiVersion,
		kind,
		metadata: {name, ...(namespace === undefined ? {} : {namespace}), ...metadata},
		...rest,
	});

export const configMap = seed('v1', 'ConfigMap');
export const namespace = seed('v1', 'Namespace');
const pod = seed('v1', 'Pod');
export const service = seed('v1', 'Service');
export const serviceAccount = seed('v1', 'ServiceAccount');
export const deployment = seed('apps/v1', 'Deployment');
export const gateway = seed('networking.istio.io/v1', 'Gateway');
export const sidecar = seed('networking.istio.io/v1', 'Sidecar');
export const virtualService = seed('networking.istio.io/v1', 'VirtualService');
export const workloadEntry = seed('networking.istio.io/v1', 'WorkloadEntry');

/** A pod that runs and is ready, with these containers. */
export function readyPod(
	namespaceName: string,
	name: string,
	options: {
		readonly containers: readonly string[];
		readonly ip: string;
		readonly labels: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
	},
): Seed {
	const {containers, ip, labels, annotations = {}} = options;
	const image = (container: string) =>
		container === 'istio-proxy' ? 'docker.io/istio/proxyv2:1.28.0' : `docker.io/sandbox/${container}:1`;
	return pod(
		namespaceName,
		name,
		{
			spec: {
				containers: containers.map((container) => ({name: container, image: image(container)})),
				nodeName: 'sandbox',
				serviceAccountName: 'default',
			},
			status: {
				phase: 'Running',
				podIP: ip,
				hostIP: '10.128.0.1',
				conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({type, status: 'True'})),
				containerStatuses: containers.map((container) => ({
					name: container,
					ready: true,
					restartCount: 0,
					image: image(container),
					state: {running: {startedAt: new Date().toISOString()}},
				})),
			},
		},
		{labels, annotations},
	);
}
