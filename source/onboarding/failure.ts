import {finding, isFindingId} from '../diagnosis/catalogue.ts';
import type {Finding} from '../diagnosis/finding.ts';
import {UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Bundle, Failure, RunPlan} from './session.ts';

/** What concerns every target alike: it is told once, as the command's own error. */
const ofAll = new Set(['cluster.unreachable', 'cluster.unauthorized']);

/** The error as the failure of one target, so that it does not stop the others; thrown on where it is not one target's. */
export function failureOf(ref: TargetRef, error: unknown): Failure {
	if (error instanceof UserError && ofAll.has(error.code)) throw error;
	return anyFailureOf(ref, error);
}

/** The same, where what concerns every target may pass, so that the target waits for it. */
export function anyFailureOf(ref: TargetRef, error: unknown): Failure {
	if (!(error instanceof UserError) || !isFindingId(error.code)) throw error;
	const dot = ref.lastIndexOf('.');
	const [name, namespace] = [ref.slice(0, dot), ref.slice(dot + 1)];
	const found = finding(error.code, {
		target: `workloadentry/${namespace}/${name}`,
		evidence: error.evidence,
		values: {we: name, ns: namespace},
		summary: error.message,
	});
	// Where there is no target to fill the catalogue's command from, the error's own next step is all.
	const {manifest} = found.remedy;
	const own = {text: error.hint ?? found.remedy.text, ...(manifest === undefined ? {} : {manifest})};
	return {ref, findings: [{...found, remedy: error.hint === undefined ? found.remedy : own}]};
}

/** Those of whom something came, and the others. */
export function partFailures<T extends RunPlan | Bundle>(
	all: ReadonlyArray<T | Failure>,
): {readonly done: readonly T[]; readonly failures: readonly Failure[]} {
	const failures = all.filter(isFailure);
	return {done: all.filter((one): one is T => !isFailure(one)), failures};
}

function isFailure(one: RunPlan | Bundle | Failure): one is Failure {
	return 'ref' in one;
}

/** The id of the cause, for the exit code. */
export function causeOf({findings}: {readonly findings: readonly Finding[]}): string | undefined {
	return findings.find(({severity}) => severity === 'error')?.id;
}
