import {isDeepStrictEqual} from 'node:util';
import type {Action, Procedure} from '../../source/onboarding/action.ts';
import type {Outcome, Step, StepContext} from '../../source/onboarding/step.ts';
import type {ExecResult} from '../../source/ports.ts';

/**
 * Walks a step with answers from a function, as the runner would: what changes something must stand in the step's plan.
 * An answer that throws is thrown into the step. Returns how it ended and all that it asked for, in order.
 */
export function drive(
	step: Step,
	context: StepContext,
	answer: (action: Action, index: number) => unknown,
): {readonly outcome: Outcome; readonly asked: readonly Action[]} {
	const planned = step.plan(context);
	const asked: Action[] = [];
	const refuse = (action: Action) => {
		if ('changes' in action && action.changes && !planned.some((shown) => isShown(action, shown))) {
			throw new Error(`${step.id} would do what its plan does not show: ${JSON.stringify(action)}`);
		}
	};
	const answerOne = (action: Action): unknown => {
		refuse(action);
		asked.push(action);
		return answer(action, asked.length - 1);
	};
	return {outcome: walk(step.run(context), answerOne), asked};
}

/** Procedures that are asked for side by side are walked one after the other. */
export function walk<Result>(procedure: Procedure<Result>, answer: (action: Action) => unknown): Result {
	let next = procedure.next();
	while (next.done !== true) {
		const wanted = next.value;
		let answered: unknown;
		try {
			answered = wanted.kind === 'side-by-side' ? wanted.procedures.map((each) => walk(each, answer)) : answer(wanted);
		} catch (error) {
			next = procedure.throw(error);
			continue;
		}
		next = procedure.next(answered);
	}
	return next.value;
}

/** The result of a command that ended by itself. */
export function ran(stdout = '', code = 0, stderr = ''): ExecResult {
	return {code, ended: 'exited', stdout, stderr};
}

/** Writing fewer of the files that the plan showed is within the plan. */
function isShown(action: Action, shown: Action): boolean {
	if (action.kind === 'place' && shown.kind === 'place') {
		const files = shown.files.filter(({path}) => action.files.some((file) => file.path === path));
		return isDeepStrictEqual({...shown, files}, action);
	}
	if (action.kind !== 'write' || shown.kind !== 'write') return isDeepStrictEqual(shown, action);
	const files = shown.files.filter(({name}) => action.files.some((file) => file.name === name));
	return isDeepStrictEqual({...shown, files}, action);
}
