import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createLineSplitter, maximumLineLength} from '../../source/output/line-splitter.ts';

function split(...chunks: ReadonlyArray<string | Uint8Array>): readonly string[] {
	const lines: string[] = [];
	const splitter = createLineSplitter((line) => lines.push(line));
	for (const chunk of chunks) splitter.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
	splitter.end();
	return lines;
}

describe('lines of a stream', () => {
	it.each([
		['nothing', [''], []],
		['one line', ['a\n'], ['a']],
		['a line without an end', ['a\nb'], ['a', 'b']],
		['empty lines', ['\n\na\n\n'], ['', '', 'a', '']],
		['CRLF', ['a\r\nb\r\n'], ['a', 'b']],
		['CRLF torn apart', ['a\r', '\nb'], ['a', 'b']],
		['a doubled carriage return, as ttys write', ['a\r\r\nb\n'], ['a', 'b']],
		['progress that rewrites its line', ['10%\r20%\r', '100%\n'], ['100%']],
		['progress that is torn after the return', ['10%\r', '20%', '\r', '30%\r\n'], ['30%']],
		['a return at the end of a line that stays', ['done\r', '\n'], ['done']],
		['a rewrite with nothing after it', ['a\r'], ['a']],
		['a return at the start', ['\rReading\n'], ['Reading']],
		['UTF-8 torn apart', [Buffer.from('é…😀').subarray(0, 7), Buffer.from('é…😀').subarray(7)], ['é…😀']],
		['bytes that are no UTF-8', [new Uint8Array([0x61, 0xff, 0x62, 0x0a])], ['a�b']],
	] as const)('%s', (_, chunks, lines) => {
		expect(split(...chunks)).toEqual(lines);
	});

	it('are the same wherever the chunks break', () => {
		const text = fc.string({unit: fc.constantFrom('a', 'é', '😀', '\r', '\n', '\r\n', ' '), maxLength: 40});
		fc.assert(
			fc.property(text, fc.array(fc.nat(200), {maxLength: 8}), (whole, cuts) => {
				const bytes = Buffer.from(whole);
				const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
				const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
				expect(split(...chunks)).toEqual(split(bytes));
			}),
		);
	});

	it('are cut when they are too long, however they arrive, and say how much is missing', () => {
		const long = 'x'.repeat(maximumLineLength + 500);
		const expected = `${'x'.repeat(maximumLineLength)} … [cut, 500 more characters]`;
		expect(split(`${long}\nnext\n`)).toEqual([expected, 'next']);
		expect(split(long.slice(0, 5000), long.slice(5000), '\r\n')).toEqual([expected]);
	});

	it('are cut before a torn word, so that no half of a secret stands at the end', () => {
		const [line] = split(`${'x'.repeat(maximumLineLength - 20)} password-that-is-torn-apart\n`);
		expect(line).not.toContain('password');
	});

	it('cost no memory while no line end comes', () => {
		const lines: string[] = [];
		const splitter = createLineSplitter((line) => lines.push(line));
		for (let count = 0; count < 1000; count++) splitter.push(Buffer.alloc(10_000, 'x'));
		splitter.end();
		expect(lines[0]?.length).toBeLessThan(maximumLineLength + 100);
	});
});
