import type {TextProps} from 'ink';
import type {Span, Tone} from './text/line.ts';

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
	/** Of a box: top left, top right, bottom left, bottom right. */
	readonly corners: readonly [string, string, string, string];
};

export type Theme = {readonly glyphs: Glyphs; look(span: Span): Partial<TextProps>};

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
	corners: ['+', '+', '+', '+'],
};

/** The 16 colours that every palette defines, so that light and dark terminals both stay readable. */
const colours: Readonly<Record<Tone, Partial<TextProps>>> = {
	plain: {},
	dim: {dimColor: true},
	title: {bold: true},
	accent: {color: 'cyan'},
	good: {color: 'green'},
	warn: {color: 'yellow'},
	bad: {color: 'red'},
};

/** NO_COLOR (no-color.org) forbids colour alone: bold, dim and inverse stay. Ink's chalk does not know it. */
const noColours: Readonly<Record<Tone, Partial<TextProps>>> = {
	...colours,
	accent: {},
	good: {},
	warn: {},
	bad: {bold: true},
};

/** The looks for this terminal. Signs are ASCII on the Linux console, a dumb terminal, and where the locale is not UTF-8. */
export function createTheme(environment: Readonly<Record<string, string | undefined>>): Theme {
	const tones = (environment.NO_COLOR ?? '') === '' ? colours : noColours;
	const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || 'UTF-8';
	const poor = ['linux', 'dumb'].includes(environment.TERM ?? '') || !/utf-?8/i.test(locale);
	return {
		glyphs: poor ? ascii : unicode,
		look: ({tone = 'plain', bold, inverse}) => ({
			...tones[tone],
			...(bold ? {bold: true} : {}),
			...(inverse ? {inverse: true} : {}),
		}),
	};
}
