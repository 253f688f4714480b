import type {Action, Procedure} from '../action.ts';

/**
 * Performs what a procedure asks for and answers what it returns; what fails is thrown into it, since it may know better what that means.
 * Of procedures side by side one that fails ends the others only after what they have begun: nothing goes on unseen. Rejects when it is told to stop.
 */
export async function walk<Result>(
	procedure: Procedure<Result>,
	perform: (action: Action) => Promise<unknown>,
	signal: AbortSignal,
): Promise<Result> {
	let next = procedure.next();
	while (next.done !== true) {
		const asked = next.value;
		let answer: unknown;
		try {
			answer = await (asked.kind === 'side-by-side' ? walkAll(asked.procedures, perform, signal) : perform(asked));
		} catch (error) {
			next = procedure.throw(error);
			continue;
		}
		signal.throwIfAborted();
		next = procedure.next(answer);
	}
	return next.value;
}

async function walkAll(
	procedures: ReadonlyArray<Procedure<unknown>>,
	perform: (action: Action) => Promise<unknown>,
	signal: AbortSignal,
): Promise<readonly unknown[]> {
	const walks = procedures.map((procedure) => walk(procedure, perform, signal));
	await Promise.allSettled(walks);
	return Promise.all(walks);
}

/** For an examination, which changes nothing, whatever it is asked to perform. */
export function changingNothing(perform: (action: Action) => Promise<unknown>): typeof perform {
	return async (action) => {
		if ('changes' in action && action.changes)
			throw new Error(`an examination wants to change something: ${action.kind}`);
		return perform(action);
	};
}
