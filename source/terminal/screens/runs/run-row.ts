import {progressOf, type StepTimes} from '../../../onboarding/progress.ts';
import {currentStep, type RunState} from '../../../onboarding/run.ts';
import {duration} from '../../text/duration.ts';
import {type Line, type Span, span, type Tone} from '../../text/line.ts';
import {runWord} from '../../text/state-words.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';
import {elapsed} from '../run/run-lines.ts';

/** How wide the columns of the runs are; `rest` is the last line of output, or what the failed step said. */
export type RunColumns = {
	readonly name: number;
	readonly bar: number;
	readonly phase: number;
	readonly left: number;
	readonly rest: number;
};

const fixed = {cursor: 4, word: 13, step: 6, elapsed: 7};

const fixedWidth = fixed.cursor + fixed.word + fixed.step + fixed.elapsed;

/** Columns that the last line needs to say anything; what is less worth than it gives way. */
const leastRest = 12;

/** From this width on, there is room for both. */
const roomyFrom = 72;

/** Cells of a bar. */
const barCells = 8;

/** The columns for a width, from what the names need. */
export function runColumns(runs: readonly RunState[], width: number): RunColumns {
	const wanted = Math.max(4, ...runs.map(({target}) => target.length)) + 2;
	// Which VM it is comes before what it said last.
	const name = Math.min(wanted, Math.max(14, width - fixedWidth - (width < roomyFrom ? 0 : leastRest)));
	let rest = width - fixedWidth - name;
	const take = (columns: number) => {
		if (rest - columns < leastRest) return 0;
		rest -= columns;
		return columns;
	};
	const [bar, left, phase] = [take(barCells + 1), take(7), take(10)];
	return {name, bar, phase, left, rest: rest < leastRest ? 0 : rest};
}

export function runHeader({name, bar, phase, left, rest}: RunColumns): Line {
	const words = [
		padTo('STATE', fixed.word),
		padTo('VM', name),
		' '.repeat(bar),
		padTo('PHASE', phase),
		padTo('STEP', fixed.step),
		padTo('TIME', fixed.elapsed),
		padTo('LEFT', left),
	];
	return [span(`${' '.repeat(fixed.cursor)}${words.join('')}${rest === 0 ? '' : 'LAST LINE'}`, 'dim')];
}

export type RunLook = {
	readonly cursor: boolean;
	/** 1 for the first run: the digit that jumps here. */
	readonly number: number;
	readonly now: number;
	readonly times: StepTimes;
	readonly glyphs: Glyphs;
	/** The newest line of output. */
	readonly lastLine: string;
};

/** One VM: state, name, how far it is, phase, step n of m, elapsed, what is likely left, and what was said last. */
export function runLine(run: RunState, columns: RunColumns, look: RunLook): Line {
	const {glyphs} = look;
	const word = runWord(run, glyphs);
	const step = currentStep(run);
	const at = step === undefined ? run.steps.length : run.steps.indexOf(step) + 1;
	const failed = run.status === 'failed' ? run.steps.find(({state}) => state === 'failed') : undefined;
	const cause = failed?.findings.find(({severity}) => severity === 'error');
	const {done, secondsLeft} = progressOf(run, look.times, look.now);
	const left = secondsLeft === undefined || run.status !== 'running' ? '' : `~${duration(secondsLeft * 1000)}`;
	const digit = look.number <= 9 ? String(look.number) : ' ';
	const line: Line = [
		span(`${look.cursor ? glyphs.cursor : ' '} ${digit} `, look.cursor ? 'accent' : 'dim'),
		{...word, text: padTo(word.text, fixed.word)},
		span(`${padTo(run.target, columns.name - 1)} `),
		...(columns.bar === 0 ? [] : bar(done, glyphs, word.tone)),
		span(
			padTo(run.status === 'succeeded' ? '' : (step?.phase ?? ''), columns.phase) +
				padTo(`${at}/${run.steps.length}`, fixed.step) +
				padTo(elapsed(run, look.now), fixed.elapsed) +
				padTo(left, columns.left),
		),
		columns.rest === 0
			? span('')
			: failed === undefined
				? span(look.lastLine, 'dim')
				: span(cause === undefined ? failed.detail : `${cause.id}: ${failed.detail}`, 'bad'),
	];
	return look.cursor ? line.map((piece) => ({...piece, bold: true})) : line;
}

/** Full only when all is done. */
function bar(done: number, {barDone, barLeft}: Glyphs, tone: Tone = 'plain'): readonly Span[] {
	const cells = Math.floor(done * barCells);
	return [span(barDone.repeat(cells), tone), span(`${barLeft.repeat(barCells - cells)} `, 'dim')];
}
