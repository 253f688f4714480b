import type {Finding} from '../../diagnosis/finding.ts';
import {manifestLines} from '../../diagnosis/remedy-line.ts';
import type {Problem} from '../problem-of.ts';
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

/** Text after a head of its own look, wrapped; later lines are indented by two, however long the head is. */
function hanging(indent: number, head: Span, text: string, width: number): readonly Line[] {
	const [first = '', ...more] = wrap(head.text + text, Math.max(8, width - indent - 2));
	const at = head.text.length;
	return [
		[span(' '.repeat(indent)), {...head, text: first.slice(0, at)}, span(first.slice(at))],
		...more.map((line): Line => [span(' '.repeat(indent + 2)), span(line)]),
	];
}

/** `label   value` with labels of one width. */
export function labelled(label: string, value: string, width: number, labelWidth = 17): readonly Line[] {
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
	const {remedy} = finding;
	return [
		...hanging(
			indent,
			span(`${glyph} ${finding.severity} ${finding.id}`, tone[finding.severity]),
			` ${finding.summary} (${finding.target})`,
			width,
		),
		...finding.evidence.flatMap(({source, text}) => hanging(indent + 2, span(`${source}:`, 'dim'), ` ${text}`, width)),
		...hanging(indent + 2, span('do:', 'accent'), ` ${remedy.text}`, width),
		...(remedy.command === undefined ? [] : command(remedy.command, width, indent + 6)),
		...manifestLines(remedy).flatMap((line) => paragraph([span(' '.repeat(indent + 6))], line, width, 'accent')),
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
