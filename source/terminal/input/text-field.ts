import {graphemes, widthOf} from '../text/width.ts';
import type {Key} from './split-keys.ts';

/** A line of text being typed; `cursor` counts graphemes before it. */
export type TextField = {readonly text: string; readonly cursor: number};

/** More than this is never taken into a field: a megabyte pasted by mistake. In UTF-16 units. */
const longest = 4096;

export const emptyField: TextField = {text: '', cursor: 0};

/** A field that holds `text`, with the cursor at its end. */
export function fieldOf(text: string): TextField {
	return {text, cursor: graphemes(text).length};
}

/** Text put in at the cursor, as one line: line breaks become blanks, other control characters are dropped. */
export function insert(field: TextField, text: string): TextField {
	const line = text
		.slice(0, longest)
		.replaceAll(/[\r\n\t]+/g, ' ')
		.replaceAll(/\p{Cc}/gu, '');
	if (line === '' || field.text.length + line.length > longest) return field;
	const all = graphemes(field.text);
	const before = all.slice(0, field.cursor).join('') + line;
	return {text: before + all.slice(field.cursor).join(''), cursor: graphemes(before).length};
}

/** The field after a key; undefined when the key means nothing to a field. Keys are those of readline. */
export function editField(field: TextField, key: Key): TextField | undefined {
	const all = graphemes(field.text);
	const at = field.cursor;
	const keep = (from: number, to: number): TextField => ({
		text: [...all.slice(0, from), ...all.slice(to)].join(''),
		cursor: from,
	});
	switch (key) {
		case 'left':
		case 'ctrl+b':
			return {...field, cursor: Math.max(0, at - 1)};
		case 'right':
		case 'ctrl+f':
			return {...field, cursor: Math.min(all.length, at + 1)};
		case 'home':
		case 'ctrl+a':
			return {...field, cursor: 0};
		case 'end':
		case 'ctrl+e':
			return {...field, cursor: all.length};
		case 'backspace':
		case 'ctrl+h':
			return keep(Math.max(0, at - 1), at);
		case 'delete':
		case 'ctrl+d':
			return {...keep(at, at + 1), cursor: at};
		case 'ctrl+u':
			return keep(0, at);
		case 'ctrl+k':
			return keep(at, all.length);
		case 'ctrl+w':
			return keep(wordStart(all, at), at);
		case 'space':
			return insert(field, ' ');
		default:
			return isCharacter(key) ? insert(field, key) : undefined;
	}
}

/** The part of the field that fits into `width` columns with its cursor in it; masked fields show `•` for each character. */
export function viewField(
	field: TextField,
	width: number,
	masked = false,
): {readonly before: string; readonly at: string; readonly after: string} {
	const all = masked ? graphemes(field.text).map(() => '•') : graphemes(field.text);
	let start = field.cursor;
	for (let left = width - 1; start > 0; start -= 1) {
		left -= widthOf(all[start - 1] ?? '');
		if (left < 0) break;
	}
	return {
		before: all.slice(start, field.cursor).join(''),
		at: all[field.cursor] ?? ' ',
		after: all.slice(field.cursor + 1).join(''),
	};
}

function wordStart(all: readonly string[], at: number): number {
	let start = at;
	while (start > 0 && all[start - 1] === ' ') start -= 1;
	while (start > 0 && all[start - 1] !== ' ') start -= 1;
	return start;
}

function isCharacter(key: Key): boolean {
	return graphemes(key).length === 1;
}
