import {exitCodes, UserError} from '../errors.ts';
import type {MeshObjects, NamespaceObjects} from '../mesh/mesh-objects.ts';
import {similarNames} from '../mesh/similar-names.ts';
import {refOf, type TargetRef, type WorkloadEntry} from '../mesh/workload-entry.ts';
import type {Cluster} from '../ports.ts';
import {createPermits} from './permits.ts';

const crd = 'workloadentries.networking.istio.io';

/**
 * The error for an entry that is not there. Entries with the same name elsewhere, or with a similar one, are its evidence; the one
 * nearest is its hint. A cluster that does not know the kind at all has no Istio: `cluster.istio-missing`.
 */
export async function entryNotFound(
	cluster: Cluster,
	mesh: MeshObjects,
	{name, namespace}: Named,
	around: NamespaceObjects,
	known: readonly WorkloadEntry[],
): Promise<UserError> {
	const {get, list} = createPermits(cluster);
	const [definition, everywhere] = await Promise.all([
		mesh.meshConfig === 'absent'
			? get({group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions'}, undefined, crd, 'optional')
			: undefined,
		known.length > 0
			? undefined
			: list({group: 'networking.istio.io', resource: 'workloadentries'}, undefined, undefined, 'optional'),
	]);
	if (definition === 'absent') {
		return new UserError({
			code: 'cluster.istio-missing',
			message: `The cluster of context ${mesh.context} does not know WorkloadEntries: Istio is not installed there.`,
			exitCode: exitCodes.badData,
			hint: 'Install Istio, or choose another context: kubectl config get-contexts',
			evidence: [{source: `customresourcedefinition ${crd}`, text: 'not found'}],
		});
	}
	const entries = [
		...known,
		...[...(everywhere ?? []), ...(around.entries ?? [])].map(({metadata}) => ({
			name: metadata.name,
			namespace: metadata.namespace ?? '',
		})),
	];
	return noSuchEntry({name, namespace}, entries);
}

type Named = {readonly name: string; readonly namespace: string};

/** `entry.not-found`, with what may have been meant among the entries that are known. */
export function noSuchEntry({name, namespace}: Named, entries: readonly Named[]): UserError {
	const suggestions = suggest(name, namespace, entries);
	const [nearest] = suggestions;
	return new UserError({
		code: 'entry.not-found',
		message: `There is no WorkloadEntry ${JSON.stringify(name)} in namespace ${namespace}.`,
		exitCode: exitCodes.badData,
		hint: nearest === undefined ? 'List the entries: kubectl get we -A' : `Did you mean ${nearest}?`,
		evidence: suggestions.map((ref) => ({source: 'workloadentries', text: ref})),
	});
}

/** The same name in other namespaces, then similar names in this one, then in others; at most five. */
function suggest(name: string, namespace: string, entries: readonly Named[]): readonly TargetRef[] {
	const distance = Math.max(2, Math.floor(name.length / 3));
	const similar = similarNames(
		name,
		entries.map((entry) => entry.name),
		distance,
	);
	const rank = (entry: Named) =>
		entry.name === name ? -1 : similar.indexOf(entry.name) * 2 + (entry.namespace === namespace ? 0 : 1);
	const refs = entries
		.filter((entry) => similar.includes(entry.name))
		.sort((a, b) => rank(a) - rank(b))
		.map(refOf);
	return [...new Set(refs)].slice(0, 5);
}
