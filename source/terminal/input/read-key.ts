import {graphemes} from '../text/width.ts';
import type {Key} from './split-keys.ts';

const names = ['space', 'enter', 'esc', 'tab', 'shift+tab', 'backspace', 'delete'] as const;
const moves = ['up', 'down', 'left', 'right', 'home', 'end', 'pgup', 'pgdn'] as const;

/** What a terminal sends for both is one byte (ASCII): the second is never seen. */
const sameByte: Readonly<Record<string, string>> = {
	'ctrl+i': 'tab',
	'ctrl+m': 'enter',
	'ctrl+j': 'enter',
	'ctrl+h': 'backspace',
};

/** Keys as a person writes them (`o`, `ctrl+o`, `g g` for one after the other); `problem`: a clause. */
export function readKey(text: string): {readonly key: Key} | {readonly problem: string} {
	const keys = text.trim().split(/ +/);
	if (keys.length > 3) return {problem: `${JSON.stringify(text)} is more than three keys`};
	for (const key of keys) {
		const same = sameByte[key];
		if (same !== undefined) return {problem: `${key} cannot be told from ${same} in a terminal`};
		if (!isKey(key))
			return {
				problem: `${JSON.stringify(key)} is no key: write a character, ctrl+LETTER, alt+CHARACTER, or ${[...names, ...moves].join(', ')}`,
			};
	}
	return {key: keys.join(' ')};
}

/** True for a key that puts a character into a field. */
export function isCharacter(key: Key): boolean {
	return key === 'space' || graphemes(key).length === 1;
}

function isKey(key: string): boolean {
	if ([...names, ...moves].some((name) => name === key)) return true;
	if (/^ctrl\+([a-z]|space)$/.test(key)) return true;
	const character = key.startsWith('alt+') ? key.slice(4) : key;
	return graphemes(character).length === 1 && !/[\s\p{Cc}]/u.test(character);
}
