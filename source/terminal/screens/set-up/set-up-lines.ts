import {sanitise} from '../../../output/sanitise.ts';
import {fieldLine} from '../../components/field-line.ts';
import {bodyHeight} from '../../layout.ts';
import {listOf, locate} from '../../state/list-state.ts';
import {
	accountFault,
	answerWords,
	cursorOf,
	questionInFocus,
	type SetUpQuestion,
	type SetUpState,
	setUpQuestions,
} from '../../state/set-up.ts';
import type {World} from '../../state/world.ts';
import {paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {padTo} from '../../text/width.ts';
import type {Glyphs} from '../../theme.ts';

/** What was answered, the question with its answers, and what could not be looked at. */
export function setUpLines(state: SetUpState, world: World, glyphs: Glyphs, width: number): readonly Line[] {
	const {found, at} = state;
	const question = questionInFocus(state);
	if (found === undefined || question === undefined)
		return [
			[],
			...paragraph([span('  ')], 'Looking for kubeconfig, ssh-agent and ~/.ssh/config…', width, 'dim'),
			...paragraph([span('  ')], 'Nothing is contacted, and no key is read.', width, 'dim'),
		];
	const questions = setUpQuestions(state);
	const count = questions.length === 1 ? '' : `  question ${at + 1} of ${questions.length}`;
	const before = [
		[span('  The set-up', 'title'), span(count, 'dim')],
		...questions
			.slice(0, at)
			.map(
				(answered): Line => [
					span(`  ${glyphs.good} ${padTo(shortNames[answered.id], 10)}`, 'good'),
					span(answerWords(answered, state)),
				],
			),
		[],
	];
	const why = [...paragraph([span('  ')], question.why, width - 2, 'dim'), []];
	const after = [
		[],
		...found.survey.problems.flatMap((problem) =>
			paragraph([span(`  ${glyphs.warn} `, 'warn')], sanitise(problem), width - 2),
		),
		...paragraph([span('  ')], 'Saved as a profile, without secrets; all can be changed later.', width - 2, 'dim'),
	];
	// The answers have the room that is left, down to one: none of the rest is cut.
	const height = Math.max(1, bodyHeight(world.size) - before.length - 1 - why.length - after.length);
	return [
		...before,
		[span(`  ${question.title}`, 'accent'), span(placeIn(question, state, height), 'dim')],
		...why,
		...answerLines(question, state, height, glyphs, width),
		...after,
	];
}

type Choosing = Exclude<SetUpQuestion, {readonly id: 'account'}>;

const shortNames = {cluster: 'cluster', way: 'SSH', account: 'account'} as const;

function answerLines(
	question: SetUpQuestion,
	state: SetUpState,
	height: number,
	glyphs: Glyphs,
	width: number,
): readonly Line[] {
	if (question.id === 'account') {
		const fault = accountFault(question);
		return [
			fieldLine(span('  > ', 'accent'), question.field, {width, active: true}),
			...(fault === undefined ? [] : [[span(`    ${fault}`, 'bad')]]),
		];
	}
	const {index, top} = shownOf(question, state, height);
	return question.choices.slice(top, top + height).map(({words}, row): Line => {
		const chosen = top + row === index;
		return [span(`  ${chosen ? glyphs.cursor : ' '} `, 'accent'), {...span(words), bold: chosen}];
	});
}

/** The part of the answers that has room. */
function shownOf(question: Choosing, state: SetUpState, height: number) {
	const list = listOf(question.choices, ({words}) => words);
	return locate(cursorOf(question, state), list, height);
}

/** Which answer of how many the cursor is on, where not all are seen. */
function placeIn(question: SetUpQuestion, state: SetUpState, height: number): string {
	if (question.id === 'account') return '';
	const {index} = shownOf(question, state, height);
	const {length} = question.choices;
	return length > height ? ` (${index + 1} of ${length})` : '';
}
