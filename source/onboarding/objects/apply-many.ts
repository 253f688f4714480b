import {UserError} from '../../errors.ts';
import {bareObject} from '../../mesh/bare-object.ts';
import type {Cluster} from '../../ports.ts';
import {createPermits} from '../permits.ts';
import {applyTold, type Wish} from './rehearse.ts';

/** Runs so many tasks at once, the others in order. */
type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** What becomes of one object; `reason` of one that was refused. */
export type Applied = {
	readonly wish: Wish;
	readonly outcome: 'created' | 'configured' | 'unchanged' | 'failed';
	readonly reason?: string;
};

type Options = {readonly limit: Limit; readonly force: boolean};

/** Asks the server, side by side, what applying each object would do, and keeps nothing. Each in its own, as `applyMany`. */
export async function rehearseMany(
	cluster: Cluster,
	wishes: readonly Wish[],
	{limit, force}: Options,
): Promise<readonly Applied[]> {
	const {get} = createPermits(cluster);
	return Promise.all(
		wishes.map((wish) =>
			limit(() =>
				guarded(wish, async () => {
					const {namespace, name} = wish.object.metadata;
					const found = await get(wish.resource, namespace, name, 'optional');
					const before = found === undefined || found === 'absent' ? undefined : JSON.stringify(bareObject(found));
					const after = JSON.stringify(bareObject(await applyTold(cluster, wish, {dryRun: true, force})));
					return before === undefined ? 'created' : before === after ? 'unchanged' : 'configured';
				}),
			),
		),
	);
}

/**
 * Applies, side by side, what a rehearsal found to be new or changed. One that is refused does not stop the others.
 * Throws what stops them all: a cluster that does not answer, credentials that are rejected.
 */
export async function applyMany(
	cluster: Cluster,
	rehearsed: readonly Applied[],
	{limit, force}: Options,
): Promise<readonly Applied[]> {
	return Promise.all(
		rehearsed.map(async (one) =>
			one.outcome === 'unchanged' || one.outcome === 'failed'
				? one
				: limit(() =>
						guarded(one.wish, async () => {
							await applyTold(cluster, one.wish, {force});
							return one.outcome;
						}),
					),
		),
	);
}

async function guarded(wish: Wish, act: () => Promise<Applied['outcome']>): Promise<Applied> {
	try {
		return {wish, outcome: await act()};
	} catch (error) {
		if (!(error instanceof UserError) || /^cluster\.un/.test(error.code)) throw error;
		return {wish, outcome: 'failed', reason: error.message};
	}
}
