import type {Binding} from './bindings.ts';
import {rowInFocus, ruleOf} from './state/matrix-rows.ts';
import type {Ui} from './state/ui.ts';
import {activeRuns, type World} from './state/world.ts';

function noRule(ui: Ui, world: World): string | undefined {
	const row = rowInFocus(ui, world);
	if (row === undefined) return 'There is no way here.';
	return ruleOf(row, ui.matrix.tool) === undefined ? 'No rule is to be asked for here.' : undefined;
}

function underWay({matrix}: Ui, world: World): string | undefined {
	if (matrix.refs.length === 0) return 'There is no VM here.';
	const busy = activeRuns(world).some(({target}) => matrix.refs.includes(target));
	return busy || matrix.loading ? 'The ways are being tried.' : undefined;
}

const where = 'matrix';

/** The keys of the matrix. */
export const matrixKeys: readonly Binding[] = [
	{intent: 'matrix.again', keys: ['r'], words: 'try again', where, footer: 1, whyNot: underWay},
	{intent: 'matrix.watch', keys: ['w'], words: 'watch or not', where, footer: 2},
	{intent: 'matrix.tool', keys: ['t'], words: "another tool's rule", where, footer: 3, whyNot: noRule},
	{intent: 'matrix.copy', keys: ['y'], words: 'copy the rule', where, footer: 4, whyNot: noRule},
	{intent: 'matrix.zoom', keys: ['z'], words: 'zoom the detail', where, footer: 5},
	{
		intent: 'matrix.probe',
		keys: ['P'],
		words: 'plan to listen on the VMs and dial them from a probe pod',
		where,
		whyNot: underWay,
	},
	{intent: 'matrix.steps', keys: ['enter'], words: 'steps', where, footer: 6},
	{intent: 'back', keys: ['esc'], words: 'back', where, footer: 7},
];
