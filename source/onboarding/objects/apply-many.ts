import {UserError} from '../../errors.ts';
import {bareObject} from '../../mesh/bare-object.ts';
import type {Cluster} from '../../ports.ts';
import {createPermits} from '../permits.ts';
import {applyTold, type Wish} from './rehearse.ts';

/** Runs so many tasks at once, the others in order. */
type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** What became of one object; `reason` of one that was refused. */
export type Applied = {
	readonly wish: Wish;
	readonly outcome: 'created' | 'configured' | 'unchanged' | 'failed';
	readonly reason?: string;
};

/**
 * Applies objects side by side, or asks the server what applying them would do. Each in its own: one that is refused does not stop
 * the others. Throws what stops them all: a cluster that does not answer, credentials that are rejected.
 */
export async function applyMany(
	cluster: Cluster,
	wishes: readonly Wish[],
	{limit, force, dryRun}: {readonly limit: Limit; readonly force: boolean; readonly dryRun: boolean},
): Promise<readonly Applied[]> {
	const {get} = createPermits(cluster);
	return Promise.all(
		wishes.map((wish) =>
			limit(async (): Promise<Applied> => {
				const {namespace, name} = wish.object.metadata;
				try {
					const found = await get(wish.resource, namespace, name, 'optional');
					const before = found === undefined || found === 'absent' ? undefined : JSON.stringify(bareObject(found));
					const after = JSON.stringify(bareObject(await applyTold(cluster, wish, {dryRun, force})));
					return {wish, outcome: before === undefined ? 'created' : before === after ? 'unchanged' : 'configured'};
				} catch (error) {
					if (!(error instanceof UserError) || /^cluster\.un/.test(error.code)) throw error;
					return {wish, outcome: 'failed', reason: error.message};
				}
			}),
		),
	);
}
