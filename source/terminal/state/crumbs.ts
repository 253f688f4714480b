import {type ScreenName, screenOf, type Ui} from './ui.ts';

const names: Readonly<Record<ScreenName, string>> = {
	fleet: 'fleet',
	plan: 'plan',
	runs: 'runs',
	run: 'steps',
	profiles: 'profiles',
	broken: 'broken off',
	create: 'create',
	edit: 'edit',
	matrix: 'matrix',
	doctor: 'doctor',
	'set-up': 'set-up',
};

/** The way to what is shown, from the fleet on; esc goes it back. */
export function crumbsOf(ui: Ui): readonly string[] {
	const screen = screenOf(ui);
	return [
		...ui.stack.map((each) => names[each]),
		...(screen === 'fleet' && ui.fleet.detail !== undefined ? ['details'] : []),
		...(screen === 'runs' && ui.runs.zoom ? ['output'] : []),
		...(screen === 'matrix' && ui.matrix.zoom ? ['way'] : []),
		...(screen === 'create' && ui.create.form !== undefined ? [ui.create.form.builder] : []),
		...(screen === 'profiles' && ui.profiles.form !== undefined ? [ui.profiles.form.original ?? 'new'] : []),
		...(ui.help === undefined ? [] : ['help']),
	];
}
