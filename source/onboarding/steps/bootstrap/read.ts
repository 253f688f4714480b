import {perform} from '../../action.ts';
import {bundleFaults} from '../../bundle-faults.ts';
import type {Step} from '../../step.ts';

/** The entry and its mesh, read anew: it may have been changed or deleted since the plan was shown. All that is found is told; little of it stops. */
export const readStep: Step = {
	id: 'bootstrap.read',
	phase: 'bootstrap',
	title: 'Read the entry and its mesh',
	plan: () => [],
	*run() {
		const target = yield* perform({kind: 'resolve'});
		const [fault, ...more] = bundleFaults(target);
		const found = {target, findings: target.problems};
		if (fault === undefined) {
			return {status: 'succeeded', detail: `${target.ref}, gateway ${target.gateway?.address ?? ''}`, ...found};
		}
		return {status: 'failed', detail: [fault, ...more].map(({summary}) => summary).join(' '), ...found};
	},
};
