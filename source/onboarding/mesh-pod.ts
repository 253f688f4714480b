import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {Cluster} from '../ports.ts';

/** A pod whose sidecar is in the mesh, from which traffic to a VM can be sent. */
export type MeshPod = {
	readonly namespace: string;
	readonly name: string;
	/** Containers of the application, without the proxy. */
	readonly containers: readonly string[];
	/** True when the pod's traffic is not redirected (`sidecar.istio.io/interceptionMode: NONE`): it must dial its sidecar's listeners. */
	readonly direct: boolean;
};

type PodSpec = {
	readonly containers?: ReadonlyArray<{readonly name: string}>;
	readonly initContainers?: ReadonlyArray<{readonly name: string}>;
};
type PodStatus = {
	readonly phase?: string;
	readonly conditions?: ReadonlyArray<{readonly type: string; readonly status: string}>;
};

const proxyContainer = 'istio-proxy';
const candidates = 3;

/**
 * Pods that can send traffic to a VM as the mesh does: ready, with an `istio-proxy` container (or native sidecar) beside an application.
 * Those of `namespace` come first; where only that namespace may be listed, only its pods are offered. At most three: where those cannot, others hardly can.
 */
export async function findMeshPods(cluster: Cluster, namespace: string): Promise<readonly MeshPod[]> {
	const near = (await cluster.list({group: '', resource: 'pods'}, namespace)).flatMap(asMeshPod);
	if (near.length > 0) return near.slice(0, candidates);
	const all = await cluster.list({group: '', resource: 'pods'}, undefined).catch(() => []);
	return all.flatMap(asMeshPod).slice(0, candidates);
}

function asMeshPod(pod: KubernetesObject): readonly MeshPod[] {
	const spec = (pod.spec ?? {}) as PodSpec;
	const status = (pod.status ?? {}) as PodStatus;
	const ready =
		status.phase === 'Running' &&
		status.conditions?.some(({type, status}) => type === 'Ready' && status === 'True') === true;
	const names = (spec.containers ?? []).map(({name}) => name);
	const sidecar = [...names, ...(spec.initContainers ?? []).map(({name}) => name)].includes(proxyContainer);
	const containers = names.filter((name) => name !== proxyContainer);
	if (!ready || !sidecar || containers.length === 0) return [];
	const direct = pod.metadata.annotations?.['sidecar.istio.io/interceptionMode'] === 'NONE';
	return [{namespace: pod.metadata.namespace ?? '', name: pod.metadata.name, containers, direct}];
}
