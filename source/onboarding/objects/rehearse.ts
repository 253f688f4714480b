import {exitCodes, UserError} from '../../errors.ts';
import {bareObject} from '../../mesh/bare-object.ts';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {similarNames} from '../../mesh/similar-names.ts';
import type {Cluster, Resource} from '../../ports.ts';
import {createPermits} from '../permits.ts';

/** An object that is to be applied, with its kind as the API names it. */
export type Wish = {readonly resource: Resource; readonly object: KubernetesObject};

/** What applying an object would do. Both sides are bare, as a person writes them. */
export type Rehearsal = {
	readonly outcome: 'created' | 'configured' | 'unchanged';
	readonly before: KubernetesObject | undefined;
	readonly after: KubernetesObject;
};

/**
 * Asks the server, its webhooks too, what an object would become, and keeps nothing. Throws UserError: `namespace-not-found` before
 * anything is asked of a webhook, `conflict` with the way out, `invalid` with the server's words.
 */
export async function rehearse(
	cluster: Cluster,
	wish: Wish,
	{force = false}: {readonly force?: boolean} = {},
): Promise<Rehearsal> {
	const {namespace, name} = wish.object.metadata;
	if (namespace !== undefined) await requireNamespace(cluster, namespace);
	const [found, after] = await Promise.all([
		createPermits(cluster).get(wish.resource, namespace, name, 'optional'),
		applyTold(cluster, wish, {dryRun: true, force}),
	]);
	const before = found === undefined || found === 'absent' ? undefined : bareObject(found);
	const bare = bareObject(after);
	const outcome =
		before === undefined ? 'created' : JSON.stringify(before) === JSON.stringify(bare) ? 'unchanged' : 'configured';
	return {outcome, before, after: bare};
}

/** Server-side apply whose conflicts say what to do about them. */
export async function applyTold(
	cluster: Cluster,
	{resource, object}: Wish,
	options: {readonly dryRun?: boolean; readonly force: boolean},
): Promise<KubernetesObject> {
	try {
		return await cluster.apply(resource, object, options);
	} catch (error) {
		if (!(error instanceof UserError) || error.code !== 'conflict') throw error;
		throw new UserError({
			code: error.code,
			message: error.message,
			hint: 'Take the fields over with --force-conflicts, or leave them to who keeps them; see: kubectl get … -o yaml --show-managed-fields',
			exitCode: error.exitCode,
			evidence: error.evidence,
			cause: error,
		});
	}
}

/** Throws `namespace-not-found` with names that may have been meant. A namespace that may not be read counts as there. */
export async function requireNamespace(cluster: Cluster, namespace: string): Promise<void> {
	const {get, list} = createPermits(cluster);
	const namespaces: Resource = {group: '', resource: 'namespaces'};
	if ((await get(namespaces, undefined, namespace, 'optional')) !== 'absent') return;
	const all = ((await list(namespaces, undefined, undefined, 'optional')) ?? []).map(({metadata}) => metadata.name);
	const [nearest] = similarNames(namespace, all, 2);
	throw new UserError({
		code: 'namespace-not-found',
		message: `There is no namespace ${JSON.stringify(namespace)} (context ${JSON.stringify(cluster.context)}).`,
		hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}Make it: kubectl create namespace ${namespace}`,
		exitCode: exitCodes.badData,
	});
}
