import stringWidth from 'string-width';
import {sanitise} from '../../output/sanitise.ts';

const plain = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

/** Graphemes of a text: what a person calls characters. */
export function graphemes(text: string): readonly string[] {
	return plain.test(text) ? [...text] : Array.from(segmenter.segment(text), ({segment}) => segment);
}

/** Columns that a text takes on the screen. Plain ASCII is not measured: string-width takes 50 µs for a line of output. */
export function widthOf(text: string): number {
	return plain.test(text) ? text.length : stringWidth(text);
}

/** The text as one harmless line of at most `width` columns; what does not fit ends in `…`. Never cuts a grapheme. */
export function cut(text: string, width: number): string {
	if (width <= 0) return '';
	const line = sanitise(text);
	if (widthOf(line) <= width) return line;
	if (plain.test(line)) return `${line.slice(0, width - 1)}…`;
	let used = 0;
	let kept = '';
	for (const grapheme of graphemes(line)) {
		const columns = stringWidth(grapheme);
		if (used + columns > width - 1) break;
		used += columns;
		kept += grapheme;
	}
	return `${kept}…`;
}

/** Exactly `width` columns: cut, or padded with blanks. */
export function padTo(text: string, width: number): string {
	const line = cut(text, width);
	return line + ' '.repeat(Math.max(0, width - widthOf(line)));
}

/** The text on lines of at most `width` columns, broken at blanks, a long word after a slash, where there are any; never empty. Newlines are kept. */
export function wrap(text: string, width: number): readonly string[] {
	const columns = Math.max(1, width);
	return text.split(/\r\n|\r|\n/).flatMap((line) => wrapLine(sanitise(line), columns));
}

function wrapLine(line: string, width: number): readonly string[] {
	if (widthOf(line) <= width) return [line];
	const lines: string[] = [];
	const all = graphemes(line);
	let from = 0;
	while (from < all.length) {
		const {end, blank, slash} = reach(all, from, width);
		const at = end < all.length ? (blank > from ? blank : slash - from > width / 2 ? slash : end) : end;
		lines.push(all.slice(from, at).join(''));
		from = all[at] === ' ' && end < all.length ? at + 1 : at;
	}
	return lines;
}

/**
 * Where `width` columns from a grapheme on end, where the last blank in them (or right after them) is, and what follows the last
 * slash in them; 0 for none.
 */
function reach(all: readonly string[], from: number, width: number): {end: number; blank: number; slash: number} {
	let used = 0;
	let blank = 0;
	let slash = 0;
	for (let index = from; index < all.length; index += 1) {
		const grapheme = all[index] ?? '';
		if (grapheme === ' ') blank = index;
		used += widthOf(grapheme);
		if (grapheme === '/' && used < width) slash = index + 1;
		if (used > width) return {end: Math.max(from + 1, index), blank, slash};
	}
	return {end: all.length, blank, slash};
}
