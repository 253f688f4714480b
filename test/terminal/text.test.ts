import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {duration} from '../../source/terminal/text/duration.ts';
import {fitLine, lineWidth, span, spread} from '../../source/terminal/text/line.ts';
import {cut, padTo, widthOf, wrap} from '../../source/terminal/text/width.ts';

const anything = fc.oneof(
	fc.string(),
	fc.string({unit: 'grapheme'}),
	fc.constantFrom('日本語', '👩‍👩‍👧', '\x1b[2J', 'a\tb', '\u202eabc'),
);
const width = fc.integer({min: 1, max: 60});

describe('text in columns', () => {
	it('is cut to at most the width, and padded to exactly it', () => {
		fc.assert(
			fc.property(anything, width, (text, columns) => {
				expect(widthOf(cut(text, columns))).toBeLessThanOrEqual(columns);
				expect(widthOf(padTo(text, columns))).toBe(columns);
			}),
		);
	});

	it('never lets a control character through', () => {
		fc.assert(
			fc.property(anything, (text) => {
				expect(cut(text, 200)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
			}),
		);
	});

	it('tells that something was cut', () => {
		expect(cut('details-vm', 7)).toBe('detail…');
		expect(cut('details-vm', 10)).toBe('details-vm');
		expect(cut('日本語日本語', 6)).toBe('日本…');
	});

	it('loses nothing but blanks when wrapped, and no line is too wide', () => {
		fc.assert(
			fc.property(
				fc.string({unit: fc.constantFrom('a', 'b', ' ', '日', '-'), maxLength: 200}),
				width,
				(text, columns) => {
					const lines = wrap(text, columns);
					for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(Math.max(2, columns));
					expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
				},
			),
		);
	});

	it('breaks at blanks where there are any', () => {
		expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
		expect(wrap('abcdefghijkl', 5)).toEqual(['abcde', 'fghij', 'kl']);
		expect(wrap('', 5)).toEqual(['']);
		expect(wrap('a\r\nb', 5)).toEqual(['a', 'b']);
	});

	it('wraps a quarter of a megabyte in a moment', () => {
		const started = performance.now();
		wrap('x'.repeat(256 * 1024), 40);
		expect(performance.now() - started).toBeLessThan(1500);
	});
});

describe('lines of pieces', () => {
	it('are exactly as wide as asked', () => {
		fc.assert(
			fc.property(
				fc.array(anything, {maxLength: 5}),
				fc.array(anything, {maxLength: 2}),
				width,
				(left, right, columns) => {
					expect(
						lineWidth(
							fitLine(
								left.map((text) => span(text)),
								columns,
							),
						),
					).toBe(columns);
					const clean = right.map((text) => span(cut(text, 10)));
					expect(
						lineWidth(
							spread(
								left.map((text) => span(text)),
								clean,
								columns,
							),
						),
					).toBe(columns);
				},
			),
		);
	});

	it('say when a whole piece was left out', () => {
		expect(fitLine([span('abc'), span('def')], 3).map(({text}) => text)).toEqual(['ab…']);
	});
});

it.each([
	[0, '0s'],
	[59_999, '59s'],
	[187_000, '3m07s'],
	[5 * 3_600_000 + 720_000, '5h12m'],
	[9 * 86_400_000 + 4 * 3_600_000, '9d4h'],
	[412 * 86_400_000, '412d'],
	[-5, '0s'],
	[Number.NaN, '?'],
])('%d ms are %s', (milliseconds, words) => {
	expect(duration(milliseconds)).toBe(words);
});
