/**
 * A cursor in a list that changes under it. It stays with the entry (`key`), and the entry stays on its line of the screen (`line`),
 * whatever news inserts above it. `key` undefined: nobody has moved yet, the cursor is on the first entry.
 */
export type ListState = {readonly key: string | undefined; readonly index: number; readonly line: number};

/** The entries of a list by their keys; `indexOf` is -1 for a key that is gone. */
export type ListSource = {readonly count: number; keyAt(index: number): string; indexOf(key: string): number};

export type ListView = {readonly index: number; readonly top: number};

export const startOfList: ListState = {key: undefined, index: 0, line: 0};

/** A source made of an array. The search starts at the cursor's last place: news moves an entry little. */
export function listOf<T>(items: readonly T[], keyOf: (item: T) => string, near = 0): ListSource {
	return {
		count: items.length,
		keyAt: (index) => {
			const item = items[index];
			return item === undefined ? '' : keyOf(item);
		},
		indexOf: (key) => {
			const guess = items[near];
			if (guess !== undefined && keyOf(guess) === key) return near;
			return items.findIndex((item) => keyOf(item) === key);
		},
	};
}

/** Where the cursor stands now, and which entry is on the first of `height` lines. When its entry is gone, the one in its place. */
export function locate(state: ListState, list: ListSource, height: number): ListView {
	if (list.count === 0) return {index: -1, top: 0};
	const found = state.key === undefined ? 0 : list.indexOf(state.key);
	const index = found === -1 ? clamp(state.index, list.count - 1) : found;
	const line = clamp(state.line, Math.max(0, height - 1));
	return {index, top: clamp(index - line, Math.max(0, list.count - height))};
}

/** The cursor where it is now on the screen: from there on news leaves it on this line. Nobody has moved it yet: then it stays at the beginning. */
export function anchor(state: ListState, list: ListSource, height: number): ListState {
	const {index, top} = locate(state, list, height);
	return state.key === undefined || index === -1 ? state : {key: list.keyAt(index), index, line: index - top};
}

/** Moves the cursor to an index; the window moves only as far as it must. */
function moveTo(state: ListState, target: number, list: ListSource, height: number): ListState {
	if (list.count === 0) return state;
	const {top} = locate(state, list, height);
	const index = clamp(target, list.count - 1);
	const first = Math.min(Math.max(top, index - Math.max(1, height) + 1), index);
	return {key: list.keyAt(index), index, line: index - first};
}

/** The cursor on what stands on a line of the window, counted from its first; undefined where nothing does. */
export function pointAt(state: ListState, line: number, list: ListSource, height: number): ListState | undefined {
	const index = locate(state, list, height).top + line;
	return line < 0 || line >= height || index >= list.count ? undefined : {key: list.keyAt(index), index, line};
}

/** The moves that every list knows. */
export type Move = 'down' | 'up' | 'page-down' | 'page-up' | 'first' | 'last';

/** The cursor after a move, done so many `times`; with `first` and `last` a count is the number of a line. */
export function moveBy(state: ListState, move: Move, list: ListSource, height: number, times?: number): ListState {
	const {index} = locate(state, list, height);
	return moveTo(state, placeAfter(index, move, height, list.count, times), list, height);
}

/** The first line of a scrolled text of `count` lines after a move, in a window of `height`; `times` as in moveBy. */
export function scrollBy(top: number, move: Move, count: number, height: number, times?: number): number {
	return clamp(placeAfter(top, move, height, count, times), Math.max(0, count - height));
}

function placeAfter(from: number, move: Move, height: number, count: number, times: number | undefined): number {
	const page = Math.max(1, height - 1);
	switch (move) {
		case 'first':
			return (times ?? 1) - 1;
		case 'last':
			return (times ?? count) - 1;
		default:
			return from + {down: 1, up: -1, 'page-down': page, 'page-up': -page}[move] * (times ?? 1);
	}
}

function clamp(value: number, highest: number): number {
	return Math.min(Math.max(0, value), highest);
}
