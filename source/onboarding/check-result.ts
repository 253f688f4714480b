import type {LintResult} from '../diagnosis/lint-results.ts';
import type {RunState} from './run.ts';

/**
 * What a finished run of checks found, as `check -o json` tells it. A step that ended without a check of its own stands for one; what
 * was not reached is listed as not done: not checked is not passed.
 */
export function checkResult({target, status, steps}: RunState): LintResult {
	const findings = steps.flatMap((step) => step.findings);
	const failed = steps.find(({state}) => state === 'failed');
	return {
		target,
		healthy: status === 'succeeded' && findings.every(({severity}) => severity !== 'error'),
		findings,
		checks: steps.flatMap(({id, title, state, detail, checks, startedAt, endedAt, ...step}) => {
			if (checks.length > 0) return checks;
			if (state === 'succeeded') return [];
			const ms = Math.max(0, Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) || 0;
			// What stopped an earlier step and this one too was told there: of this one nothing is known.
			const alone = step.findings.length > 0 || failed?.id === id;
			if (state === 'failed') return [{id, title, outcome: alone ? 'failed' : 'not-done', detail, ms}];
			const why = state === 'skipped' ? detail : failed === undefined ? 'cancelled' : `not reached: ${failed.detail}`;
			return [{id, title, outcome: 'not-done', detail: why, ms}];
		}),
	};
}
