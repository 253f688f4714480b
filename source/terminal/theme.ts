import type {TextProps} from 'ink';
import type {Looks} from '../ports.ts';
import {type ColourDepth, paletteOf} from './palettes.ts';
import type {Span} from './text/line.ts';
import {toAscii} from './text/to-ascii.ts';

/** The signs of the screens; each stands beside a word. */
export type Glyphs = {
	readonly cursor: string;
	readonly mark: string;
	readonly good: string;
	readonly bad: string;
	readonly warn: string;
	readonly off: string;
	readonly unknown: string;
	readonly running: string;
	readonly pending: string;
	readonly skipped: string;
	readonly separator: string;
	/** Between the screens on the way to this one. */
	readonly crumb: string;
	readonly rule: string;
	readonly column: string;
	/** Of a sorted column: from small to big, from big to small. */
	readonly ascending: string;
	readonly descending: string;
	/** Of a group: its lines are shown, are hidden. */
	readonly unfolded: string;
	readonly folded: string;
	/** A cell of a bar. */
	readonly barDone: string;
	readonly barLeft: string;
	/** Keys that have no letter. */
	readonly arrows: Readonly<Record<'up' | 'down' | 'left' | 'right', string>>;
	/** Of a box: top left, top right, bottom left, bottom right. */
	readonly corners: readonly [string, string, string, string];
};

export type Theme = {
	readonly glyphs: Glyphs;
	look(span: Span): Partial<TextProps>;
	/** The text in characters that the terminal has. */
	text(text: string): string;
};

const unicode: Glyphs = {
	cursor: '▸',
	mark: '✓',
	good: '●',
	bad: '✗',
	warn: '▲',
	off: '○',
	unknown: '?',
	running: '▶',
	pending: '·',
	skipped: '»',
	separator: '·',
	crumb: '›',
	rule: '─',
	column: '│',
	ascending: '↑',
	descending: '↓',
	unfolded: '▾',
	folded: '▹',
	barDone: '█',
	barLeft: '░',
	arrows: {up: '↑', down: '↓', left: '←', right: '→'},
	corners: ['╭', '╮', '╰', '╯'],
};

/** The signs of a UTF-8 terminal. ASCII signs are as wide, so lines break at the same places. */
export const defaultGlyphs = unicode;

const ascii: Glyphs = {
	cursor: '>',
	mark: '*',
	good: '+',
	bad: 'x',
	warn: '!',
	off: '-',
	unknown: '?',
	running: '>',
	pending: '.',
	skipped: '~',
	separator: '-',
	crumb: '>',
	rule: '-',
	column: '|',
	ascending: '^',
	descending: 'v',
	unfolded: '-',
	folded: '+',
	barDone: '#',
	barLeft: '.',
	arrows: {up: 'up', down: 'down', left: 'left', right: 'right'},
	corners: ['+', '+', '+', '+'],
};

/** Nothing that would only be read out beside its word; the cursor and marks are told in words (linear/page.ts). */
export const spokenGlyphs: Glyphs = {
	cursor: '▸',
	mark: '☑',
	good: ' ',
	bad: ' ',
	warn: ' ',
	off: ' ',
	unknown: ' ',
	running: ' ',
	pending: ' ',
	skipped: ' ',
	separator: ',',
	crumb: ',',
	rule: ' ',
	column: ' ',
	ascending: '↑',
	descending: '↓',
	unfolded: '-',
	folded: '+',
	barDone: ' ',
	barLeft: ' ',
	arrows: ascii.arrows,
	corners: [' ', ' ', ' ', ' '],
};

/** What the person chose, and what is known of the terminal. */
type LookOptions = Omit<Looks, 'colour'> & {
	/** Colours that may be used; absent: the sixteen. */
	readonly depth?: ColourDepth;
	readonly environment: Readonly<Record<string, string | undefined>>;
};

/**
 * The looks for this terminal. Signs are ASCII where that is asked for, on the Linux console, a dumb terminal, and where the locale is not
 * UTF-8; for a screen reader there are none.
 */
export function createTheme({theme = 'auto', depth = 1, ascii: wanted, screenReader, environment}: LookOptions): Theme {
	const tones = paletteOf(theme, depth, environment.COLORFGBG);
	const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || 'UTF-8';
	const isPoor = wanted === true || ['linux', 'dumb'].includes(environment.TERM ?? '') || !/utf-?8/i.test(locale);
	return {
		glyphs: screenReader === true ? spokenGlyphs : isPoor ? ascii : unicode,
		look: ({tone = 'plain', bold, inverse}) => ({
			...tones[tone],
			...(bold ? {bold: true} : {}),
			...(inverse ? {inverse: true} : {}),
		}),
		text: (text) => (isPoor ? toAscii(text) : text),
	};
}
