import {flagOf} from '../../mesh/build/draft.ts';
import {hostChoices, sidecarDraftFor} from '../../mesh/build/for-entry.ts';
import {splitWords} from '../../mesh/build/words.ts';
import {fieldOf} from '../input/text-field.ts';
import {draftOf, fieldInFocus} from './create-form.ts';
import type {CreateForm} from './create-state.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** One answer that is offered for a field; `note`: where it comes from. */
export type Choice = {readonly value: string; readonly note: string};

/** What is offered for a field; `many`: the answer is a list of words, of which each is taken in or out. */
export type Choices = {readonly items: readonly Choice[]; readonly many: boolean};

/** What is offered for the field with the cursor, from the cluster, the fleet, and the VM's own report. */
export function choicesOf(form: CreateForm, ui: Ui, world: World): Choices {
	const field = fieldInFocus(form);
	const {around} = ui.create;
	const namespace = draftOf(form)['namespace']?.trim() ?? '';
	const here = around?.namespace === namespace ? around : undefined;
	const report = typeof form.report === 'object' ? form.report : undefined;
	const addresses = (report?.addresses ?? []).map(({address, interface: name}) => ({value: address, note: name}));
	switch (field) {
		case 'namespace':
			return one(plain(around?.namespaces ?? distinct(world.fleet.rows.map(({entry}) => entry.namespace))));
		case 'serviceAccount':
			return one(plain(here?.serviceAccounts ?? []));
		case 'network':
			return one(plain(distinct(world.fleet.rows.map(({entry}) => entry.network))));
		case 'address':
		case 'instanceIp':
		case 'sshHost':
			return one(addresses);
		case 'ports':
			return many((report?.apps ?? []).map(({port, process}) => ({value: `http=${port}`, note: process})));
		case 'hosts':
			return many(plain(hostChoices(namespace, around?.services ?? [])));
		case 'selector':
			return one(
				world.fleet.rows
					.filter(({entry}) => entry.namespace === namespace)
					.map(({entry}) => ({value: sidecarDraftFor(entry, []).draft.selector ?? '', note: entry.name}))
					.filter(({value}, at, all) => value !== '' && all.findIndex((other) => other.value === value) === at),
			);
		default:
			return one([]);
	}
}

/** Why there is nothing to choose; undefined when there is. */
export function nothingOffered(form: CreateForm, ui: Ui, world: World): string | undefined {
	if (choicesOf(form, ui, world).items.length > 0) return undefined;
	return `Nothing is known to choose for ${flagOf(fieldInFocus(form))}${isOfVm(form) ? ': ctrl+r asks the VM' : ''}.`;
}

/** Can the VM itself tell what the field with the cursor asks? */
export function isOfVm(form: CreateForm): boolean {
	return form.builder === 'entry' && ['address', 'instanceIp', 'sshHost', 'ports'].includes(fieldInFocus(form));
}

/** Does the field with the cursor say it? */
export function isTaken(form: CreateForm, {value}: Choice, many: boolean): boolean {
	const text = form.values[fieldInFocus(form)]?.text ?? '';
	return many ? splitWords(text).includes(value) : text.trim() === value;
}

/** The form with a choice taken: put in or out of a list, or in place of what stood there. */
export function takeChoice(form: CreateForm, choice: Choice, many: boolean): CreateForm {
	const field = fieldInFocus(form);
	const words = splitWords(form.values[field]?.text ?? '');
	const others = words.filter((word) => word !== choice.value);
	const next = !many ? [choice.value] : others.length < words.length ? others : [...words, choice.value];
	return {...form, values: {...form.values, [field]: fieldOf(next.join(','))}};
}

function one(items: readonly Choice[]): Choices {
	return {items, many: false};
}

function many(items: readonly Choice[]): Choices {
	return {items, many: true};
}

function plain(values: readonly string[]): readonly Choice[] {
	return values.map((value) => ({value, note: ''}));
}

function distinct(values: readonly string[]): readonly string[] {
	return [...new Set(values)].filter((value) => value !== '').sort();
}
