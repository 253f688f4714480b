import {graphemes, widthOf} from './text/width.ts';

/**
 * Outside of what no two terminals disagree on: ASCII, and our own signs, arrows and boxes. All else takes other columns here than there: emoji
 * by the year of a terminal's tables, spacing marks and conjuncts, jamo, flags, private characters.
 */
const disputed = /[^\x00-\x7f\u00b7\u00bb\u00d7\u2010-\u2027\u203a\u2190-\u21ff\u2500-\u25ff\u2713\u2717]/u;

/** Control sequences, apart from the text between them. */
const controls = /(\x1b\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\r)/;

/** The widest that a terminal may take a code point for. */
const widest = 2;

/**
 * What Ink draws, with the cursor put to the column in which we count it (CHA) after each character on whose width terminals disagree. A name
 * may look loose or cut somewhere, but what follows it, and every border, stands where it belongs. At the right edge of the terminal's `columns`,
 * where one that is wider than we count would wrap, it is a `?` in as many columns. Whatever Ink writes begins in the first column or with a
 * move to another.
 */
export function pinColumns(drawn: string, columns: number): string {
	if (!disputed.test(drawn)) return drawn;
	return drawn
		.split('\n')
		.map((line) => (disputed.test(line) ? pinLine(line, columns) : line))
		.join('\n');
}

function pinLine(line: string, columns: number): string {
	let column = 0;
	const pin = (grapheme: string) => {
		const width = widthOf(grapheme);
		const isAtEdge = column + widest * [...grapheme].length > columns;
		column += width;
		if (!disputed.test(grapheme)) return grapheme;
		return isAtEdge ? '?'.repeat(width) : `${grapheme}\x1b[${column + 1}G`;
	};
	return line
		.split(controls)
		.map((part, index) => {
			if (index % 2 === 0) return graphemes(part).map(pin).join('');
			column = columnAfter(part, column);
			return part;
		})
		.join('');
}

/** The column after a control sequence, of those that Ink moves with (ansi-escapes). */
function columnAfter(control: string, before: number): number {
	const [, parameters = '', move = control] = /^\x1b\[([\d;]*)([EFGH])$/.exec(control) ?? [];
	if (!['E', 'F', 'G', 'H', '\r'].includes(move)) return before;
	const isHorizontal = move === 'G' || parameters.includes(';');
	return isHorizontal ? Number(parameters.split(';').at(-1) || 1) - 1 : 0;
}
