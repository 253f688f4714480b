import {isDeepStrictEqual} from 'node:util';
import type {Action, All} from '../../source/onboarding/action.ts';
import type {Outcome, Step, StepContext} from '../../source/onboarding/step.ts';
import type {ExecResult} from '../../source/ports.ts';

/** One action that a step asked for. */
export type Asked = Exclude<Action, All>;

/**
 * Walks a step with answers from a function, as the runner would: what changes something must stand in the step's plan.
 * An answer that throws is thrown into the step. Returns how it ended and all that it asked for, in order.
 */
export function drive(
	step: Step,
	context: StepContext,
	answer: (action: Asked, index: number) => unknown,
): {readonly outcome: Outcome; readonly asked: readonly Asked[]} {
	const planned = step.plan(context);
	const asked: Asked[] = [];
	const refuse = (action: Asked) => {
		if ('changes' in action && action.changes && !planned.some((shown) => isShown(action, shown))) {
			throw new Error(`${step.id} would do what its plan does not show: ${JSON.stringify(action)}`);
		}
	};
	const answerOne = (action: Asked): unknown => {
		asked.push(action);
		return answer(action, asked.length - 1);
	};
	const procedure = step.run(context);
	let next = procedure.next();
	while (next.done !== true) {
		const action = next.value;
		for (const part of action.kind === 'all' ? action.actions : [action]) refuse(part);
		let answered: unknown;
		try {
			answered = action.kind === 'all' ? action.actions.map(answerOne) : answerOne(action);
		} catch (error) {
			next = procedure.throw(error);
			continue;
		}
		next = procedure.next(answered);
	}
	return {outcome: next.value, asked};
}

/** The result of a command that ended by itself. */
export function ran(stdout = '', code = 0, stderr = ''): ExecResult {
	return {code, ended: 'exited', stdout, stderr};
}

/** Writing fewer of the files that the plan showed is within the plan. */
function isShown(action: Asked, shown: Action): boolean {
	if (action.kind === 'place' && shown.kind === 'place') {
		const files = shown.files.filter(({path}) => action.files.some((file) => file.path === path));
		return isDeepStrictEqual({...shown, files}, action);
	}
	if (action.kind !== 'write' || shown.kind !== 'write') return isDeepStrictEqual(shown, action);
	const files = shown.files.filter(({name}) => action.files.some((file) => file.name === name));
	return isDeepStrictEqual({...shown, files}, action);
}
