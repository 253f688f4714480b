import type {Task} from '../../onboarding/event.ts';
import type {Area} from '../bindings.ts';
import type {TextField} from '../input/text-field.ts';
import {isTooSmall} from '../layout.ts';
import {emptyCommandLine} from './command-line.ts';
import {createFocus} from './focus-create.ts';
import {questionInFocus} from './set-up.ts';
import {needsNoSession, screenOf, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Where keys go: areas of the keymap in order, and the text field that takes what the keymap does not. */
export type Focus = {
	readonly areas: readonly Area[];
	readonly field?: {readonly value: TextField; put(field: TextField): Ui};
};

/** What has the keys now: question, dialog, help, then the screen with its text field. */
export function focusOf(ui: Ui, world: World): Focus {
	// What cannot be seen is not answered by a key.
	if (isTooSmall(world.size)) return {areas: ['everywhere']};
	if (world.question !== undefined) {
		if (world.question.kind === 'confirm') return {areas: ['question', 'everywhere']};
		return typing('secret', ui.answer, (answer) => ({...ui, answer}));
	}
	const {dialog} = ui;
	if (dialog !== undefined) {
		if (dialog.kind === 'confirm' || dialog.kind === 'leave') return {areas: ['confirm', 'everywhere']};
		return typing('typed', dialog.field, (field) => ({...ui, dialog: {...dialog, field}}));
	}
	const {command} = ui;
	if (command !== undefined)
		return typing('command', command.field, (field) => ({...ui, command: {...emptyCommandLine, field}}));
	if (ui.help !== undefined) return {areas: ['help', 'lists', 'everywhere']};
	const screen = screenOf(ui);
	if (world.link.kind !== 'ready' && !needsNoSession(screen)) return {areas: ['start', 'screens', 'everywhere']};
	return screenFocus(ui);
}

function screenFocus(ui: Ui): Focus {
	const screen = screenOf(ui);
	switch (screen) {
		case 'fleet':
			if (ui.fleet.typing)
				return typing('filter', ui.fleet.filter, (filter) => ({...ui, fleet: {...ui.fleet, filter}}));
			if (ui.fleet.detail !== undefined) return {areas: ['detail', 'lists', 'screens', 'everywhere']};
			return {areas: ['fleet', 'lists', 'screens', 'everywhere']};
		case 'runs':
			if (ui.runs.searching) return typing('search', ui.runs.search, (search) => ({...ui, runs: {...ui.runs, search}}));
			return {areas: [...(ui.runs.zoom ? (['zoom'] as const) : []), 'runs', 'output', 'screens', 'everywhere']};
		case 'plan':
			return {areas: [...planKeys(ui.plan.options.task), 'plan', 'lists', 'screens', 'everywhere']};
		case 'profiles': {
			const {form} = ui.profiles;
			if (form === undefined) return {areas: ['profiles', 'lists', 'screens', 'everywhere']};
			const name = Object.keys(form.values)[form.index] ?? '';
			const value = form.values[name] ?? {text: '', cursor: 0};
			return typing('form', value, (field) => ({
				...ui,
				profiles: {...ui.profiles, form: {...form, values: {...form.values, [name]: field}}},
			}));
		}
		case 'doctor': {
			const {filter} = ui.doctor;
			if (!filter.typing) return {areas: ['doctor', 'lists', 'screens', 'everywhere']};
			return typing('doctor-search', filter.text, (text) => ({
				...ui,
				doctor: {...ui.doctor, filter: {...filter, text}},
			}));
		}
		case 'set-up': {
			const question = questionInFocus(ui.setUp);
			if (question?.id !== 'account') return {areas: ['set-up', 'lists', 'screens', 'everywhere']};
			return typing('set-up-account', question.field, (account) => ({...ui, setUp: {...ui.setUp, account}}));
		}
		case 'create':
			return createFocus(ui);
		case 'edit':
			return {areas: [ui.edit?.stage.kind === 'refused' ? 'edit-refused' : 'edit', 'lists', 'screens', 'everywhere']};
		default:
			return {areas: [screen, 'lists', 'screens', 'everywhere']};
	}
}

/** A check and a fix have no choice of their own; a bootstrap, a preparation or a proof alone is for scripts. */
function planKeys(task: Task): readonly Area[] {
	return task === 'onboard' || task === 'renew' || task === 'offboard' ? [`plan-${task}`] : [];
}

function typing(area: Area, value: TextField, put: (field: TextField) => Ui): Focus {
	return {areas: [area, 'everywhere'], field: {value, put}};
}
