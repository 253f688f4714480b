import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {listOf, locate, type Move, moveBy, scrollBy, startOfList} from '../../source/terminal/state/list-state.ts';

const keys = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), {maxLength: 60}).map((all) => all.toSorted());
const moves = fc.array(fc.constantFrom<Move>('down', 'up', 'page-down', 'page-up', 'first', 'last'), {maxLength: 20});
const height = fc.integer({min: 1, max: 20});
const source = (all: readonly string[], near = 0) => listOf(all, (key) => key, near);

describe('the cursor of a list', () => {
	it('is always on an entry that can be seen', () => {
		fc.assert(
			fc.property(keys, moves, height, height, (all, path, rows, later) => {
				let state = startOfList;
				for (const move of path) state = moveBy(state, move, source(all, state.index), rows);
				for (const window of [rows, later]) {
					const {index, top} = locate(state, source(all, state.index), window);
					if (all.length === 0) {
						expect(index).toBe(-1);
						continue;
					}
					expect(index).toBeGreaterThanOrEqual(top);
					expect(index).toBeLessThan(top + window);
					expect(top).toBeLessThanOrEqual(Math.max(0, all.length - window));
				}
			}),
		);
	});

	it('stays with its entry when others come and go, also on its line while there is room', () => {
		fc.assert(
			fc.property(keys, keys, moves, height, (before, after, path, rows) => {
				fc.pre(before.length > 0 && path.length > 0);
				let state = startOfList;
				for (const move of path) state = moveBy(state, move, source(before, state.index), rows);
				const was = locate(state, source(before, state.index), rows);
				const key = before[was.index] ?? '';
				const now = [...new Set([...after, key])].toSorted();
				const view = locate(state, source(now, state.index), rows);
				expect(now[view.index]).toBe(key);
				const isFree = view.top > 0 && view.top < now.length - rows;
				if (isFree) expect(view.index - view.top).toBe(was.index - was.top);
			}),
		);
	});

	it('takes the next entry when its own is gone', () => {
		const state = moveBy(startOfList, 'down', source(['a', 'b', 'c']), 5);
		expect(locate(state, source(['a', 'c'], state.index), 5).index).toBe(1);
		expect(locate(state, source(['a'], state.index), 5).index).toBe(0);
	});
});

it('a count repeats a move, and names a line for the beginning and the end', () => {
	const all = Array.from({length: 300}, (_, at) => `k${String(at).padStart(3, '0')}`);
	fc.assert(
		fc.property(fc.integer({min: 1, max: 400}), fc.integer({min: 0, max: 299}), height, (times, from, rows) => {
			const start = moveBy(startOfList, 'first', source(all), rows, from + 1);
			expect(start.index).toBe(from);
			let one = start;
			for (let count = 0; count < times; count += 1) one = moveBy(one, 'down', source(all, one.index), rows);
			expect(moveBy(start, 'down', source(all, start.index), rows, times).index).toBe(one.index);
			expect(moveBy(start, 'last', source(all), rows, times).index).toBe(Math.min(times, 300) - 1);
		}),
	);
	expect(scrollBy(0, 'down', 100, 10, 25)).toBe(25);
	expect(scrollBy(50, 'first', 100, 10, 7)).toBe(6);
	expect(scrollBy(0, 'page-down', 100, 10, 3)).toBe(27);
});

it('a scrolled text never leaves its end', () => {
	expect(scrollBy(0, 'page-down', 100, 10)).toBe(9);
	expect(scrollBy(85, 'page-down', 100, 10)).toBe(90);
	expect(scrollBy(5, 'page-up', 100, 10)).toBe(0);
	expect(scrollBy(0, 'last', 5, 10)).toBe(0);
});
