import type {Key as InkKey} from 'ink';
import {graphemes} from '../text/width.ts';

/**
 * One key as the keymap writes it: the character itself (`j`, `G`, `/`), or a name: `space enter esc tab shift+tab backspace delete
 * up down left right home end pgup pgdn`, `ctrl+<letter>`, `alt+<character>`.
 */
export type Key = string;

const named: ReadonlyArray<readonly [keyof InkKey, Key]> = [
	['upArrow', 'up'],
	['downArrow', 'down'],
	['leftArrow', 'left'],
	['rightArrow', 'right'],
	['pageDown', 'pgdn'],
	['pageUp', 'pgup'],
	['home', 'home'],
	['end', 'end'],
	['return', 'enter'],
	['escape', 'esc'],
	['backspace', 'backspace'],
	['delete', 'delete'],
];

/** So many characters at once are no keys, however long the link or we were busy. */
const mostKeys = 500;

/** True for what was pasted in a terminal that does not mark it as such: key by key a megabyte would take minutes, and mean anything. */
export function isPasted(input: string): boolean {
	return input.length > mostKeys;
}

/**
 * The keys in one call of Ink's useInput. Keys that are typed fast, or that arrive together over a slow link, come as one
 * `input` (`jjj`, two ctrl+d as `\x04\x04`): they are taken apart here, so that none is lost.
 */
export function splitKeys(input: string, key: InkKey): readonly Key[] {
	if (key.eventType === 'release') return [];
	if (key.tab) return [key.shift ? 'shift+tab' : 'tab'];
	const name = named.find(([flag]) => key[flag] === true)?.[1];
	if (name !== undefined) return [name];
	if (key.ctrl && input !== '') return [`ctrl+${input === ' ' ? 'space' : input.toLowerCase()}`];
	const keys = graphemes(input).flatMap((grapheme) => (grapheme === '\r\n' ? ['enter'] : nameOf(grapheme)));
	return key.meta ? keys.map((each) => `alt+${each}`) : keys;
}

function nameOf(grapheme: string): readonly Key[] {
	if (grapheme === ' ') return ['space'];
	if (grapheme === '\r' || grapheme === '\n') return ['enter'];
	if (grapheme === '\t') return ['tab'];
	if (grapheme === '\x1b') return ['esc'];
	if (grapheme === '\x7f' || grapheme === '\b') return ['backspace'];
	const code = grapheme.charCodeAt(0);
	if (grapheme.length === 1 && code >= 1 && code <= 26) return [`ctrl+${String.fromCharCode(code + 96)}`];
	return code < 32 ? [] : [grapheme];
}
