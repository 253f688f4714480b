import {manifestLines, remedyLine} from '../diagnosis/remedy-line.ts';
import {causeOf} from '../onboarding/failure.ts';
import type {Failure} from '../onboarding/session.ts';
import {sanitise} from '../output/sanitise.ts';
import type {NotStarted} from './machine-output.ts';

/** Tells, on standard error, what nothing came of and why; the form is that of the sentence with which a command ends. */
export function tellFailures(failures: readonly Failure[]): void {
	for (const {ref, findings} of failures) {
		for (const {id, summary, evidence, remedy} of findings.filter(({severity}) => severity === 'error')) {
			say(`meshboard: ${ref}: ${summary} [${id}]`);
			for (const {source, text} of evidence) for (const part of text.split('\n')) say(`  ${source}: ${part}`);
			say(remedyLine(remedy));
			for (const part of manifestLines(remedy)) say(`  ${part}`);
		}
	}
}

/** The same among the results of `-o json`, and as a line of ndjson. */
export function failureAsJson(failure: Failure): NotStarted {
	return {
		target: failure.ref,
		event: 'not-started',
		outcome: 'failed',
		healthy: false,
		cause: causeOf(failure) ?? null,
		findings: failure.findings,
	};
}

/** Lines on standard error, without control sequences: what they say may come from the cluster. */
export function say(text: string): void {
	process.stderr.write(`${text.split('\n').map(sanitise).join('\n')}\n`);
}
