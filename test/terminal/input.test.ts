import fc from 'fast-check';
import type {Key as InkKey} from 'ink';
import {describe, expect, it} from 'vitest';
import {splitKeys} from '../../source/terminal/input/split-keys.ts';
import {
	editField,
	emptyField,
	fieldOf,
	insert,
	type TextField,
	viewField,
} from '../../source/terminal/input/text-field.ts';
import {graphemes, widthOf} from '../../source/terminal/text/width.ts';

function inkKey(change: Partial<InkKey> = {}): InkKey {
	const flags = [
		'upArrow',
		'downArrow',
		'leftArrow',
		'rightArrow',
		'pageDown',
		'pageUp',
		'home',
		'end',
		'return',
		'escape',
		'ctrl',
		'shift',
		'tab',
		'backspace',
		'delete',
		'meta',
		'super',
		'hyper',
		'capsLock',
		'numLock',
	] as const;
	return {
		...(Object.fromEntries(flags.map((flag) => [flag, false])) as Record<(typeof flags)[number], boolean>),
		...change,
	};
}

describe('keys', () => {
	it.each<[string, Partial<InkKey>, readonly string[]]>([
		['jjj', {}, ['j', 'j', 'j']],
		['G', {shift: true}, ['G']],
		[' ', {}, ['space']],
		['j\rk', {}, ['j', 'enter', 'k']],
		['j\r\nk', {}, ['j', 'enter', 'k']],
		['\x04\x04', {}, ['ctrl+d', 'ctrl+d']],
		['a', {ctrl: true}, ['ctrl+a']],
		[' ', {ctrl: true}, ['ctrl+space']],
		['', {return: true}, ['enter']],
		['', {tab: true}, ['tab']],
		['', {tab: true, shift: true}, ['shift+tab']],
		['', {upArrow: true}, ['up']],
		['', {escape: true}, ['esc']],
		['x', {meta: true}, ['alt+x']],
		['é日', {}, ['é', '日']],
		['j', {eventType: 'release'}, []],
		['', {}, []],
	])('%j with %j are %j', (input, flags, keys) => {
		expect(splitKeys(input, inkKey(flags))).toEqual(keys);
	});
});

describe('a text field', () => {
	const type = (field: TextField, ...keys: readonly string[]) =>
		keys.reduce((before, key) => editField(before, key) ?? before, field);

	it('takes characters at the cursor, and knows the keys of readline', () => {
		expect(type(emptyField, 'a', 'c', 'left', 'b', 'end', 'space', 'd').text).toBe('abc d');
		expect(type(fieldOf('one two  '), 'ctrl+w').text).toBe('one ');
		expect(type(fieldOf('one two'), 'home', 'ctrl+k')).toEqual({text: '', cursor: 0});
		expect(type(fieldOf('one two'), 'ctrl+u')).toEqual({text: '', cursor: 0});
		expect(type(fieldOf('日本'), 'backspace')).toEqual({text: '日', cursor: 1});
		expect(type(fieldOf('日本'), 'ctrl+a', 'delete')).toEqual({text: '本', cursor: 0});
		expect(editField(emptyField, 'pgdn')).toBeUndefined();
	});

	it('takes a paste as one line, and no megabyte', () => {
		expect(insert(fieldOf('ab'), 'x\r\ny\x1b[2J').text).toBe('abx y[2J');
		expect(insert(emptyField, 'x'.repeat(1024 * 1024)).text.length).toBeLessThanOrEqual(4096);
	});

	it('keeps its cursor between its graphemes, whatever is typed', () => {
		const key = fc.oneof(
			fc.constantFrom('left', 'right', 'home', 'end', 'backspace', 'delete', 'ctrl+w', 'ctrl+u', 'ctrl+k', 'space'),
			fc.string({unit: 'grapheme', minLength: 1, maxLength: 1}),
		);
		fc.assert(
			fc.property(fc.array(key, {maxLength: 40}), fc.integer({min: 4, max: 20}), (keys, width) => {
				const field = type(emptyField, ...keys);
				expect(field.cursor).toBeGreaterThanOrEqual(0);
				expect(field.cursor).toBeLessThanOrEqual(graphemes(field.text).length);
				const {before} = viewField(field, width);
				expect(widthOf(before)).toBeLessThan(width);
			}),
		);
	});

	it('shows a dot for each character when masked', () => {
		const {before, at, after} = viewField({text: 'secret', cursor: 2}, 20, true);
		expect(before + at + after).toBe('••••••');
	});
});
