import type {Check} from '../../../diagnosis/finding.ts';
import {joinHostPort} from '../../../mesh/ip.ts';
import {explanationOf, type MatrixRow, ruleOf} from '../../state/matrix-rows.ts';
import {command, labelled, paragraph} from '../../text/document.ts';
import {type Line, type Span, span} from '../../text/line.ts';
import {flowWord} from '../../text/state-words.ts';
import type {Glyphs} from '../../theme.ts';

/** All that is known of a row: the way and how it went, whose rule closes it and what shows that, and the rule to ask for as one tool takes it. */
export function wayDetail(
	row: MatrixRow | undefined,
	tool: string | undefined,
	glyphs: Glyphs,
	width: number,
): readonly Line[] {
	if (row === undefined) return [];
	const explanation = explanationOf(row);
	const rule = ruleOf(row, tool);
	const head =
		row.kind === 'way' ? wayLines(row.way.check, row.way.was, glyphs, width) : paragraph([], row.words, width);
	return [
		...head,
		...(explanation === undefined
			? []
			: [
					...('id' in explanation
						? labelled('cause', `${explanation.id}: ${explanation.summary ?? ''}`, width, label)
						: []),
					...labelled('to do', explanation.remedy.text, width, label),
				]),
		...(rule === undefined
			? explanation?.remedy.command === undefined
				? []
				: command(explanation.remedy.command, width, label)
			: [
					[span('rule'.padEnd(label), 'dim'), ...toolSpans(rule.tools, rule.tool)],
					...rule.rule.split('\n').flatMap((line) => command(line, width, label)),
				]),
		...(explanation?.evidence ?? []).flatMap(({source, text}) => labelled('seen', `${source}: ${text}`, width, label)),
	];
}

const label = 8;

function wayLines(check: Check, was: Check | undefined, glyphs: Glyphs, width: number): readonly Line[] {
	const {title, from = '', to = '', port, why = '', detail, ms, tries} = check;
	const lost = tries === undefined || tries.open === tries.made ? '' : `, ${tries.made - tries.open} lost`;
	const times =
		tries === undefined ? `${ms} ms` : `${tries.fastest} to ${tries.slowest} ms in ${tries.made} tries${lost}`;
	return [
		...paragraph([], `${title}: ${from} ${arrow} ${joinHostPort(to, port)}${why === '' ? '' : `, ${why}`}`, width),
		...paragraph(
			[flowWord(check, glyphs), span('  ')],
			[detail, times, was === undefined ? [] : `it was: ${flowWord(was, glyphs).text}`]
				.flat()
				.join(`  ${glyphs.separator}  `),
			width,
		),
	];
}

const arrow = 'to';

function toolSpans(tools: readonly string[], shown: string): readonly Span[] {
	return tools.map((tool) =>
		tool === shown ? {...span(`[${tool}] `, 'accent'), bold: true} : span(`${tool} `, 'dim'),
	);
}
