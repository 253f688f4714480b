import {foldCommand} from '../../../onboarding/fold-command.ts';
import type {RunState, StepState} from '../../../onboarding/run.ts';
import {command, findingLines, labelled, paragraph} from '../../text/document.ts';
import {duration} from '../../text/duration.ts';
import {type Line, type Span, span} from '../../text/line.ts';
import {checkWord, runWord, stepWord} from '../../text/state-words.ts';
import type {Glyphs} from '../../theme.ts';
import {matrixLines} from './matrix-lines.ts';

/** The step whose checks are ways, each from somewhere to somewhere. */
const matrix = 'check.flows';

/** The step tree of a run: commands as run, checks, findings with evidence and remedy. `path`: folder of its logs. */
export function runLines(
	run: RunState,
	glyphs: Glyphs,
	view: {readonly now: number; readonly width: number; readonly path: string},
): readonly Line[] {
	const {width} = view;
	return [
		[span(`${run.target} `, 'title'), runWord(run, glyphs), span(`  ${elapsed(run, view.now)}`, 'dim')],
		...labelled('host', run.host, width),
		...labelled('run', run.id, width),
		...(view.path === '' ? [] : labelled('logs', view.path, width)),
		[],
		...run.steps.flatMap((step) => stepLines(step, glyphs, view)),
	];
}

/** How long a run has taken since it was started or last resumed: nights between do not count. */
export function elapsed(run: RunState, now: number): string {
	if (run.seconds !== undefined) return duration(run.seconds * 1000);
	return duration((run.status === 'running' ? now : Date.parse(run.updatedAt)) - Date.parse(run.begunAt));
}

function stepLines(step: StepState, glyphs: Glyphs, view: {now: number; width: number}): readonly Line[] {
	const {width} = view;
	const word = stepWord(step, glyphs);
	const tried = step.attempts > 1 ? `attempt ${step.attempts}` : '';
	const aside = [time(step, view.now), tried, step.changed ? 'changed' : ''].filter((part) => part !== '');
	const head: Span[] = [{...word, text: word.text.padEnd(11)}, span(`${step.phase.padEnd(10)} `, 'dim')];
	return [
		...paragraph(head, `${step.title}${aside.length > 0 ? `  (${aside.join(', ')})` : ''}`, width),
		...(step.detail === ''
			? []
			: paragraph([span('    ')], step.detail, width, step.state === 'failed' ? 'bad' : 'plain')),
		...step.commands.flatMap(({where, text}, index) => [
			...(where === step.commands[index - 1]?.where ? [] : [[span(`    on ${where}`, 'dim')]]),
			...command(foldCommand(text), width, 4),
		]),
		...(step.id === matrix ? matrixLines(step.checks, glyphs, width) : []),
		...(step.id === matrix ? [] : step.checks).flatMap((check) => {
			const look = checkWord(check, glyphs);
			const text = check.detail === '' ? check.title : `${check.title}: ${check.detail}`;
			return paragraph([span('    '), {...look, text: look.text.padEnd(11)}], text, width);
		}),
		...step.findings.flatMap((finding) => findingLines(finding, glyphs, width, 4)),
	];
}

function time(step: StepState, now: number): string {
	if (step.startedAt === undefined) return '';
	const end = step.endedAt === undefined ? (step.state === 'running' ? now : Number.NaN) : Date.parse(step.endedAt);
	return Number.isNaN(end) ? '' : duration(end - Date.parse(step.startedAt));
}
