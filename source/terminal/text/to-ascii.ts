import {graphemes, widthOf} from './width.ts';

/** Our own signs outside of the glyphs, and what libraries and VMs draw with. */
const signs = new Map(
	Object.entries({
		'…': '~',
		'·': '.',
		'•': '*',
		'×': 'x',
		'→': '>',
		'←': '<',
		'↑': '^',
		'↓': 'v',
		'─': '-',
		'│': '|',
		'✓': '+',
		'✗': 'x',
		'’': "'",
		'‘': "'",
		'“': '"',
		'”': '"',
		'–': '-',
		'—': '-',
	}),
);

/** The text as ASCII in as many columns: letters without their accents, a sign that is like ours, else `?`. */
export function toAscii(text: string): string {
	return graphemes(text)
		.map((grapheme) => {
			if (/^[\x20-\x7e]$/.test(grapheme)) return grapheme;
			const width = widthOf(grapheme);
			const bare = grapheme.normalize('NFKD').replaceAll(/[^\x20-\x7e]/g, '');
			return signs.get(grapheme) ?? (bare.length === width ? bare : '?'.repeat(width));
		})
		.join('');
}
