import {describe, expect, it} from 'vitest';
import type {Area} from '../../source/terminal/bindings.ts';
import {bindingsIn, meaningOf} from '../../source/terminal/bindings.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {areaNames} from '../../source/terminal/screens/help/help-lines.ts';

const areas = Object.keys(areaNames).filter((area): area is Area => area in areaNames);

describe('the keymap', () => {
	it('gives a key one meaning in each area', () => {
		for (const area of areas) {
			const keys = keymap.filter(({where}) => where === area).flatMap((binding) => binding.keys);
			expect(keys.length, area).toBe(new Set(keys).size);
		}
	});

	it('has keys for every area, and words for every key', () => {
		for (const area of areas) expect(bindingsIn([area], keymap).length, area).toBeGreaterThan(0);
		for (const {words} of keymap) expect(words).toMatch(/^\S.*\S$/);
	});

	it('leaves letters alone where text is typed', () => {
		for (const area of ['filter', 'command', 'search', 'form', 'typed', 'secret', 'everywhere'] as const)
			for (const {keys} of bindingsIn([area], keymap))
				for (const key of keys) expect(key, area).toMatch(/^(ctrl\+|shift\+|[^ ]{2,}$)/);
	});

	it('has no chord that begins with a key of its own, so that none waits for what does not come', () => {
		for (const {where, keys} of keymap)
			for (const key of keys.filter((each) => each.includes(' ')))
				expect(meaningOf(key.split(' ').slice(0, 1), [where], keymap), key).toBe('begun');
	});
});
