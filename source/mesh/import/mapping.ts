import {exitCodes, UserError} from '../../errors.ts';
import {type EntryDraft, type EntryField, entryQuestions} from '../build/entry.ts';
import {isMapping} from '../untyped.ts';
import {cleanLabelValue, cleanName} from './clean-words.ts';
import {fieldOf} from './fields.ts';
import type {Imported} from './imported.ts';

/** A field of every entry, and the template of its value: text with `{path}` or `{path|other}` in it, read from the row. */
export type Mapping = {readonly field: EntryField; readonly template: string};

const placeholder = /\{([^{}]*)\}/g;
const path = /^[\w-]+(\.[^.|{}]+)*$/;

/** `app={tags.app}`, as `--set` takes it. Throws UserError `usage`. */
export function parseMapping(word: string): Mapping {
	const found = /^([^=]+)=(.*)$/s.exec(word);
	const field = found?.[1] === undefined ? undefined : fieldOf(found[1]);
	const template = found?.[2] ?? '';
	const paths = [...template.matchAll(placeholder)].flatMap(([, inner = '']) => inner.split('|'));
	if (field === undefined || !paths.every((one) => path.test(one.trim()))) {
		throw new UserError({
			code: 'usage',
			message: `${JSON.stringify(word)} sets no field of an entry.`,
			hint: `Write FIELD=TEXT with {column} or {tags.app|name} in it; the fields: ${Object.keys(entryQuestions).join(', ')}`,
			exitCode: exitCodes.usage,
		});
	}
	return {field, template};
}

/**
 * The draft of a row. What `--set` says counts most; then what the row says by itself, then what the flags say for all, then the
 * defaults. A template whose placeholders all find nothing says nothing; one without placeholders says what it holds, also nothing.
 * Names and labels that come from a row are made to fit.
 */
export function draftOf(
	row: Imported,
	mappings: readonly Mapping[],
	flags: EntryDraft,
	defaults: EntryDraft,
): EntryDraft {
	const own = Object.fromEntries(Object.entries(row.draft).filter(([, value]) => value !== ''));
	const set = Object.fromEntries(
		mappings.flatMap(({field, template}) => {
			const value = fill(template, row.values);
			return value === undefined ? [] : [[field, value.filled ? fitting(field, value.text) : value.text]];
		}),
	);
	return {...defaults, ...flags, ...own, ...set};
}

function fill(
	template: string,
	values: Readonly<Record<string, unknown>>,
): {readonly text: string; readonly filled: boolean} | undefined {
	let asked = 0;
	let found = 0;
	const text = template.replaceAll(placeholder, (_whole, inner: string) => {
		asked++;
		const value = inner
			.split('|')
			.map((one) => lookUp(values, one.trim()))
			.find((one) => one !== '');
		if (value !== undefined) found++;
		return value ?? '';
	});
	return asked > 0 && found === 0 ? undefined : {text, filled: asked > 0};
}

/** `tags.app`, `networkInterfaces.0.networkIP`; a key that holds dots is found whole, too. Empty when there is no such text. */
function lookUp(values: Readonly<Record<string, unknown>>, words: string): string {
	let value: unknown = values;
	let rest = words;
	while (rest !== '') {
		if (Array.isArray(value)) value = Object.fromEntries(value.entries());
		if (!isMapping(value)) return '';
		if (Object.hasOwn(value, rest)) {
			value = value[rest];
			break;
		}
		const dot = rest.indexOf('.');
		const key = dot < 0 ? rest : rest.slice(0, dot);
		if (!Object.hasOwn(value, key)) return '';
		value = value[key];
		rest = dot < 0 ? '' : rest.slice(dot + 1);
	}
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function fitting(field: EntryField, text: string): string {
	if (field === 'name') return cleanName(text);
	return field === 'app' || field === 'appVersion' || field === 'class' ? cleanLabelValue(text) : text;
}
