import type {Check} from '../../diagnosis/finding.ts';
import {flowWords} from '../../diagnosis/flow-words.ts';
import type {ProxyState} from '../../fleet/row.ts';
import type {RunState, StepState} from '../../onboarding/run.ts';
import type {Glyphs} from '../theme.ts';
import {type Span, span} from './line.ts';
import {taskWords} from './task-words.ts';

/** How an entry's proxy stands: glyph and word. */
export function proxyWord({state}: ProxyState, glyphs: Glyphs): Span {
	switch (state) {
		case 'synced':
			return span(`${glyphs.good} synced`, 'good');
		case 'stale':
			return span(`${glyphs.warn} stale`, 'warn');
		case 'rejected':
			return span(`${glyphs.bad} rejected`, 'bad');
		case 'absent':
			return span(`${glyphs.off} absent`, 'dim');
		case 'unknown':
			return span(`${glyphs.unknown} unknown`, 'dim');
	}
}

/** How a run stands: glyph and word. A run that waits for its turn has begun no step. */
export function runWord(run: RunState, glyphs: Glyphs): Span {
	switch (run.status) {
		case 'running':
			return run.steps.every(({state}) => state === 'pending')
				? span(`${glyphs.pending} waiting`, 'dim')
				: span(`${glyphs.running} running`, 'accent');
		case 'succeeded':
			return span(`${glyphs.good} ${taskWords[run.options.task].done}`, 'good');
		case 'failed':
			return span(`${glyphs.bad} failed`, 'bad');
		case 'cancelled':
			return span(`${glyphs.off} cancelled`, 'warn');
	}
}

/** How a step stands: glyph and word. */
export function stepWord({state}: StepState, glyphs: Glyphs): Span {
	switch (state) {
		case 'pending':
			return span(`${glyphs.pending} to do`, 'dim');
		case 'running':
			return span(`${glyphs.running} running`, 'accent');
		case 'succeeded':
			return span(`${glyphs.good} done`, 'good');
		case 'failed':
			return span(`${glyphs.bad} failed`, 'bad');
		case 'skipped':
			return span(`${glyphs.skipped} skipped`, 'warn');
	}
}

/** How a check went. */
export function checkWord({outcome}: Pick<Check, 'outcome'>, glyphs: Glyphs): Span {
	return {
		passed: span(`${glyphs.good} passed`, 'good'),
		failed: span(`${glyphs.bad} failed`, 'bad'),
		warning: span(`${glyphs.warn} warning`, 'warn'),
		'not-done': span(`${glyphs.unknown} not done`, 'dim'),
	}[outcome];
}

/** What came of a network flow: the glyph tells how it is judged. */
export function flowWord({outcome, result}: Pick<Check, 'outcome' | 'result'>, glyphs: Glyphs): Span {
	const word = checkWord({outcome}, glyphs);
	return result === undefined ? word : {...word, text: `${word.text.split(' ')[0] ?? ''} ${flowWords[result]}`};
}
