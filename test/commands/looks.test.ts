import {expect, it} from 'vitest';
import {looksOf} from '../../source/commands/looks.ts';

it.each([
	[{theme: 'dark'}, {MESHBOARD_THEME: 'light'}, {theme: 'high-contrast'}, 'dark'],
	[{}, {MESHBOARD_THEME: 'light'}, {theme: 'high-contrast'}, 'light'],
	[{}, {MESHBOARD_THEME: ''}, {theme: 'high-contrast'}, 'high-contrast'],
	[{}, {}, {}, undefined],
] as const)('takes the theme from flag %j, else variable %j, else profile %j', (flags, env, profile, theme) => {
	expect(looksOf(flags, env, profile).theme).toBe(theme);
});

it('asks for the mouse only where the flag or the profile does', () => {
	expect([{}, {mouse: true}].map((flags) => looksOf(flags, {}, {}).mouse)).toEqual([undefined, true]);
	expect(looksOf({}, {}, {mouse: true}).mouse).toBe(true);
});

it('takes signs and colours from flags, else from the profile', () => {
	expect(looksOf({color: false}, {}, {ascii: true})).toMatchObject({colour: false, ascii: true});
	expect(looksOf({color: true, ascii: true}, {}, {ascii: false})).toMatchObject({colour: true, ascii: true});
});

it('refuses a theme that there is not, with a sentence', () => {
	expect(() => looksOf({}, {MESHBOARD_THEME: 'solarized'}, {})).toThrow(
		'MESHBOARD_THEME must be auto, dark, light, high-contrast, not "solarized".',
	);
});
