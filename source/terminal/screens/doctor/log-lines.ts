import type {MergedLine} from '../../../onboarding/doctor/merge-logs.ts';
import type {LogFilter} from '../../state/doctor-state.ts';
import {type Line, type Span, span} from '../../text/line.ts';

const tones: Readonly<Record<MergedLine['level'], Span['tone']>> = {
	'': 'plain',
	debug: 'dim',
	info: 'plain',
	warn: 'warn',
	error: 'bad',
	fatal: 'bad',
};

/** A line of the merged log: time of day (UTC), who says it, level, scope, words. */
export function logLine({at, from, level, scope, message}: MergedLine): Line {
	const time = at === 0 ? '--:--:--' : new Date(at).toISOString().slice(11, 19);
	return [
		span(`${time} `, 'dim'),
		span(from.padEnd(7), from === 'istiod' ? 'accent' : 'plain'),
		span(level.padEnd(6), tones[level] ?? 'plain'),
		...(scope === '' ? [] : [span(`${scope} `, 'dim')]),
		span(message, tones[level] ?? 'plain'),
	];
}

/** What the filter lets through, in words; empty: everything. */
export function filterWords({level, scope, text}: LogFilter): string {
	const words = [
		...(level === '' ? [] : [level === 'error' ? 'errors' : `${level} and above`]),
		...(scope === '' ? [] : [`scope ${scope}`]),
		...(text.text === '' ? [] : [`"${text.text}"`]),
	];
	return words.join(', ');
}
