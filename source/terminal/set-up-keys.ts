import type {Binding} from './bindings.ts';
import {questionInFocus} from './state/set-up.ts';
import type {Ui} from './state/ui.ts';
import {activeRuns, type World} from './state/world.ts';

/** The keys of the set-up, and those that open it, for the keymap. */
export const setUpKeys: readonly Binding[] = [
	...(['profiles', 'start'] as const).map(
		(where): Binding => ({intent: 'set-up', keys: ['s'], words: 'set up', where, footer: 5, whyNot: noSetUpNow}),
	),
	{intent: 'set-up.take', keys: ['enter'], words: 'take it', where: 'set-up', footer: 1, whyNot: stillLooking},
	{
		intent: 'set-up.before',
		keys: ['shift+tab', 'left'],
		words: 'the question before',
		where: 'set-up',
		footer: 3,
		whyNot: firstQuestion,
	},
	{intent: 'set-up.skip', keys: ['esc'], words: 'skip the set-up', where: 'set-up', footer: 2},
	{intent: 'set-up.take', keys: ['enter'], words: 'take it', where: 'set-up-account', footer: 1},
	{
		intent: 'set-up.before',
		keys: ['shift+tab', 'up'],
		words: 'the question before',
		where: 'set-up-account',
		footer: 3,
	},
	{intent: 'set-up.skip', keys: ['esc'], words: 'skip the set-up', where: 'set-up-account', footer: 2},
];

/** Why the set-up cannot be opened now; undefined: it can. */
export function noSetUpNow(_: Ui, world: World): string | undefined {
	if (!world.canSetUp) return 'There is nothing to set up here: meshboard without a command has it.';
	return activeRuns(world).length === 0
		? undefined
		: 'Runs are under way: wait for them, or cancel them, before another profile is used.';
}

function stillLooking({setUp}: Ui): string | undefined {
	return questionInFocus(setUp) === undefined ? 'This machine is still being looked at.' : undefined;
}

function firstQuestion({setUp}: Ui): string | undefined {
	return setUp.at === 0 ? 'This is the first question.' : undefined;
}
