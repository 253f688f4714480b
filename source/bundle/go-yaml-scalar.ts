/** Where a text stands: the indent of its own further lines, and the column at which it begins. */
export type Place = {readonly indent: number; readonly column: number; readonly isKey: boolean};

/** Texts are folded at a blank behind this column (emitterc.go, best_width). */
const width = 80;

/**
 * A text as Go's YAML library writes it: plain where it reads back as this text, else in quotes; with line breaks literally, where
 * that can be. The rules are those of go.yaml.in/yaml/v2: encode.go (stringv), resolve.go, emitterc.go (analyze and select scalar).
 */
export function goYamlScalar(text: string, place: Place): string {
	const found = analyse(text);
	if (text.includes('\n')) {
		return found.literal && !place.isKey ? literal(text, place.indent) : doubleQuoted(text, place);
	}
	if (readsAsOther(text)) return doubleQuoted(text, place);
	if (found.plain && !(text === '' && place.isKey)) return folded(text, place);
	return found.single ? `'${folded(text.replaceAll("'", "''"), place, 1)}'` : doubleQuoted(text, place);
}

const words =
	/^(~|null|Null|NULL|[yYnN]|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|\.nan|\.NaN|\.NAN|[-+]?\.(inf|Inf|INF))$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const integer = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)$/;
const timestamp =
	/^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d{2}:\d{2})|[ \t]+\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?)?$/;

/** Unquoted it would be a number, a truth, nothing, or a time. */
function readsAsOther(text: string): boolean {
	if (text === '' || words.test(text)) return true;
	if (!/^[-+.0-9]/.test(text)) return false;
	const digits = text.replaceAll('_', '');
	if (text.startsWith('.')) return float.test(text);
	return base60.test(text) || integer.test(digits) || float.test(digits) || timestamp.test(text);
}

/** In which styles a text can be written. */
function analyse(text: string): {readonly plain: boolean; readonly single: boolean; readonly literal: boolean} {
	const blankEnds = /^[ ]|[ ]$/.test(text);
	const breakEnds = /^[\n\r\u0085\u2028\u2029]|[\n\r\u0085\u2028\u2029]$/.test(text);
	const breaks = /[\n\r\u0085\u2028\u2029]/.test(text);
	const blankThenBreak = / [\n\r\u0085\u2028\u2029]/.test(text);
	const breakThenBlank = /[\n\r\u0085\u2028\u2029] /.test(text);
	const special = [...text].some((character) => !printable(character));
	const indicator =
		/^(---|\.\.\.)/.test(text) ||
		/^[#,[\]{}&*!|>'"%@`]/.test(text) ||
		/^[-?:]([ \t\r\u0085\u2028\u2029\0]|$)/.test(text) ||
		/:([ \t\r\u0085\u2028\u2029\0]|$)/.test(text) ||
		/[ \t\r\u0085\u2028\u2029\0]#/.test(text);
	return {
		plain: !indicator && !blankEnds && !breakEnds && !breaks && !special,
		single: !breakThenBlank && !blankThenBreak && !special,
		literal: !blankThenBreak && !special && !text.endsWith(' '),
	};
}

function printable(character: string): boolean {
	const code = character.codePointAt(0) ?? 0;
	return (
		code === 0x0a ||
		(code >= 0x20 && code <= 0x7e) ||
		code === 0x85 ||
		(code >= 0xa0 && code <= 0xd7ff) ||
		(code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
	);
}

/** Breaks at single blanks once the line is long enough; a reader makes a blank of such a break. */
function folded(text: string, {indent, column, isKey}: Place, quote = 0): string {
	let written = '';
	let at = column + quote;
	const characters = [...text];
	characters.forEach((character, index) => {
		const inside = quote === 0 || (index > 0 && index < characters.length - 1);
		const alone = characters[index - 1] !== ' ' && characters[index + 1] !== ' ';
		if (character === ' ' && !isKey && alone && inside && at > width) {
			written += `\n${' '.repeat(indent)}`;
			at = indent;
			return;
		}
		written += character;
		at += 1;
	});
	return written;
}

function literal(text: string, indent: number): string {
	const hint = /^[ \n]/.test(text) ? '2' : '';
	const chomp = !text.endsWith('\n') ? '-' : /^\n?$|\n\n$/.test(text) ? '+' : '';
	const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
	const body = lines.map((line) => (line === '' ? '' : `${' '.repeat(indent)}${line}`)).join('\n');
	return `|${hint}${chomp}\n${body}`;
}

const escapes: Readonly<Record<string, string>> = {
	'\0': '0',
	'\u0007': 'a',
	'\b': 'b',
	'\t': 't',
	'\n': 'n',
	'\v': 'v',
	'\f': 'f',
	'\r': 'r',
	'\u001B': 'e',
	'"': '"',
	'\\': '\\',
	'\u0085': 'N',
	'\u00A0': '_',
	'\u2028': 'L',
	'\u2029': 'P',
};

function doubleQuoted(text: string, {indent, column, isKey}: Place): string {
	let written = '"';
	let at = column + 1;
	let afterBlank = false;
	const characters = [...text];
	characters.forEach((character, index) => {
		const mark = escaped(character);
		if (mark !== undefined) {
			written += mark;
			at += mark.length;
			afterBlank = false;
			return;
		}
		const inside = index > 0 && index < characters.length - 1;
		if (character === ' ' && !isKey && !afterBlank && inside && at > width) {
			written += `\n${' '.repeat(indent)}${characters[index + 1] === ' ' ? '\\' : ''}`;
			at = indent + (characters[index + 1] === ' ' ? 1 : 0);
			afterBlank = true;
			return;
		}
		written += character;
		at += 1;
		afterBlank = character === ' ';
	});
	return `${written}"`;
}

function escaped(character: string): string | undefined {
	const short = escapes[character];
	if (short !== undefined && character !== '\u00A0') return `\\${short}`;
	if (printable(character)) return undefined;
	const code = character.codePointAt(0) ?? 0;
	if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
	return code <= 0xffff
		? `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
		: `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}
