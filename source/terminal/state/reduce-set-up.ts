import type {Intent} from '../intent.ts';
import {bodyHeight} from '../layout.ts';
import {listOf, moveBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {
	accountFault,
	cursorOf,
	noSetUp,
	profileOf,
	questionInFocus,
	type SetUpState,
	setUpQuestions,
} from './set-up.ts';
import {back, just, open, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Opens the set-up from its beginning. */
export function openSetUp(ui: Ui): Step {
	return {ui: open({...ui, setUp: noSetUp}, 'set-up'), effects: [{kind: 'survey'}]};
}

/** What a page of answers is: the screen without heading, question and what is told below them. */
function choicesHeight(world: World): number {
	return Math.max(1, bodyHeight(world.size) - 11);
}

/** The keys of the set-up. */
export function reduceSetUp(ui: Ui, intent: Intent, world: World): Step {
	const {setUp} = ui;
	const question = questionInFocus(setUp);
	if (isMove(intent) && question !== undefined && question.id !== 'account') {
		const list = listOf(question.choices, ({words}) => words);
		const cursor = moveBy(cursorOf(question, setUp), moveOf(intent), list, choicesHeight(world), ui.times);
		return put(ui, {cursors: {...setUp.cursors, [question.id]: cursor}});
	}
	switch (intent) {
		case 'set-up.take': {
			const fault = question?.id === 'account' ? accountFault(question) : undefined;
			if (fault !== undefined) return just(say(ui, `The account ${fault}.`, 'warn'));
			const isLast = setUp.at === setUpQuestions(setUp).length - 1;
			if (!isLast) return put(ui, {at: setUp.at + 1});
			return {ui, effects: [{kind: 'finish-set-up', profile: profileOf(setUp)}]};
		}
		case 'set-up.before':
			return put(ui, {at: Math.max(0, setUp.at - 1)});
		case 'set-up.skip':
		case 'back':
			// What was left to ask at the first start is taken from defaults.
			return {ui: back(ui), effects: world.link.kind === 'unasked' ? [{kind: 'skip-set-up'}] : []};
		default:
			return just(ui);
	}
}

function put(ui: Ui, part: Partial<SetUpState>): Step {
	return just({...ui, setUp: {...ui.setUp, ...part}});
}
