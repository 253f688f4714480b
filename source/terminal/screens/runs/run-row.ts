import {currentStep, type RunState} from '../../../onboarding/run.ts';
import {type Line, span} from '../../text/line.ts';
import {runWord} from '../../text/state-words.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';
import {elapsed} from '../run/run-lines.ts';

/** How wide the columns of the runs are; `rest` is the last line of output, or what the failed step said. */
export type RunColumns = {readonly name: number; readonly phase: number; readonly rest: number};

const fixed = {cursor: 4, word: 13, step: 6, elapsed: 7};

/** The columns for a width, from what the names need. */
export function runColumns(runs: readonly RunState[], width: number): RunColumns {
	const wanted = Math.max(4, ...runs.map(({target}) => target.length)) + 2;
	const phase = width >= 76 ? 10 : 0;
	const left = width - fixed.cursor - fixed.word - fixed.step - fixed.elapsed - phase;
	const name = Math.min(wanted, Math.max(14, left - 14));
	return {name, phase, rest: Math.max(0, left - name)};
}

export function runHeader({name, phase}: RunColumns): Line {
	const words = padTo('STATE', fixed.word) + padTo('VM', name) + (phase === 0 ? '' : padTo('PHASE', phase));
	return [
		span(
			`${' '.repeat(fixed.cursor)}${words}${padTo('STEP', fixed.step)}${padTo('TIME', fixed.elapsed)}LAST LINE`,
			'dim',
		),
	];
}

export type RunLook = {
	readonly cursor: boolean;
	/** 1 for the first run: the digit that jumps here. */
	readonly number: number;
	readonly now: number;
	readonly glyphs: Glyphs;
	/** The newest line of output. */
	readonly lastLine: string;
};

/** One VM: state, name, phase, step n of m, elapsed, and what was said last. */
export function runLine(run: RunState, columns: RunColumns, look: RunLook): Line {
	const {glyphs} = look;
	const word = runWord(run, glyphs);
	const step = currentStep(run);
	const at = step === undefined ? run.steps.length : run.steps.indexOf(step) + 1;
	const failed = run.status === 'failed' ? run.steps.find(({state}) => state === 'failed') : undefined;
	const cause = failed?.findings.find(({severity}) => severity === 'error');
	const digit = look.number <= 9 ? String(look.number) : ' ';
	const line: Line = [
		span(`${look.cursor ? glyphs.cursor : ' '} ${digit} `, look.cursor ? 'accent' : 'dim'),
		{...word, text: padTo(word.text, fixed.word)},
		span(
			padTo(run.target, columns.name - 1) +
				' ' +
				(columns.phase === 0 ? '' : padTo(run.status === 'succeeded' ? '' : (step?.phase ?? ''), columns.phase)) +
				padTo(`${at}/${run.steps.length}`, fixed.step) +
				padTo(elapsed(run, look.now), fixed.elapsed),
		),
		failed === undefined
			? span(look.lastLine, 'dim')
			: span(cause === undefined ? failed.detail : `${cause.id}: ${failed.detail}`, 'bad'),
	];
	return look.cursor ? line.map((piece) => ({...piece, bold: true})) : line;
}
