import type {Binding} from './bindings.ts';
import {fixableInFocus, noOther, proxyInFocus, remedyInFocus} from './state/doctor-items.ts';
import type {Ui} from './state/ui.ts';
import type {World} from './state/world.ts';

/** The keys of the doctor's screen, for the keymap. */
export const doctorKeys: readonly Binding[] = [
	{intent: 'doctor.copy', keys: ['y'], words: 'copy the command', where: 'doctor', footer: 1, whyNot: noCommand},
	{intent: 'doctor.fix', keys: ['f'], words: 'mend it', where: 'doctor', footer: 1, whyNot: notMendable},
	{intent: 'doctor.next-pane', keys: ['tab'], words: 'next part', where: 'doctor', footer: 2},
	{intent: 'doctor.previous-pane', keys: ['shift+tab'], words: 'previous part', where: 'doctor'},
	{intent: 'doctor.zoom', keys: ['z', 'enter'], words: 'zoom', where: 'doctor', footer: 3},
	{intent: 'doctor.again', keys: ['r'], words: 'look again', where: 'doctor', footer: 5},
	{intent: 'doctor.watch', keys: ['w'], words: 'watch or not', where: 'doctor', footer: 6},
	{intent: 'doctor.level', keys: ['l'], words: 'level of the log', where: 'doctor', footer: 7},
	{intent: 'doctor.scope', keys: ['s'], words: 'scope of the log', where: 'doctor', footer: 8},
	{intent: 'doctor.search', keys: ['/'], words: 'text of the log', where: 'doctor', footer: 9},
	{
		intent: 'doctor.raise',
		keys: ['L'],
		words: "raise the proxy's log level for a while, or put it back",
		where: 'doctor',
		dangerous: true,
		whyNot: notSeen,
	},
	{intent: 'doctor.next', keys: ['n', 'right'], words: 'next VM', where: 'doctor', footer: 4, whyNot: noOther},
	{intent: 'doctor.previous', keys: ['N', 'left'], words: 'previous VM', where: 'doctor', whyNot: noOther},
	{intent: 'doctor.search-apply', keys: ['enter'], words: 'keep the text', where: 'doctor-search', footer: 1},
	{intent: 'doctor.search-clear', keys: ['esc'], words: 'clear it', where: 'doctor-search', footer: 2},
];

function notSeen(ui: Ui, world: World): string | undefined {
	return proxyInFocus(ui, world)?.done === true ? undefined : 'The proxy is still being looked at.';
}

function notMendable(ui: Ui, world: World): string | undefined {
	if (remedyInFocus(ui, world) === undefined) return 'There is no cause under the cursor.';
	return fixableInFocus(ui, world).length === 0 ? 'meshboard cannot mend this itself: what to do is told.' : undefined;
}

function noCommand(ui: Ui, world: World): string | undefined {
	const remedy = remedyInFocus(ui, world);
	if (remedy === undefined) return 'There is no cause under the cursor.';
	return remedy.command === undefined ? 'No command mends this: what to do is told in words.' : undefined;
}
