import type {Action, All, Procedure} from './action.ts';

/**
 * Carries out procedures side by side: what they ask for at a time is asked for together, so that they take as many round trips as the
 * longest of them. What fails for one ends all.
 */
export function* sideBySide<const Results extends readonly unknown[]>(
	...procedures: {[Index in keyof Results]: Procedure<Results[Index]>}
): Procedure<Results> {
	const states = procedures.map((procedure) => ({procedure, next: procedure.next()}));
	for (;;) {
		const going = states.filter(({next}) => next.done !== true);
		if (going.length === 0) return states.map(({next}) => next.value) as unknown as Results;
		const wanted = going.map(({next}) => partsOf(next.value as Action));
		const answers = (yield {kind: 'all', actions: wanted.flat()}) as readonly unknown[];
		let at = 0;
		for (const [index, state] of going.entries()) {
			const parts = wanted[index] ?? [];
			const own = answers.slice(at, at + parts.length);
			at += parts.length;
			state.next = state.procedure.next((state.next.value as Action).kind === 'all' ? own : own[0]);
		}
	}
}

function partsOf(action: Action): ReadonlyArray<Exclude<Action, All>> {
	return action.kind === 'all' ? action.actions : [action];
}
