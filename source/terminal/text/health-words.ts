import {type Examined, isHealthy} from '../../onboarding/doctor/examination.ts';
import type {Glyphs} from '../theme.ts';
import {counted} from './counted.ts';
import {duration} from './duration.ts';
import {type Span, span} from './line.ts';

/** What the doctor has last said of a proxy, and how long ago: glyph and words. */
export function healthWord(examined: Examined | undefined, glyphs: Glyphs, now: number): Span {
	if (examined === undefined) return span('-', 'dim');
	const {findings, lookedAt, done} = examined;
	if (!done || lookedAt === undefined) return span(`${glyphs.running} looking`, 'accent');
	const age = duration(now - lookedAt);
	const errors = findings.filter(({severity}) => severity === 'error');
	const warnings = findings.filter(({severity}) => severity === 'warning');
	const [first] = errors;
	if (first !== undefined) {
		const more = errors.length > 1 ? ` +${errors.length - 1}` : '';
		return span(`${glyphs.bad} ${first.id}${more} ${age}`, 'bad');
	}
	if (!isHealthy(examined)) return span(`${glyphs.unknown} not known ${age}`, 'warn');
	if (warnings.length > 0) return span(`${glyphs.warn} ${counted(warnings.length, 'warning')} ${age}`, 'warn');
	return span(`${glyphs.good} sound ${age}`, 'good');
}
