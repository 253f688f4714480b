import type {Action, Procedure} from '../action.ts';

/** Performs what a procedure asks for, which must change nothing, and answers what it returns. Rejects when it is told to stop. */
export async function walk<Result>(
	procedure: Procedure<Result>,
	perform: (action: Action) => Promise<unknown>,
	signal: AbortSignal,
): Promise<Result> {
	let next = procedure.next();
	while (next.done !== true) {
		const action = next.value;
		for (const part of action.kind === 'all' ? action.actions : [action]) refuseChange(part);
		let answer: unknown;
		try {
			answer = await perform(action);
		} catch (error) {
			next = procedure.throw(error);
			continue;
		}
		signal.throwIfAborted();
		next = procedure.next(answer);
	}
	return next.value;
}

/** An examination changes nothing, whatever it is asked to perform. */
function refuseChange(action: Action): void {
	if ('changes' in action && action.changes)
		throw new Error(`an examination wants to change something: ${action.kind}`);
}
