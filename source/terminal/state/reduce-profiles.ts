import type {Profile} from '../../ports.ts';
import {isProfileName, profileSettings, settingNames} from '../../profile-settings.ts';
import {emptyField, fieldOf, type TextField} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight} from '../layout.ts';
import {listOf, locate, moveBy} from './list-state.ts';
import {isMove, moveOf} from './move-of.ts';
import {back, type FormState, just, type Step, type Ui} from './ui.ts';
import {activeRuns, type ProfileItem, type World} from './world.ts';

/** The field of the form that is no setting: the profile's name. */
export const nameField = 'name';

/** Lines of the list of profiles, under its heading. */
export function profilesHeight(world: World): number {
	return Math.max(1, bodyHeight(world.size) - 1);
}

/** The profile under the cursor. */
function chosenProfile(ui: Ui, world: World): ProfileItem | undefined {
	const list = listOf(world.profiles, ({name}) => name, ui.profiles.list.index);
	return world.profiles[locate(ui.profiles.list, list, profilesHeight(world)).index];
}

/** The keys of the profiles and of their form. */
export function reduceProfiles(ui: Ui, intent: Intent, world: World): Step {
	const {form} = ui.profiles;
	if (form !== undefined) return reduceForm(ui, form, intent, world);
	if (isMove(intent)) {
		const list = listOf(world.profiles, ({name}) => name, ui.profiles.list.index);
		const moved = moveBy(ui.profiles.list, moveOf(intent), list, profilesHeight(world), ui.times);
		return just({...ui, profiles: {...ui.profiles, list: moved}});
	}
	if (intent === 'back') return just(back(ui));
	if (intent === 'profiles.new') return put(ui, formFor(undefined, {}));
	const chosen = chosenProfile(ui, world);
	if (chosen === undefined) return just(ui);
	switch (intent) {
		case 'profiles.edit':
			return put(ui, formFor(chosen.name, chosen.profile));
		case 'profiles.use':
			return chooseProfile(ui, chosen.name, world);
		case 'profiles.remove':
			return just({
				...ui,
				dialog: {
					kind: 'word',
					title: `Remove the profile ${chosen.name}?`,
					detail: [
						'Its settings are gone for good. VMs and the cluster are not touched.',
						`Type ${chosen.name} to remove it.`,
					],
					word: chosen.name,
					field: emptyField,
					yes: {kind: 'remove-profile', name: chosen.name},
				},
			});
		default:
			return just(ui);
	}
}

/** Uses a profile from now on, unless runs are under way. */
export function chooseProfile(ui: Ui, name: string, world: World): Step {
	const busy = activeRuns(world).length;
	if (busy === 0 || !world.canConnect) return {ui, effects: [{kind: 'use-profile', name}]};
	return just({
		...ui,
		notice: {text: 'Runs are under way: wait for them, or cancel them, before another profile is used.', tone: 'warn'},
	});
}

function reduceForm(ui: Ui, form: FormState, intent: Intent, world: World): Step {
	const count = Object.keys(form.values).length;
	switch (intent) {
		case 'form.next':
			return put(ui, {...form, index: (form.index + 1) % count});
		case 'form.previous':
			return put(ui, {...form, index: (form.index + count - 1) % count});
		case 'form.leave':
			return put(ui, undefined);
		case 'form.save': {
			const {name, profile, errors} = readForm(form, world);
			const wrong = Object.keys(form.values).findIndex((field) => errors[field] !== undefined);
			if (wrong !== -1) return put(ui, {...form, errors, index: wrong});
			return {ui: put(ui, {...form, errors}).ui, effects: [{kind: 'save-profile', name, profile}]};
		}
		default:
			return just(ui);
	}
}

/** What the form says, with a clause for each field that is wrong. An empty field is a setting that is not set. */
function readForm(
	form: FormState,
	world: World,
): {readonly name: string; readonly profile: Profile; readonly errors: Readonly<Record<string, string>>} {
	const errors: Record<string, string> = {};
	const text = (field: string) => form.values[field]?.text.trim() ?? '';
	const name = form.original ?? text(nameField);
	if (!isProfileName(name)) errors[nameField] = 'must begin with a letter or digit, then also . _ -, at most 63';
	else if (form.original === undefined && world.profiles.some((profile) => profile.name === name))
		errors[nameField] = 'is taken by another profile';
	const good = settingNames.flatMap((setting) => {
		const word = text(setting);
		if (word === '') return [];
		const outcome = profileSettings[setting].check(profileSettings[setting].read(word));
		if ('value' in outcome) return [[setting, outcome.value] as const];
		errors[setting] = outcome.refused;
		return [];
	});
	return {name, profile: Object.fromEntries(good), errors};
}

function formFor(original: string | undefined, profile: Profile): FormState {
	const settings = settingNames.map((setting): [string, TextField] => {
		const value = profile[setting];
		return [setting, fieldOf(value === undefined ? '' : Array.isArray(value) ? value.join(',') : String(value))];
	});
	const values = original === undefined ? [[nameField, emptyField] as [string, TextField], ...settings] : settings;
	return {original, values: Object.fromEntries(values), index: 0, errors: {}};
}

function put(ui: Ui, form: FormState | undefined): Step {
	return just({...ui, profiles: {...ui.profiles, form}});
}
