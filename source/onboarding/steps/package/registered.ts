import {refOf} from '../../../mesh/workload-entry.ts';
import {perform} from '../../action.ts';
import type {Step} from '../../step.ts';
import {findingAbout, stoppedBy} from '../stopped-by.ts';
import {logCommand, proxyLog, troubleIn} from '../verify/proxy-log.ts';

/** Seconds: istiod registers a proxy as soon as it connects. */
const patience = 20;
const pause = 2;

/** Has istiod made the entry? From then on it is the target, with what the group has given it. */
export const registeredStep: Step = {
	id: 'verify.registered',
	phase: 'verify',
	title: 'See that istiod has registered the VM',
	plan: () => [],
	*run(context) {
		const group = context.target.group;
		if (group === undefined) return {status: 'skipped', detail: 'the entry was there before'};
		for (let waited = 0; ; waited += pause) {
			const target = yield* perform({kind: 'resolve'});
			// What is only to be made has no identifier yet.
			if (target.entry.uid !== '') {
				return {status: 'succeeded', detail: `WorkloadEntry ${target.ref}, from group ${refOf(group)}`, target};
			}
			if (waited >= patience) {
				const lines = troubleIn(yield* proxyLog(context), 10);
				const evidence = [{source: logCommand(context), text: lines.join('\n') || 'nothing of note'}];
				const summary = `The proxy is connected, and istiod has not made the WorkloadEntry ${target.ref}.`;
				return stoppedBy(findingAbout(context, 'entry.not-registered', evidence, summary));
			}
			yield* perform({kind: 'wait', seconds: pause, why: `There is no WorkloadEntry ${target.ref} yet`});
		}
	},
};
