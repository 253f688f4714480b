/*
 * The control sequences that may leave the program. Those of the first list are in Microsoft's "Console Virtual Terminal Sequences", by which
 * ConPTY and Windows Terminal draw what comes over SSH, as they are in every terminfo entry of today. Those of the second are asked for, and a terminal that does not know
 * them leaves them out (ECMA-48, 5.4); nothing is lost with them.
 */

/** Colours and looks: reset, bold, underline, inverse with their ends, the sixteen, 256 and 24 bits. */
const looks = /^(?:|0|1|4|7|24|27|3\d|4\d|9\d|10[0-7]|[34]8;5;\d+|[34]8;2;\d+;\d+;\d+)$/;

const drawing: ReadonlyArray<readonly [what: string, form: RegExp]> = [
	['a move of the cursor', /^\x1b\[\d*[A-G]$/],
	['the cursor to a place', /^\x1b\[(?:\d+;\d+)?H$/],
	['erasing', /^\x1b\[[0-2]?[JK]$/],
	['the cursor hidden or shown', /^\x1b\[\?25[hl]$/],
	['the alternate screen', /^\x1b\[\?1049[hl]$/],
];

const optional: ReadonlyArray<readonly [what: string, form: RegExp]> = [
	['dim, and the end of dim and bold', /^\x1b\[(?:2|22)m$/],
	['a frame that is shown at once', /^\x1b\[\?2026[hl]$/],
	['pasted text that is marked', /^\x1b\[\?2004[hl]$/],
	["kitty's keyboard, asked after, switched on, off again", /^\x1b\[(?:\?|>\d+|<\d*)u$/],
	['the clipboard', /^\x1b\]52;c;[\w+/]*=*\x07$/],
	['the mouse, where it was asked for', /^\x1b\[\?100[06][hl]$/],
];

const any =
	/\x1b(?:\[[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[^[\]]|$)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]/g;

/** What is among the bytes of the program and in neither list, each once. */
export function strangeSequences(raw: string): readonly string[] {
	const strange = new Set<string>();
	for (const [sequence] of raw.matchAll(any)) {
		const parameters = /^\x1b\[([\d;]*)m$/.exec(sequence)?.[1];
		const isKnown =
			(parameters !== undefined && looks.test(parameters)) ||
			[...drawing, ...optional].some(([, form]) => form.test(sequence));
		if (!isKnown) strange.add(JSON.stringify(sequence));
	}
	return [...strange];
}
