import type {Finding} from '../../../diagnosis/finding.ts';
import {UserError} from '../../../errors.ts';
import {type Procedure, perform} from '../../action.ts';
import type {Outcome, StepContext} from '../../step.ts';
import {findingAbout, findingOf, stoppedBy} from '../stopped-by.ts';
import {readListing} from '../verify/istiod.ts';

/** istiod removes what it registered itself after ten seconds; what is there ten times as long stays (findings.md, `entry.stale`). */
const staleAfter = 100;

/** `entry.stale` by what the entry itself says: long ago its proxy left. `words`: how the VM does not answer. */
export function staleFinding(context: StepContext, words: string): Finding | undefined {
	const {annotations, name, namespace} = context.target.entry;
	const left = annotations['istio.io/disconnectedAt'] ?? '';
	const gone = (context.facts.serverTime?.() ?? 0) - Date.parse(left) / 1000;
	if (!(gone > staleAfter)) return undefined;
	return findingAbout(context, 'entry.stale', [
		{source: `workloadentry/${namespace}/${name}, annotation istio.io/disconnectedAt`, text: left},
		{source: 'the VM', text: words},
	]);
}

/** The end of a look at a VM that does not answer, where its entry has outlived it; undefined where it has not. */
export function* staleEntry(context: StepContext, error: unknown): Procedure<Outcome | undefined> {
	if (!(error instanceof UserError)) return undefined;
	const stale = staleFinding(context, error.message);
	const reached = findingOf(error, context);
	if (stale === undefined || reached === undefined) return undefined;
	const answer = yield* perform({kind: 'istiod', path: '/debug/syncz'});
	if (!answer.done) return undefined;
	const {listed, refused} = readListing(answer.pods, context.target.ref);
	if (listed !== undefined || refused.length > 0) return undefined;
	return stoppedBy(reached, {findings: [stale]});
}
