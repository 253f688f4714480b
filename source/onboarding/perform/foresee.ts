import {UserError} from '../../errors.ts';
import type {Facts, Step, StepContext} from '../step.ts';
import type {Performer} from './performer.ts';
import {changingNothing, walk} from './walk.ts';

/**
 * What a first step that only looks finds, before there is a plan that hangs on it. A VM that is out of reach is no reason not to plan: then
 * it is told why nothing is known. Closes the performer.
 */
export async function foresee(
	step: Step,
	context: StepContext,
	performer: Performer,
	signal: AbortSignal,
): Promise<Facts> {
	const perform = changingNothing((action) => performer.perform(action, context.target, () => undefined, signal));
	try {
		const {detail, facts} = await walk(step.run(context), perform, signal);
		return {...facts, foreseen: detail};
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		return {foreseen: `not known beforehand: ${error.message}`};
	} finally {
		await performer.close();
	}
}
