import {describeAction} from '../../../onboarding/describe.ts';
import {hindrances, problemsFor} from '../../../onboarding/hindrances.ts';
import type {RunPlan} from '../../../onboarding/session.ts';
import {settingsOf} from '../../../onboarding/settings-of.ts';
import {counted} from '../../text/counted.ts';
import {command, findingLines, heading, labelled, paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {taskWords} from '../../text/task-words.ts';
import type {Glyphs} from '../../theme.ts';

/** What confirming would do, for `width` columns; `starts`: the line on which each target begins. */
export type PlanText = {readonly lines: readonly Line[]; readonly starts: readonly number[]};

let last: {plans: readonly RunPlan[]; glyphs: Glyphs; width: number; text: PlanText} | undefined;

/** The plans as lines; made once for each set of plans and width. */
export function planLines(plans: readonly RunPlan[], glyphs: Glyphs, width: number): PlanText {
	if (last?.plans === plans && last.glyphs === glyphs && last.width === width) return last.text;
	const lines: Line[] = [];
	const starts: number[] = [];
	for (const plan of plans) {
		if (lines.length > 0) lines.push([]);
		starts.push(lines.length);
		lines.push(...targetLines(plan, glyphs, width));
	}
	last = {plans, glyphs, width, text: {lines, starts}};
	return last.text;
}

/** How many errors are known of a target that stop its run before anything is done. */
export function errorsOf({target, options}: RunPlan): number {
	return hindrances(target, options.task).length;
}

function targetLines(plan: RunPlan, glyphs: Glyphs, width: number): readonly Line[] {
	const {target, steps, options} = plan;
	const known = problemsFor(target, options.task);
	const facts = known.filter(({severity}) => severity === 'info');
	const problems = known.filter(({severity}) => severity !== 'info');
	const errors = errorsOf(plan);
	return [
		[
			span(`${glyphs.rule}${glyphs.rule} ${target.ref} `, 'title'),
			errors === 0
				? span(`${glyphs.good} can ${taskWords[options.task].able}`, 'good')
				: span(`${glyphs.bad} ${counted(errors, 'error')}: stops before the VM is changed`, 'bad'),
		],
		...problems.flatMap((problem) => findingLines(problem, glyphs, width)),
		...settingsOf(plan).flatMap(({name, value, source}) =>
			labelled(`  ${name}`, source === '' ? value : `${value}  (${source})`, width, 19),
		),
		// Facts want nothing done: a line each, after what was asked for.
		...facts.flatMap(({id, summary}) => labelled('  note', `${summary} (${id})`, width, 19)),
		...heading('Steps'),
		...steps.flatMap((step) => [
			...paragraph([span(`  ${step.phase.padEnd(11)}`, 'dim')], step.title, width),
			...(step.foreseen ?? []).flatMap((line) => paragraph([span(' '.repeat(13))], line, width)),
			...step.actions.flatMap((action) => command(describeAction(action, target), width, 13)),
		]),
	];
}
