import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createRingBuffer} from '../../source/output/ring-buffer.ts';

describe('the newest lines', () => {
	it('are kept up to a number of lines', () => {
		const buffer = createRingBuffer({lines: 3, characters: 1000});
		for (const line of ['a', 'b', 'c', 'd', 'e']) buffer.push(line, 0);
		expect([buffer.length, buffer.dropped, buffer.window(0, 10)]).toEqual([5, 2, ['c', 'd', 'e']]);
		expect(buffer.window(3, 1)).toEqual(['d']);
		expect(buffer.window(7, 4)).toEqual([]);
	});

	it('are kept up to a number of characters, and one line always', () => {
		const buffer = createRingBuffer({lines: 10, characters: 5});
		for (const line of ['aa', 'bb', 'cc']) buffer.push(line, 0);
		expect(buffer.window(0, 10)).toEqual(['bb', 'cc']);
		buffer.push('a long line', 0);
		expect(buffer.window(0, 10)).toEqual(['a long line']);
	});

	it('can be searched, ignoring case, by number', () => {
		const buffer = createRingBuffer({lines: 3, characters: 1000});
		for (const line of ['Error one', 'fine', 'an error', 'ERROR']) buffer.push(line, 0);
		expect(buffer.search('error')).toEqual([2, 3]);
		expect(buffer.search('')).toEqual([]);
	});

	it('change their version with every line', () => {
		const buffer = createRingBuffer();
		const before = buffer.version;
		buffer.push('', 0);
		expect(buffer.version).not.toBe(before);
	});

	it('are the end of all that was pushed', () => {
		fc.assert(
			fc.property(
				fc.array(fc.string({maxLength: 6})),
				fc.integer({min: 1, max: 6}),
				fc.integer({min: 1, max: 30}),
				(all, lines, characters) => {
					const buffer = createRingBuffer({lines, characters});
					for (const line of all) buffer.push(line, 0);
					const kept = buffer.window(0, all.length);
					expect(kept).toEqual(all.slice(buffer.dropped));
					expect(kept.length).toBeLessThanOrEqual(lines);
					if (kept.length > 1) expect(kept.join('').length).toBeLessThanOrEqual(characters);
				},
			),
		);
	});
});
