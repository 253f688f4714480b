import type {Severity} from '../../../diagnosis/finding.ts';
import {type Examined, isHealthy} from '../../../onboarding/doctor/examination.ts';
import type {DoctorItem} from '../../state/doctor-items.ts';
import {counted} from '../../text/counted.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, type Span, span} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';

/** The glyph and the tone of a severity; its word stands beside. */
export function severityLook(
	severity: Severity,
	glyphs: Glyphs,
): {readonly glyph: string; readonly tone: Span['tone']} {
	return {
		error: {glyph: glyphs.bad, tone: 'bad'},
		warning: {glyph: glyphs.warn, tone: 'warn'},
		info: {glyph: glyphs.off, tone: 'dim'},
	}[severity] as {glyph: string; tone: Span['tone']};
}

/** One line of the list of causes. */
export function causeLine(
	item: DoctorItem,
	{cursor, fresh, glyphs}: {readonly cursor: boolean; readonly fresh: boolean; readonly glyphs: Glyphs},
): Line {
	const lead = span(`${cursor ? glyphs.cursor : ' '} `, 'accent');
	const pieces = item.kind === 'open' ? openPieces(item, glyphs) : causePieces(item, fresh, glyphs);
	return cursor ? [lead, ...pieces].map((piece) => ({...piece, inverse: true})) : [lead, ...pieces];
}

function openPieces({checks}: DoctorItem & {kind: 'open'}, glyphs: Glyphs): readonly Span[] {
	return [span(`${glyphs.unknown} ${checks.length} not checked`, 'warn'), span(', which is not passed', 'dim')];
}

function causePieces({cases}: DoctorItem & {kind: 'cause'}, fresh: boolean, glyphs: Glyphs): readonly Span[] {
	const {id, severity, summary} = cases[0].found;
	const {glyph, tone = 'plain'} = severityLook(severity, glyphs);
	return [
		{...span(`${glyph} ${severity} ${id}`, tone), bold: severity === 'error'},
		...(cases.length > 1 ? [span(` (${counted(cases.length, 'VM')})`, 'accent')] : []),
		...(fresh ? [{text: ' new ', inverse: true}] : []),
		span(` ${summary}`),
	];
}

/** What stands in the list where nothing was found (yet). */
export function nothingLines(all: readonly Examined[], width: number): readonly Line[] {
	const open = all.length === 0 || all.some(({done}) => !done);
	if (open) return paragraph([span('  ')], 'Looking at everything at once…', width, 'dim');
	const well = all.every(isHealthy);
	const sentence = well ? 'Nothing was found.' : 'Nothing was found, but not all could be looked at.';
	return paragraph([span('  ')], sentence, width, well ? 'good' : 'warn');
}
