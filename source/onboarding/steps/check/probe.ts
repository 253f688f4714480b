import type {Action, DialAnswer, PodDial, ProbePod, Procedure} from '../../action.ts';
import {perform, performAll} from '../../action.ts';
import {probeContainer, probePod} from '../../probe-pod.ts';
import type {StepContext} from '../../step.ts';
import type {Way} from './flow.ts';
import {unknownInbound} from './inbound.ts';

/** For the plan: nothing where it was not agreed to, or where there is nothing to dial. */
export function planToProbe({
	target,
	options: {probePod: probe},
}: Pick<StepContext, 'target' | 'options'>): readonly Action[] {
	if (probe === undefined || unknownInbound(target) !== undefined) return [];
	return [
		{
			kind: 'probe-pod',
			pod: probePod(target.entry.namespace, probe.name, probe.image),
			changes: true,
		} satisfies ProbePod,
	];
}

/**
 * The answers from the cluster; where no pod of the mesh could try, and a probe pod was agreed to, those from there. `anew`: what is to be done
 * before the ways are tried once more, since a pod takes a while to come up.
 */
export function* orFromProbe(
	context: StepContext,
	ways: ReadonlyArray<Way<PodDial>>,
	answers: readonly DialAnswer[],
	anew: () => Procedure<unknown>,
): Procedure<readonly DialAnswer[]> {
	if (answers.every(({outcome}) => outcome !== 'not-done')) return answers;
	const also = (words: string) =>
		answers.map((answer) => (answer.outcome === 'not-done' ? {...answer, text: `${answer.text}; ${words}`} : answer));
	const {probePod: probe} = context.options;
	if (probe === undefined) return also('--probe-pod starts one for the moment of the test');
	const {namespace} = context.target.entry;
	const made = yield* perform({kind: 'probe-pod', pod: probePod(namespace, probe.name, probe.image), changes: true});
	if (!made.done) return also(made.text);
	yield* anew();
	const by = {namespace, name: probe.name, container: probeContainer};
	return yield* performAll(...ways.map(({dial}) => ({...dial, by})));
}
