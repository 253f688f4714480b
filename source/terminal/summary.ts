import {currentStep, type RunState} from '../onboarding/run.ts';
import {elapsed} from './screens/run/run-lines.ts';
import {counted} from './text/counted.ts';
import {runWord} from './text/state-words.ts';
import {cut, padTo} from './text/width.ts';
import type {Glyphs} from './theme.ts';

/** What stays on the normal screen: how each run ended, why, and where its logs are. Empty when there was no run. */
export function summaryOf(
	runs: readonly RunState[],
	pathOf: (run: string) => string,
	glyphs: Glyphs,
	now: number,
): string {
	if (runs.length === 0) return '';
	const name = Math.max(...runs.map(({target}) => target.length));
	const lines = runs.flatMap((run) => [
		`${padTo(runWord(run, glyphs).text, 11)} ${padTo(run.target, name)}  ${elapsed(run, now)}`,
		...reason(run).map((line) => `  ${cut(line, 1000)}`),
		`  logs: ${pathOf(run.id)}`,
	]);
	const unfinished = runs.filter(({status}) => status === 'running').length;
	if (unfinished > 0)
		lines.push(`${counted(unfinished, 'run')} broken off: meshboard, or meshboard onboard --resume, goes on.`);
	return lines.join('\n');
}

function reason(run: RunState): readonly string[] {
	const step = currentStep(run);
	if (step === undefined || run.status === 'succeeded') return [];
	if (run.status !== 'failed') return [`stopped at: ${step.title}`];
	const errors = step.findings.filter(({severity}) => severity === 'error');
	return [`${step.title}: ${step.detail}`, ...errors.map(({id, remedy}) => `${id}: ${remedy.text}`)];
}

/** 0, or 1 when a run did not succeed. */
export function exitCodeOf(runs: readonly RunState[]): number {
	return runs.every(({status}) => status === 'succeeded') ? 0 : 1;
}
