import {type Binding, keyFor} from './bindings.ts';
import {panesOf} from './state/listed-runs.ts';
import {runInFocus} from './state/look.ts';
import type {Ui} from './state/ui.ts';
import type {World} from './state/world.ts';

const noFocus = (ui: Ui, world: World) => (runInFocus(ui, world) === undefined ? 'There is no run here.' : undefined);
const notSearching = (ui: Ui, world: World) =>
	ui.runs.search.text === '' ? `Nothing is searched for: ${keyFor('output.search', world.keymap)} begins.` : undefined;

function noMorePanes(ui: Ui, world: World): string | undefined {
	if (world.runs.length < 2) return 'There is one run at most: one pane is enough.';
	const {columns, rows} = panesOf({...ui, runs: {...ui.runs, zoom: false, grid: 2}}, world);
	return columns * rows === 1 ? 'There is no room for a second pane: make the terminal larger.' : undefined;
}

function noCommands(ui: Ui, world: World): string | undefined {
	const run = runInFocus(ui, world);
	if (run === undefined) return 'There is no run here.';
	return run.steps.some(({commands}) => commands.length > 0) ? undefined : `${run.target} has run no command yet.`;
}

const where = 'output';

/** The keys of the panes with the output of runs. */
export const outputKeys: readonly Binding[] = [
	{intent: 'output.zoom', keys: ['z'], words: 'zoom', where, footer: 6, whyNot: noFocus},
	{intent: 'output.search', keys: ['/'], words: 'search', where, footer: 7, whyNot: noFocus},
	{intent: 'output.next-match', keys: ['n'], words: 'next match', where, whyNot: notSearching},
	{intent: 'output.previous-match', keys: ['N'], words: 'previous match', where, whyNot: notSearching},
	{intent: 'output.follow', keys: ['G', 'end', 'f'], words: 'follow the newest line', where, whyNot: noFocus},
	{intent: 'output.first', keys: ['g g', 'home'], words: 'to the first line', where, whyNot: noFocus},
	{intent: 'output.page-up', keys: ['pgup', 'ctrl+u', 'ctrl+b'], words: 'a page up', where, whyNot: noFocus},
	{
		intent: 'output.page-down',
		keys: ['pgdn', 'ctrl+d', 'ctrl+f'],
		words: 'a page down',
		where,
		whyNot: noFocus,
	},
	{intent: 'output.wrap', keys: ['w'], words: 'wrap', where, footer: 8},
	{
		intent: 'output.grid',
		keys: ['v'],
		words: 'one, two or four panes',
		where,
		footer: 9,
		whyNot: noMorePanes,
	},
	{intent: 'output.stamps', keys: ['t'], words: 'the time of each line', where},
	{intent: 'output.mark', keys: ['M'], words: 'draw a line under what there is', where, whyNot: noFocus},
	{intent: 'output.save', keys: ['ctrl+s'], words: 'save to a file', where, whyNot: noFocus},
	{intent: 'output.copy', keys: ['y'], words: 'copy what is shown', where, whyNot: noFocus},
	{intent: 'run.copy', keys: ['y'], words: 'copy the commands', where: 'run', footer: 6, whyNot: noCommands},
	{intent: 'output.down', keys: ['j', 'down'], words: 'a line down', where: 'zoom'},
	{intent: 'output.up', keys: ['k', 'up'], words: 'a line up', where: 'zoom'},
	{intent: 'search.apply', keys: ['enter'], words: 'go to the match', where: 'search', footer: 1},
	{intent: 'search.clear', keys: ['esc'], words: 'clear it', where: 'search', footer: 2},
];
