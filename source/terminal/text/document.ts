import type {Finding} from '../../diagnosis/finding.ts';
import type {Problem} from '../state/world.ts';
import type {Glyphs} from '../theme.ts';
import {type Line, type Span, span, type Tone} from './line.ts';
import {padTo, wrap} from './width.ts';

/** Text after a prefix, wrapped; later lines are indented under the first. */
export function paragraph(prefix: readonly Span[], text: string, width: number, tone: Tone = 'plain'): readonly Line[] {
	const indent = prefix.reduce((sum, {text: part}) => sum + part.length, 0);
	return wrap(text, Math.max(8, width - indent)).map((line, index) => [
		...(index === 0 ? prefix : [span(' '.repeat(indent))]),
		span(line, tone),
	]);
}

/** `label   value` with labels of one width. */
export function labelled(label: string, value: string, width: number, labelWidth = 16): readonly Line[] {
	return paragraph([span(padTo(label, labelWidth), 'dim')], value === '' ? '-' : value, width);
}

/** A heading, with an empty line before it. */
export function heading(text: string): readonly Line[] {
	return [[], [span(text, 'title')]];
}

/** A command as one would type it. */
export function command(text: string, width: number, indent = 2): readonly Line[] {
	return paragraph([span(`${' '.repeat(indent)}$ `, 'dim')], text, width, 'accent');
}

/** A finding: id and sentence, what was read, what to do. */
export function findingLines(finding: Finding, glyphs: Glyphs, width: number, indent = 2): readonly Line[] {
	const tone = {error: 'bad', warning: 'warn', info: 'dim'} as const;
	const glyph = {error: glyphs.bad, warning: glyphs.warn, info: glyphs.off}[finding.severity];
	const pad = ' '.repeat(indent);
	const {remedy} = finding;
	return [
		...paragraph(
			[span(pad), span(`${glyph} ${finding.severity} ${finding.id} `, tone[finding.severity])],
			`${finding.summary} (${finding.target})`,
			width,
		),
		...finding.evidence.flatMap(({source, text}) =>
			paragraph([span(`${pad}  ${source}: `, 'dim')], text, width, 'dim'),
		),
		...paragraph([span(`${pad}  do: `, 'accent')], remedy.text, width),
		...(remedy.command === undefined ? [] : command(remedy.command, width, indent + 6)),
	];
}

/** A fault as a page: what happened, what was read, what to do next. */
export function problemLines(title: string, problem: Problem, width: number): readonly Line[] {
	return [
		[],
		[span(`  ${title}`, 'title'), span(`  ${problem.code}`, 'dim')],
		[],
		...paragraph([span('  ')], problem.sentence, width - 2),
		...problem.evidence.flatMap((line) => paragraph([span('    ')], line, width - 2, 'dim')),
		...(problem.hint === '' ? [] : [[], ...paragraph([span('  ')], problem.hint, width - 2, 'accent')]),
	];
}
