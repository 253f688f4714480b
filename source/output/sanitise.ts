/** Nothing but printable ASCII: the common case, which costs one test. */
const plain = /^[\x20-\x7e]*$/;

/**
 * Escape sequences of ECMA-48, in their 7-bit and 8-bit forms: OSC, DCS, SOS, PM and APC strings with all they hold (a string
 * that is never closed reaches to the end), CSI sequences with their parameters, and the short ones (`ESC c`, `ESC ( B`).
 */
const sequences =
	/(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|(?=\x1b)|$)|(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?|\x1b[\x20-\x2f]*[\x30-\x7e]?/g;

/** What reorders or hides text without being seen: bidirectional controls, zero-width characters, variation selectors, tags. */
const invisible = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/** Skin tones and keycaps: one terminal draws them over the sign before, the next beside it, and nothing would stand where it should. */
const decorations = /(?<=\p{Extended_Pictographic})[\u{1f3fb}-\u{1f3ff}\u20e3]+|\u20e3/gu;

const otherControls = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/g;

/**
 * One line of a stranger's output as plain text: no escape sequence, no control character, nothing invisible, no skin tone, whatever
 * was sent. Tabs become spaces up to the next column of eight; other controls become visible glyphs (`␀`, `␊`, `␡`), so that
 * nothing of the line's meaning is lost in silence. Sanitising twice changes nothing.
 */
export function sanitise(line: string): string {
	if (plain.test(line)) return line;
	const text = line
		.toWellFormed()
		.replace(sequences, '')
		.replace(invisible, '')
		.replace(decorations, '')
		.replace(otherControls, (control) => glyph(control));
	return text.includes('\t') ? expandTabs(text) : text;
}

function glyph(control: string): string {
	const code = control.charCodeAt(0);
	if (code < 0x20) return String.fromCharCode(0x2400 + code);
	if (code === 0x7f) return '\u2421';
	return code > 0x9f ? '\u240a' : '\ufffd';
}

function expandTabs(text: string): string {
	let column = 0;
	return text
		.split('\t')
		.map((part, index, parts) => {
			column += part.length;
			if (index === parts.length - 1) return part;
			const spaces = 8 - (column % 8);
			column += spaces;
			return part + ' '.repeat(spaces);
		})
		.join('');
}
