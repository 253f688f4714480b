import {evidenceCommand} from '../../../diagnosis/evidence-command.ts';
import type {Evidence} from '../../../diagnosis/finding.ts';
import {manifestLines} from '../../../diagnosis/remedy-line.ts';
import type {DoctorItem} from '../../state/doctor-items.ts';
import {command, paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import type {Glyphs} from '../../theme.ts';
import {severityLook} from './cause-lines.ts';

/** A cause in full: what is wrong and with whom, what was read and how to read it again, what to do. */
export function evidenceLines(item: DoctorItem, glyphs: Glyphs, width: number): readonly Line[] {
	if (item.kind === 'open') {
		const several = new Set(item.checks.map(({target}) => target)).size > 1;
		return item.checks.flatMap(({target, title, detail}) =>
			paragraph([span(`${glyphs.unknown} `, 'warn')], `${several ? `${target}: ` : ''}${title}: ${detail}`, width),
		);
	}
	const {cases} = item;
	const [{found}, ...others] = cases;
	const {remedy, severity, evidence} = found;
	const {glyph, tone = 'plain'} = severityLook(severity, glyphs);
	return [
		...paragraph([span(`${glyph} `, tone)], found.summary, width),
		...(others.length === 0 ? paragraph([span('  ')], found.target, width, 'dim') : targetLines(cases, width)),
		[],
		[span('What to do', 'title')],
		...paragraph([span('  ')], remedy.text, width),
		...(remedy.command === undefined ? [] : command(remedy.command, width)),
		...manifestLines(remedy).flatMap((line) => paragraph([span('    ')], line, width, 'accent')),
		...(cases.some((each) => each.found.fixable === true)
			? [[span('  f', 'accent'), span(' mends it: the plan is shown first')]]
			: []),
		[],
		[span(others.length === 0 ? 'Evidence' : `Evidence of ${cases[0].target}`, 'title')],
		...evidence.flatMap((each) => readLines(each, width)),
	];
}

/** Those that have it; each with its own sentence where they differ. */
function targetLines(cases: (DoctorItem & {kind: 'cause'})['cases'], width: number): readonly Line[] {
	const same = cases.every(({found}) => found.summary === cases[0].found.summary);
	if (same) return paragraph([span('  ')], cases.map(({target}) => target).join(', '), width, 'dim');
	return cases.flatMap(({target, found}) => paragraph([span('  ')], `${target}: ${found.summary}`, width, 'dim'));
}

function readLines({source, text}: Evidence, width: number): readonly Line[] {
	const typed = evidenceCommand(source);
	const isItself = typed?.command === source;
	return [
		...(isItself ? [] : paragraph([span('  ')], `${source}:`, width, 'dim')),
		...(typed === undefined ? [] : command(`${typed.command}${typed.where === 'vm' ? '   # on the VM' : ''}`, width)),
		...paragraph([span('    ')], text, width),
	];
}
