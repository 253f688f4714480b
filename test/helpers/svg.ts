import type {IBufferCell} from '@xterm/headless';
import type {Screen} from './screen.ts';

/** Colours of a picture of the terminal; `ansi`: the sixteen of the palette, black first. */
export type SvgTheme = {
	readonly background: string;
	readonly foreground: string;
	readonly ansi: readonly string[];
};

const darkTheme: SvgTheme = {
	background: '#16181d',
	foreground: '#d7dae0',
	ansi: [
		...['#3b4048', '#ef6b73', '#7fc98b', '#e3b35c', '#6ea8fe', '#c792ea', '#56c2d6', '#d7dae0'],
		...['#5c6370', '#ff8b92', '#9be3a6', '#f5cd7f', '#93bfff', '#dbb2f5', '#7fdcee', '#ffffff'],
	],
};

export const lightTheme: SvgTheme = {
	background: '#fbfbfc',
	foreground: '#24292f',
	ansi: [
		...['#24292f', '#c62f3b', '#1a7f37', '#8a5a00', '#0957c2', '#7d3bbd', '#0b7285', '#6e7781'],
		...['#57606a', '#a40e26', '#116329', '#633c01', '#0550ae', '#6639ba', '#06596b', '#8c959f'],
	],
};

/** Pixels of a cell. */
export const cell = {width: 8.4, height: 18, baseline: 13.5};
/** Pixels of what is around the screen. */
const frame = {padding: 14, bar: 30, radius: 8};

type Look = {
	readonly colour: string;
	readonly background: string | undefined;
	readonly bold: boolean;
	readonly dim: boolean;
};
type Run = Look & {readonly column: number; readonly columns: number; readonly text: string};

/** The visible screen as an SVG picture with selectable text, in a window with a title. The same screen gives the same bytes. */
export function svgOf(screen: Screen, options: {readonly title: string; readonly theme?: SvgTheme}): string {
	const rows = svgRows(screen, options.theme).map((row, index) =>
		row === '' ? '' : `<g transform="translate(0 ${index * cell.height})">\n${row}\n</g>`,
	);
	return svgWindow(screen.terminal, options, rows);
}

/** What each visible line looks like, drawn at the place of the first. */
export function svgRows(screen: Screen, theme = darkTheme): readonly string[] {
	return Array.from({length: screen.terminal.rows}, (_, row) => drawRow(runsOf(screen, row, theme)));
}

/** A window of that many cells with a title; `body`: elements in whose coordinates the first cell is at 0, 0. */
export function svgWindow(
	{cols, rows}: {readonly cols: number; readonly rows: number},
	{title, theme = darkTheme}: {readonly title: string; readonly theme?: SvgTheme},
	body: readonly string[],
): string {
	const width = round(cols * cell.width + 2 * frame.padding);
	const height = round(rows * cell.height + 2 * frame.padding + frame.bar);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
		`<rect width="${width}" height="${height}" rx="${frame.radius}" fill="${theme.background}"/>`,
		...theme.ansi
			.slice(1, 4)
			.map((colour, index) => `<circle cx="${18 + index * 18}" cy="17" r="5.5" fill="${colour}"/>`),
		`<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="${theme.foreground}">`,
		`<text x="${round(width / 2)}" y="21" text-anchor="middle" opacity="0.6">${escaped(title)}</text>`,
		`<g transform="translate(${frame.padding} ${frame.bar + frame.padding})">`,
		...body.filter((element) => element !== ''),
		'</g>',
		'</g>',
		'</svg>',
		'',
	].join('\n');
}

function drawRow(runs: readonly Run[]): string {
	const x = (column: number) => round(column * cell.width);
	return runs
		.flatMap(({column, columns, text, colour, background, bold, dim}) => {
			const length = round(columns * cell.width);
			const rect =
				background === undefined
					? []
					: [`<rect x="${x(column)}" width="${length}" height="${cell.height}" fill="${background}"/>`];
			if (text.trim() === '') return rect;
			const look = `fill="${colour}"${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
			return [
				...rect,
				`<text x="${x(column)}" y="${cell.baseline}" textLength="${length}" xml:space="preserve" ${look}>${escaped(text)}</text>`,
			];
		})
		.join('\n');
}

/** Neighbouring cells of one look are one piece of text. */
function runsOf({terminal}: Screen, row: number, theme: SvgTheme): readonly Run[] {
	const {active} = terminal.buffer;
	const line = active.getLine(active.baseY + row);
	const runs: Run[] = [];
	for (let column = 0; column < terminal.cols; column += 1) {
		const at = line?.getCell(column);
		// The second half of a wide character.
		if (at === undefined || at.getWidth() === 0) continue;
		const look = lookOf(at, theme);
		const text = at.getChars() === '' ? ' ' : at.getChars();
		const last = runs.at(-1);
		if (last !== undefined && isSame(last, look)) {
			runs[runs.length - 1] = {...last, text: last.text + text, columns: last.columns + at.getWidth()};
		} else {
			runs.push({...look, column, columns: at.getWidth(), text});
		}
	}
	return runs;
}

function lookOf(at: IBufferCell, theme: SvgTheme): Look {
	const text = at.isFgDefault() ? theme.foreground : colourOf(at.getFgColor(), at.isFgRGB(), theme);
	const behind = at.isBgDefault() ? undefined : colourOf(at.getBgColor(), at.isBgRGB(), theme);
	const inverse = at.isInverse() !== 0;
	return {
		colour: inverse ? (behind ?? theme.background) : text,
		background: inverse ? text : behind,
		bold: at.isBold() !== 0,
		dim: at.isDim() !== 0,
	};
}

/** A colour of the palette of 256, or of 24 bits. */
function colourOf(value: number, isRgb: boolean, theme: SvgTheme): string {
	if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
	const known = theme.ansi[value];
	if (known !== undefined) return known;
	if (value >= 232) return grey(8 + (value - 232) * 10);
	const part = (divisor: number) => [0, 95, 135, 175, 215, 255][Math.floor((value - 16) / divisor) % 6] ?? 0;
	return `#${[part(36), part(6), part(1)].map(hex).join('')}`;
}

function grey(level: number): string {
	return `#${hex(level).repeat(3)}`;
}

function hex(level: number): string {
	return level.toString(16).padStart(2, '0');
}

function isSame(a: Look, b: Look): boolean {
	return a.colour === b.colour && a.background === b.background && a.bold === b.bold && a.dim === b.dim;
}

function round(pixels: number): number {
	return Math.round(pixels * 10) / 10;
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
