import type {TextProps} from 'ink';
import type {ThemeName} from '../ports.ts';
import type {Tone} from './text/line.ts';

/** The look of each tone. */
export type Palette = Readonly<Record<Tone, Partial<TextProps>>>;

/** Colours of the terminal: 0 none, 1 the sixteen of its palette, 2 also the 256 of xterm, 3 also those of 24 bits; as chalk counts. */
export type ColourDepth = 0 | 1 | 2 | 3;

/** NO_COLOR (no-color.org) forbids colour alone: bold, dim and inverse stay. */
const plain: Palette = {
	plain: {},
	dim: {dimColor: true},
	title: {bold: true},
	accent: {},
	good: {},
	warn: {},
	bad: {bold: true},
};

const coloured = (accent: string, good: string | undefined, warn: string, bad: string): Palette => ({
	...plain,
	accent: {color: accent},
	good: good === undefined ? {} : {color: good},
	warn: {color: warn},
	bad: {color: bad},
});

/** Colours that the person chose for their background, whatever it is. */
const ofTerminal = coloured('cyan', 'green', 'yellow', 'red');

/** A colour of the 256, which terminals of 24 bits show just so; chalk's way from 24 bits to 256 is not exact. */
const of256 = (number: number) => `ansi256(${number})`;
const dark = coloured(of256(81), of256(114), of256(221), of256(210));
const light = coloured(of256(24), of256(22), of256(94), of256(124));

/** On white, the usual green, yellow and cyan of sixteen cannot be read. */
const lightOfSixteen = coloured('blue', undefined, 'magenta', 'red');

/** Nothing is dim, and what is wrong has its own background: readable at 7:1 whatever lies behind. */
const highContrast: Palette = {
	...plain,
	dim: {},
	accent: {bold: true},
	good: {bold: true},
	warn: {bold: true, color: of256(16), backgroundColor: of256(220)},
	bad: {bold: true, color: of256(231), backgroundColor: of256(124)},
};
const highContrastPlain: Palette = {
	...plain,
	dim: {},
	accent: {bold: true},
	good: {bold: true},
	warn: {bold: true, underline: true},
	bad: {bold: true, inverse: true},
};

/** The palette of a theme for so many colours. `background` is what COLORFGBG says of the terminal (rxvt, Konsole): `0;15`. */
export function paletteOf(theme: ThemeName, depth: ColourDepth, background = ''): Palette {
	if (theme === 'high-contrast') return depth === 0 ? highContrastPlain : highContrast;
	if (depth === 0) return plain;
	const known = theme === 'auto' ? backgroundOf(background) : theme;
	if (known === 'light') return depth === 1 ? lightOfSixteen : light;
	return known === undefined || depth === 1 ? ofTerminal : dark;
}

/** 7 and 15 of the sixteen are the whites. */
function backgroundOf(told: string): 'dark' | 'light' | undefined {
	const number = /;(\d+)$/.exec(told)?.[1];
	if (number === undefined) return undefined;
	return number === '7' || number === '15' ? 'light' : 'dark';
}
