import {describe, expect, it} from 'vitest';
import {type Area, bindingsIn, keymap} from '../../source/terminal/keymap.ts';
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
		for (const area of areas) expect(bindingsIn([area]).length, area).toBeGreaterThan(0);
		for (const {words} of keymap) expect(words).toMatch(/^\S.*\S$/);
	});

	it('leaves letters alone where text is typed', () => {
		for (const area of ['filter', 'search', 'form', 'typed', 'secret', 'everywhere'] as const)
			for (const {keys} of bindingsIn([area]))
				for (const key of keys) expect(key, area).toMatch(/^(ctrl\+|shift\+|..+)/);
	});
});
