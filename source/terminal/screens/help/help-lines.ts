import type {Area, Binding} from '../../bindings.ts';
import {bindingsIn, reasonAgainst} from '../../bindings.ts';
import {commands, usageOf} from '../../command-table.ts';
import {focusOf} from '../../state/focus.ts';
import type {Ui} from '../../state/ui.ts';
import type {World} from '../../state/world.ts';
import {heading, paragraph} from '../../text/document.ts';
import {type Line, span} from '../../text/line.ts';
import {defaultGlyphs, type Glyphs} from '../../theme.ts';

/** What the parts of the screens are called in the help and in docs/keys.md. */
export const areaNames: Readonly<Record<Area, string>> = {
	everywhere: 'Everywhere',
	screens: 'On every screen',
	lists: 'Lists and texts',
	fleet: 'Fleet',
	detail: 'Details of an entry',
	filter: 'Typing a filter',
	command: 'Command line',
	plan: 'Plan',
	'plan-onboard': 'Plan of an onboarding',
	'plan-renew': 'Plan of a renewal',
	'plan-offboard': 'Plan of an offboarding',
	runs: 'Runs',
	output: 'Output of a run',
	zoom: 'Output, zoomed',
	search: 'Typing a search',
	run: 'Steps of a run',
	matrix: 'Matrix',
	doctor: 'Doctor',
	'doctor-search': 'Doctor: typing a text of the log',
	profiles: 'Profiles',
	form: 'Editing a profile',
	'set-up': 'Set-up',
	'set-up-account': 'Set-up: typing the account',
	broken: 'Broken-off runs',
	create: 'Create: which kind',
	'create-form': 'Create: the form',
	'create-choices': 'Create: choosing an answer',
	'create-yaml': 'Create: the YAML alone',
	'create-wait': 'Create: the server is asked',
	'create-review': 'Create: what would change',
	'create-refused': 'Create: it was refused',
	edit: 'An edited entry: what would change',
	'edit-refused': 'An edited entry: it was refused',
	help: 'Help',
	start: 'Without a connection',
	confirm: 'Asked before something is done',
	typed: 'Typing a confirmation or a reason',
	question: 'A question of a connection (host key)',
	secret: 'A password or passphrase',
};

/** How keys are written for people. */
export function keyNames({keys}: Pick<Binding, 'keys'>, {arrows}: Pick<Glyphs, 'arrows'> = defaultGlyphs): string {
	if (keys.length === 9 && keys[0] === '1') return '1…9';
	return keys
		.map((key) =>
			key
				.split(' ')
				.map((each) => (isArrow(each) ? arrows[each] : each))
				.join(''),
		)
		.join(' ');
}

function isArrow(key: string): key is keyof Glyphs['arrows'] {
	return Object.hasOwn(defaultGlyphs.arrows, key);
}

/** The keys that mean something on the screen under the help; those that cannot be used now say why. */
export function helpLines(ui: Ui, world: World, width: number, glyphs: Glyphs): readonly Line[] {
	const {areas} = focusOf(ui, world);
	const shown = new Set(bindingsIn(areas, world.keymap));
	return [
		[span(`meshboard ${world.version}`, 'dim')],
		...areas.flatMap((area): readonly Line[] => {
			const bindings = bindingsIn([area], world.keymap).filter((binding) => shown.has(binding));
			if (bindings.length === 0) return [];
			return [
				...heading(areaNames[area]),
				...bindings.flatMap((binding) => {
					const reason = reasonAgainst(binding, ui, world);
					const keys = span(`  ${keyNames(binding, glyphs).padEnd(20)} `, reason === undefined ? 'accent' : 'dim');
					return paragraph(
						[keys],
						reason === undefined ? binding.words : `${binding.words} (not now: ${reason})`,
						width,
					);
				}),
			];
		}),
		...(areas.includes('lists') ? formLines('Counts', countForms, width) : []),
		...(ui.stack.at(-1) === 'fleet' ? formLines('Filter', filterForms, width) : []),
		...formLines('Mouse (with --mouse)', mouseForms, width),
		...heading('Command line'),
		...commands.flatMap((each) => paragraph([span(`  ${usageOf(each).padEnd(20)} `, 'accent')], each.words, width)),
	];
}

/** How filters are written, and what they let through; also for docs/keys.md. */
export const filterForms: ReadonlyArray<readonly [form: string, words: string]> = [
	['ratings', 'entries with that text in any column; several words: with all of them'],
	['/rat.*-v[12]/', 'a regular expression'],
	['-f rtvm', 'entries with these letters in this order, in one column'],
	['-l app=ratings', 'a label selector'],
	['!ratings', 'entries without it; ! goes before each of these'],
];

/** What a number before a key does; also for docs/keys.md. */
export const countForms: ReadonlyArray<readonly [form: string, words: string]> = [
	['5j', 'five lines down; so with each move'],
	['12G', 'to line 12'],
	['3 space', 'mark three entries'],
];

/** What the mouse does, where it was asked for; also for docs/keys.md. */
export const mouseForms: ReadonlyArray<readonly [form: string, words: string]> = [
	['click', 'choose a row, or a part of the screen'],
	['a second click', 'open it, as enter does'],
	['wheel', 'three lines up or down in what the pointer is on'],
];

function formLines(title: string, forms: typeof filterForms, width: number): readonly Line[] {
	return [
		...heading(title),
		...forms.flatMap(([form, words]) => paragraph([span(`  ${form.padEnd(20)} `, 'accent')], words, width)),
	];
}
