import {UserError} from '../errors.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {Found} from '../mesh/mesh-objects.ts';
import type {Cluster, Resource} from '../ports.ts';

/** Whether a refusal is told to the user: `needed` ones are listed, `optional` ones leave a thing unknown. */
type Need = 'needed' | 'optional';

/** A cluster whose refusals (403) are answers: the object or list is unknown, and what was needed is kept in words. */
export type Permits = {
	get(resource: Resource, namespace: string | undefined, name: string, need?: Need): Promise<Found>;
	list(
		resource: Resource,
		namespace: string | undefined,
		labelSelector?: string,
		need?: Need,
	): Promise<readonly KubernetesObject[] | undefined>;
	/** What was refused and needed, as `get configmaps in istio-system`, sorted: answers come in any order. */
	refused(): readonly string[];
};

/** Every other failure of the cluster is thrown on. */
export function createPermits(cluster: Cluster): Permits {
	const refused: string[] = [];
	const attempt = async <T>(
		verb: string,
		resource: Resource,
		namespace: string | undefined,
		need: Need,
		asked: Promise<T>,
	) => {
		try {
			return await asked;
		} catch (error) {
			if (!(error instanceof UserError) || error.code !== 'cluster.forbidden') throw error;
			const kind = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
			if (need === 'needed')
				refused.push(`${verb} ${kind}${namespace === undefined ? '' : ` in namespace ${namespace}`}`);
			return undefined;
		}
	};
	return {
		async get(resource, namespace, name, need = 'needed') {
			const asked = cluster.get(resource, namespace, name).then((object): Found => object ?? 'absent');
			return attempt('get', resource, namespace, need, asked);
		},
		list: (resource, namespace, labelSelector, need = 'needed') =>
			attempt('list', resource, namespace, need, cluster.list(resource, namespace, labelSelector)),
		refused: () => [...new Set(refused)].sort(),
	};
}
