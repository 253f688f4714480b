import {toYaml} from '../../../mesh/yaml.ts';
import type {Rehearsal} from '../../../onboarding/objects/rehearse.ts';
import {type DiffLine, lineDiff} from '../../../output/line-diff.ts';
import type {Problem} from '../../problem-of.ts';
import {paragraph, problemLines} from '../../text/document.ts';
import {type Line, span, type Tone} from '../../text/line.ts';

const tones: Readonly<Record<DiffLine['sign'], Tone>> = {'+': 'good', '-': 'bad', ' ': 'plain', '@': 'dim'};

let last: {rehearsal: Rehearsal; warning: string | undefined; width: number; lines: readonly Line[]} | undefined;

/** What applying changes, as the server answered: every line of a new object, else what is taken out and put in. `warning` goes before it. Made once for each answer and width. */
export function reviewLines(rehearsal: Rehearsal, warning: string | undefined, width: number): readonly Line[] {
	if (last?.rehearsal === rehearsal && last.warning === warning && last.width === width) return last.lines;
	const {before, after} = rehearsal;
	const texts = toYaml(after).trimEnd().split('\n');
	const changed: readonly DiffLine[] =
		before === undefined ? texts.map((text): DiffLine => ({sign: '+', text})) : lineDiff(toYaml(before), toYaml(after));
	const shown = changed.length > 0 ? changed : texts.map((text): DiffLine => ({sign: ' ', text}));
	const lines = [
		...(warning === undefined ? [] : paragraph([span('! ', 'warn')], warning, width, 'warn')),
		...shown.flatMap(({sign, text}) => paragraph([span(`${sign} `, tones[sign])], text, width, tones[sign])),
	];
	last = {rehearsal, warning, width, lines};
	return lines;
}

/** Why the server would not take it, in its words. */
export function refusedLines(problem: Problem, width: number): readonly Line[] {
	return problemLines('The cluster would not take it', problem, width);
}
