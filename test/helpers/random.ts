/** Chance that can be played again: the same seed gives the same numbers (mulberry32). */
export function randomOf(seed: number): {below(limit: number): number; of<T>(items: readonly T[]): T} {
	let state = seed >>> 0;
	const below = (limit: number) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
	};
	return {
		below,
		of(items) {
			const item = items[below(items.length)];
			if (item === undefined) throw new Error('nothing to choose from');
			return item;
		},
	};
}
