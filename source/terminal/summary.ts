import {currentStep, type RunState} from '../onboarding/run.ts';
import type {PastRun} from './controller.ts';
import {elapsed} from './screens/run/run-lines.ts';
import {counted} from './text/counted.ts';
import {runWord} from './text/state-words.ts';
import {cut, padTo} from './text/width.ts';
import type {Glyphs, Theme} from './theme.ts';

/**
 * What stays on the normal screen: how each run ended, why, and where its logs are (unless they are not `kept`).
 * Empty when there was no run.
 */
export function summaryOf(
	past: readonly PastRun[],
	{theme, now, kept}: {readonly theme: Theme; readonly now: number; readonly kept: boolean},
): string {
	if (past.length === 0) return '';
	const name = Math.max(...past.map(({run}) => run.target.length));
	const lines = past.flatMap(({run, path}) => [
		`${padTo(wordOf(run, theme.glyphs), 12)} ${padTo(run.target, name)}  ${elapsed(run, now)}`,
		...reason(run).map((line) => `  ${cut(line, 1000)}`),
		...(kept ? [`  logs: ${path}`] : []),
	]);
	const unfinished = past.filter(({run}) => run.status === 'running').length;
	if (unfinished > 0 && kept)
		lines.push(`${counted(unfinished, 'run')} broken off: meshboard, or the command with --resume, goes on.`);
	return lines.map(theme.text).join('\n');
}

/** A run that is still under way now goes with this process. */
function wordOf(run: RunState, glyphs: Glyphs): string {
	return run.status === 'running' ? `${glyphs.off} broken off` : runWord(run, glyphs).text;
}

function reason(run: RunState): readonly string[] {
	const step = currentStep(run);
	if (step === undefined || run.status === 'succeeded') return [];
	if (run.status !== 'failed') return [`stopped at: ${step.title}`];
	const errors = step.findings.filter(({severity}) => severity === 'error');
	return [`${step.title}: ${step.detail}`, ...errors.map(({id, remedy}) => `${id}: ${remedy.text}`)];
}

/** 0, or 1 when a run did not succeed. */
export function exitCodeOf(past: readonly PastRun[]): number {
	return past.every(({run}) => run.status === 'succeeded') ? 0 : 1;
}
