import type {Finding} from '../../../diagnosis/finding.ts';
import type {Outcome, StepCheck} from '../../step.ts';

/** One thing that was looked at, with the causes it brought to light. */
export type Verdict = {readonly check: StepCheck; readonly findings: readonly Finding[]};

/** A check that was read from what a probe had said: it has no time of its own. */
export function verdict(
	id: string,
	title: string,
	outcome: StepCheck['outcome'],
	detail: string,
	findings: readonly Finding[] = [],
): Verdict {
	return {check: {id, title, outcome, detail}, findings};
}

/** The end of a step of checks: failed with any failed check; `fine` is its line when all is well. */
export function outcomeOf(verdicts: readonly Verdict[], fine: string): Outcome {
	const checks = verdicts.map(({check}) => check);
	const findings = verdicts.flatMap((each) => each.findings);
	const failed = checks.filter(({outcome}) => outcome === 'failed');
	const others = checks.filter(({outcome}) => outcome === 'warning' || outcome === 'not-done');
	if (failed.length > 0) {
		return {
			status: 'failed',
			detail: failed.map(({title, detail}) => `${title}: ${detail}`).join(' · '),
			checks,
			findings,
		};
	}
	const notes = others.map(({title, outcome}) => `${title}: ${outcome === 'warning' ? 'warning' : 'not done'}`);
	return {status: 'succeeded', detail: [fine, ...notes].join(' · '), checks, findings};
}
