import {cut, widthOf} from './width.ts';

/** What a piece of text means; the theme gives it a colour. State is never told by the tone alone. */
export type Tone = 'plain' | 'dim' | 'title' | 'accent' | 'good' | 'warn' | 'bad';

/** A piece of a line with one look. */
export type Span = {readonly text: string; readonly tone?: Tone; readonly bold?: boolean; readonly inverse?: boolean};

/** One line of the screen. */
export type Line = readonly Span[];

/** A span, in short. */
export function span(text: string, tone: Tone = 'plain'): Span {
	return tone === 'plain' ? {text} : {text, tone};
}

/** Columns of a line. */
export function lineWidth(line: Line): number {
	return line.reduce((sum, piece) => sum + widthOf(piece.text), 0);
}

/** The line in exactly `width` columns: pieces that do not fit are cut with `…`, the rest is blank. */
export function fitLine(line: Line, width: number): Line {
	const fitted: Span[] = [];
	let left = width;
	for (const [index, piece] of line.entries()) {
		if (left <= 0) break;
		const more = line.slice(index + 1).some((later) => later.text !== '');
		const text = cut(more && widthOf(piece.text) === left ? `${piece.text} ` : piece.text, left);
		left -= widthOf(text);
		fitted.push({...piece, text});
	}
	if (left > 0) fitted.push({text: ' '.repeat(left)});
	return fitted;
}

/** `left` and `right` at the two ends of `width` columns; when both do not fit, `right` stays whole and `left` is cut. */
export function spread(left: Line, right: Line, width: number): Line {
	const end = lineWidth(right);
	if (end === 0 || end >= width) return fitLine(end === 0 ? left : right, width);
	return [...fitLine(left, width - end), ...right];
}

/** The line without blanks at its end, unless they can be seen; an empty line is one blank, since a text without any has no height. */
export function trimLine(line: Line): Line {
	const last = line.findLastIndex(({text, inverse}) => inverse === true || text.trimEnd() !== '');
	if (last === -1) return [{text: ' '}];
	return line
		.slice(0, last + 1)
		.map((piece, index) => (index === last && piece.inverse !== true ? {...piece, text: piece.text.trimEnd()} : piece));
}
