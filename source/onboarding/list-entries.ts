import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Cluster} from '../ports.ts';

/** The references of the entries of some namespaces, or of all that there are (undefined), sorted by namespace and name. Throws UserError `cluster.*`. */
export async function listEntries(
	cluster: Pick<Cluster, 'list'>,
	namespaces: readonly string[] | undefined,
): Promise<readonly TargetRef[]> {
	const resource = {group: 'networking.istio.io', resource: 'workloadentries'};
	const lists = await Promise.all((namespaces ?? [undefined]).map((namespace) => cluster.list(resource, namespace)));
	const keys = lists.flat().map(({metadata}) => ({name: metadata.name, namespace: metadata.namespace ?? ''}));
	return keys
		.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name))
		.map(({name, namespace}) => `${name}.${namespace}`);
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
