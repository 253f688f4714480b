import {exitCodes, UserError} from '../errors.ts';
import {similarNames} from '../mesh/similar-names.ts';
import type {KeySettings} from '../ports.ts';
import type {Area, Binding} from './bindings.ts';
import {isCharacter, readKey} from './input/read-key.ts';
import type {Key} from './input/split-keys.ts';
import {keymap} from './keymap.ts';

/** What is asked before something is done looks the same everywhere, ctrl+c leaves, and a digit is the number of a run. */
const fixedAreas: readonly Area[] = ['confirm', 'question', 'typed', 'secret'];
const fixedIntents = ['interrupt', 'dialog.no', 'runs.jump'];

/** Where every character is text; what means something everywhere does so there too. */
function isTypedIn(area: Area): boolean {
	return /^(filter|command|typed|secret|everywhere|(.+-)?(search|form))$/.test(area);
}

/** Keys that a text field has for itself. */
const ofFields: readonly Key[] = ['backspace', 'delete', 'left', 'right'];

/** Areas that have the keys together with others than `lists`, `screens` and `everywhere` (focus.ts). */
const together: Partial<Readonly<Record<Area, readonly Area[]>>> = {
	runs: ['output', 'zoom', 'screens', 'everywhere'],
	output: ['runs', 'zoom', 'screens', 'everywhere'],
	zoom: ['runs', 'output', 'screens', 'everywhere'],
	'plan-onboard': ['plan', 'lists', 'screens', 'everywhere'],
	'plan-renew': ['plan', 'lists', 'screens', 'everywhere'],
	'plan-offboard': ['plan', 'lists', 'screens', 'everywhere'],
	help: ['lists', 'everywhere'],
	start: ['screens', 'everywhere'],
};

/** The name of a binding's action, as the configuration and docs/keys.md write it: with its area where several have the intent. */
export function actionOf({intent, where}: Binding, table: readonly Binding[] = keymap): string {
	return table.some((other) => other.intent === intent && other.where !== where) ? `${intent}@${where}` : intent;
}

/**
 * The keymap with keys of the user's own: an action (`fleet.onboard`, or `back@plan` for one area of several) with its keys in place of ours.
 * `esc` stays where it is one of ours: it always leads back. Throws UserError `config.keys` (exit 78) with every fault as evidence.
 */
export function remapKeys(given: KeySettings, path: string): readonly Binding[] {
	const problems: string[] = [];
	const changed = new Map<Binding, readonly Key[]>();
	for (const [action, words] of Object.entries(given)) {
		const bindings = bindingsOf(action);
		const problem = bindings.length === 0 ? unknownAction(action) : refusal(bindings, words);
		if (problem !== undefined) problems.push(`${JSON.stringify(action)} ${problem}`);
		else for (const binding of bindings) changed.set(binding, keysFor(binding, words));
	}
	const table = keymap.map((binding) => ({was: binding, now: withKeys(binding, changed.get(binding))}));
	if (problems.length === 0) problems.push(...doubled(table));
	if (problems.length > 0) throw refused(problems, path);
	return table.map(({now}) => now);
}

function withKeys(binding: Binding, keys: readonly Key[] | undefined): Binding {
	return keys === undefined ? binding : {...binding, keys};
}

function bindingsOf(action: string): readonly Binding[] {
	const [intent, where] = action.split('@');
	return keymap.filter((binding) => binding.intent === intent && (where === undefined || binding.where === where));
}

function unknownAction(action: string): string {
	const names = keymap.flatMap((binding) => [binding.intent, actionOf(binding)]);
	const [nearest] = similarNames(action, names, 3);
	return `is no action${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
}

function refusal(bindings: readonly Binding[], words: readonly string[]): string | undefined {
	if (bindings.some(({intent, where}) => fixedAreas.includes(where) || fixedIntents.includes(intent)))
		return 'keeps its keys: what leaves, answers a question, or is a number, is the same everywhere';
	if (words.length === 0) return 'needs one key at least';
	for (const word of words) {
		const read = readKey(word);
		if ('problem' in read) return `cannot have this key: ${read.problem}`;
		for (const binding of bindings) {
			const problem = badKey(binding, read.key);
			if (problem !== undefined) return problem;
		}
	}
	return undefined;
}

function badKey({where, dangerous, keys}: Binding, key: Key): string | undefined {
	if (keys.includes(key)) return undefined;
	const isTyped = key.includes(' ') || isCharacter(key) || ofFields.includes(key);
	if (isTypedIn(where) && isTyped) return `cannot be on ${key}: text is typed there`;
	if (dangerous !== undefined && dangerous !== false && isCharacter(key))
		return `cannot be on ${key}: what changes VMs or the cluster is on no character alone, e.g. ctrl+x, alt+x or "g x"`;
	return undefined;
}

function keysFor({keys}: Binding, words: readonly string[]): readonly Key[] {
	const own = words.flatMap((word) => {
		const read = readKey(word);
		return 'key' in read ? [read.key] : [];
	});
	return [...new Set([...own, ...keys.filter((key) => key === 'esc')])];
}

type Pair = {readonly was: Binding; readonly now: Binding};

/** Keys that would mean two things at once, as sentences. What is so with our own keys is meant. */
function doubled(table: readonly Pair[]): readonly string[] {
	const found: string[] = [];
	for (const one of table.filter(({was, now}) => was !== now))
		for (const other of table) {
			if (other.now.intent === one.now.intent || !meet(one.now.where, other.now.where)) continue;
			const key = one.now.keys.find((each) => other.now.keys.some((taken) => clash(each, taken)));
			const isOurs = key !== undefined && one.was.keys.includes(key) && other.was.keys.includes(key);
			if (key === undefined || isOurs) continue;
			const names = [actionOf(one.was), actionOf(other.was)].toSorted().map((name) => JSON.stringify(name));
			found.push(`${names.join(' and ')} are both on ${key}: give one of them another key`);
		}
	return [...new Set(found)];
}

function meet(one: Area, other: Area): boolean {
	return one === other || companions(one).includes(other) || companions(other).includes(one);
}

function companions(area: Area): readonly Area[] {
	if (area === 'lists' || area === 'screens') return ['everywhere', area === 'lists' ? 'screens' : 'lists'];
	if (isTypedIn(area)) return ['everywhere'];
	return together[area] ?? ['lists', 'screens', 'everywhere'];
}

/** Equal, or one of them begins the other. */
function clash(one: Key, other: Key): boolean {
	return one === other || one.startsWith(`${other} `) || other.startsWith(`${one} `);
}

function refused(problems: readonly string[], path: string): UserError {
	const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
	return new UserError({
		code: 'config.keys',
		message: `The keys in ${path} cannot be used: ${problems[0]}${more}.`,
		exitCode: exitCodes.configuration,
		hint: 'Mend "keys" in that file, or take it out; docs/keys.md names every action and tells how keys are written.',
		evidence: problems.map((text) => ({source: path, text})),
	});
}
