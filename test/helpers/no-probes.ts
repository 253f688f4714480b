import type {ProbePods} from '../../source/onboarding/perform/probe-pods.ts';

/** Where no test starts a pod. */
export const noProbes: ProbePods = {
	name: 'meshboard-probe-none',
	use: () => Promise.reject(new Error('no probe pod is started here')),
	leave: () => undefined,
	close: () => Promise.resolve([]),
};
