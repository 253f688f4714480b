import {describe, expect, it} from 'vitest';
import {type ColourDepth, type Palette, paletteOf} from '../../source/terminal/palettes.ts';
import type {Tone} from '../../source/terminal/text/line.ts';
import {createTheme} from '../../source/terminal/theme.ts';

const tones: readonly Tone[] = ['plain', 'dim', 'title', 'accent', 'good', 'warn', 'bad'];

/** Red, green and blue of `#rrggbb`, or of a colour of xterm's cube of 256 as Ink writes it. */
function partsOf(colour: string): readonly number[] {
	const number = Number(/^ansi256\((\d+)\)$/.exec(colour)?.[1]);
	if (Number.isNaN(number)) return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
	return [36, 6, 1].map((unit) => [0, 95, 135, 175, 215, 255][Math.floor((number - 16) / unit) % 6] ?? 0);
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
	const light = (colour: string) => {
		const [red = 0, green = 0, blue = 0] = partsOf(colour).map((part) =>
			part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
		);
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	const [low = 0, high = 0] = [light(one), light(other)].toSorted((a, b) => a - b);
	return (high + 0.05) / (low + 0.05);
}

const textOf = (palette: Palette) => tones.flatMap((tone) => palette[tone].color ?? []);

describe('the themes', () => {
	it.each([
		['dark', ['#000000', '#1e1e1e', '#002b36']],
		['light', ['#ffffff', '#eeeeee', '#fdf6e3']],
	] as const)('%s can be read on such backgrounds', (theme, backgrounds) => {
		const colours = textOf(paletteOf(theme, 3));
		expect(colours).toHaveLength(4);
		for (const colour of colours)
			for (const background of backgrounds) expect(contrast(colour, background), colour).toBeGreaterThan(4.5);
	});

	it('high-contrast dims nothing, and colours only what has a background of its own', () => {
		const palette = paletteOf('high-contrast', 3);
		for (const tone of tones) {
			const {dimColor, color, backgroundColor} = palette[tone];
			expect(dimColor).toBeUndefined();
			if (color !== undefined) expect(contrast(color, backgroundColor ?? color), tone).toBeGreaterThan(7);
		}
		expect(palette.bad.backgroundColor).toBeDefined();
	});

	it.each(['auto', 'dark', 'light', 'high-contrast'] as const)('%s without colours has none', (theme) => {
		const palette = paletteOf(theme, 0);
		for (const tone of tones) {
			expect(palette[tone]).not.toHaveProperty('color');
			expect(palette[tone]).not.toHaveProperty('backgroundColor');
		}
		expect(palette.bad.bold).toBe(true);
	});

	it.each([
		['15;0', 3, 'dark'],
		['0;default;15', 3, 'light'],
		['0;7', 1, 'light'],
	] as const)('auto goes by COLORFGBG %s', (told, depth: ColourDepth, theme) => {
		expect(paletteOf('auto', depth, told)).toEqual(paletteOf(theme, depth));
		expect(paletteOf('auto', depth, told)).not.toEqual(paletteOf(theme === 'dark' ? 'light' : 'dark', depth));
	});

	it('keeps the colours of the terminal where nothing is known of it', () => {
		expect(paletteOf('auto', 3)).toEqual(paletteOf('dark', 1));
	});
});

it.each([
	[{LANG: 'C'}, {}, '+'],
	[{LANG: 'de_DE.ISO-8859-1'}, {}, '+'],
	[{LANG: 'C', LC_ALL: 'en_GB.utf8'}, {}, '●'],
	[{LANG: 'en_GB.UTF-8', TERM: 'linux'}, {}, '+'],
	[{LANG: 'en_GB.UTF-8'}, {ascii: true}, '+'],
	[{}, {}, '●'],
] as const)('the signs in %j with %j', (environment, looks, good) => {
	expect(createTheme({...looks, environment}).glyphs.good).toBe(good);
});
