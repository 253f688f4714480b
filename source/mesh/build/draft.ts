import {sanitise} from '../../output/sanitise.ts';
import {isDnsLabel, isDnsName} from '../kubernetes-names.ts';
import type {KubernetesObject} from '../kubernetes-object.ts';

/** One thing that is asked for an object: by a flag, at a terminal, in a form, in a column of a table. */
export type Question = {
	/** In the words of the guide. */
	readonly question: string;
	/** What stands for the answer in a flag's help: `ip`, `name`. */
	readonly value: string;
	/** What holds without an answer; shown, and never filled in behind the asker's back. */
	readonly otherwise?: string;
	/** Without it there is no object. */
	readonly needed?: true;
	/** Asked of a person who is asked at all, though the object could do without. */
	readonly asked?: true;
};

/** The answers, as they were typed; absent or empty: not said. */
export type Draft<Field extends string> = Readonly<Partial<Record<Field, string>>>;

/** A broken rule, and the field of the draft that breaks it. `missing`: nothing was said where something is needed. */
export type DraftFault<Field extends string> = {
	readonly field: Field;
	readonly value: string;
	readonly rule: string;
	readonly missing?: true;
};

/** What a draft makes: the object so far, to be shown while it is typed, and what is wrong with it. Without faults it can be applied. */
export type Built<Field extends string> = {
	readonly object: KubernetesObject;
	readonly faults: readonly DraftFault<Field>[];
};

/** The answer, without the blanks around it; empty when there is none. */
export function said<Field extends string>(draft: Draft<Field>, field: Field): string {
	return (draft[field] ?? '').trim();
}

/** `instanceIp` → `instance-ip`: a field as flags and forms name it. */
export function flagOf(field: string): string {
	return field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A broken rule in a line: `"10.0.0.300" is not a valid FQDN or an IP address`. */
export function faultText({value, rule}: Pick<DraftFault<string>, 'value' | 'rule'>): string {
	return value === '' ? rule : sanitise(`${JSON.stringify(value)} ${rule}`);
}

/** The broken rules of a field. */
export function faultsOf<Field extends string>(
	field: Field,
	broken: ReadonlyArray<{readonly value: string; readonly rule: string}>,
): readonly DraftFault<Field>[] {
	return broken.map((fault) => ({field, ...fault}));
}

/** What is needed and was not said, in the order of the questions. */
export function missingFaults<Field extends string>(
	questions: Readonly<Record<Field, Question>>,
	draft: Draft<Field>,
): readonly DraftFault<Field>[] {
	return (Object.keys(questions) as Field[])
		.filter((field) => questions[field].needed === true && said(draft, field) === '')
		.map((field) => ({field, value: '', rule: 'is missing', missing: true}));
}

/** The rules of `metadata.name` and `metadata.namespace`. */
export function nameFaults(draft: Draft<'name' | 'namespace'>): readonly DraftFault<'name' | 'namespace'>[] {
	const name = said(draft, 'name');
	const namespace = said(draft, 'namespace');
	const broken = (value: string, kept: (text: string) => boolean, rule: string) =>
		value === '' || kept(value) ? [] : [{value, rule}];
	return [
		...faultsOf('name', broken(name, isDnsName, 'is no name: lower-case letters, digits, - and . (RFC 1123)')),
		...faultsOf(
			'namespace',
			broken(namespace, isDnsLabel, 'is no name of a namespace: lower-case letters, digits and -, at most 63'),
		),
	];
}

/** `{key: value}` where there is a value, else nothing: for fields that are left out rather than empty. */
export function optional<Value>(key: string, value: Value): Readonly<Record<string, Value>> {
	const empty =
		value === undefined ||
		value === '' ||
		(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
	return empty ? {} : {[key]: value};
}
