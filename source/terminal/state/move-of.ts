import type {Move} from './list-state.ts';

const moves = {
	'move.down': 'down',
	'move.up': 'up',
	'move.page-down': 'page-down',
	'move.page-up': 'page-up',
	'move.first': 'first',
	'move.last': 'last',
} as const satisfies Record<`move.${Move}`, Move>;

/** The move that an intent of a list asks for. */
export function moveOf(intent: keyof typeof moves): Move {
	return moves[intent];
}

/** True for the intents that move in a list or text. */
export function isMove(intent: string): intent is keyof typeof moves {
	return Object.hasOwn(moves, intent);
}
