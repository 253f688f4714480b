import {sanitise} from '../output/sanitise.ts';

/** One line of text from a VM as it may be shown and kept: no control characters, at most `limit` characters. */
export function plainText(text: string, limit = 500): string {
	// Cut first: a line of any length costs no more than it may show.
	const plain = sanitise(text.slice(0, limit * 20).replace(/\r+$/, '')).trim();
	return plain.length > limit ? `${plain.slice(0, limit - 1)}…` : plain;
}

/** As `plainText`, for several lines: empty ones are left out, the last `lines` are kept. */
export function plainLines(text: string, lines = 20): string {
	return text
		.split('\n')
		.map((line) => plainText(line))
		.filter((line) => line !== '')
		.slice(-lines)
		.join('\n');
}
