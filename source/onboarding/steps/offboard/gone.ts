import {parseSyncz} from '../../../proxy/syncz.ts';
import {perform} from '../../action.ts';
import type {Step} from '../../step.ts';

/** A closed stream is noticed at once, one that broke off silently by istiod's keepalive: 30 s, then 10 s for the answer. */
const patienceSeconds = 45;
const pauseSeconds = 3;

/** Proves that the proxy has left: no istiod lists it any more. */
export const goneStep: Step = {
	id: 'offboard.gone',
	phase: 'offboard',
	title: 'See that the proxy has left the mesh',
	plan: () => [],
	*run({target: {ref}}) {
		for (let waited = 0; ; waited += pauseSeconds) {
			const answer = yield* perform({kind: 'istiod', path: '/debug/syncz'});
			if (!answer.done) return {status: 'skipped', detail: `istiod could not be asked: ${answer.text}`};
			const silent = answer.pods.find(({status}) => status !== 200);
			const listing = answer.pods.find(({body}) => parseSyncz(body).some(({proxy}) => proxy === ref));
			if (listing === undefined) {
				return silent === undefined
					? {status: 'succeeded', detail: `no istiod lists ${ref}`}
					: {status: 'skipped', detail: `${silent.pod} could not be asked`};
			}
			if (waited >= patienceSeconds) {
				return {
					status: 'failed',
					detail: `${listing.pod} still lists ${ref}: another proxy of this name may be running.`,
				};
			}
			yield* perform({kind: 'wait', seconds: pauseSeconds, why: `${listing.pod} still lists ${ref}`});
		}
	},
};
