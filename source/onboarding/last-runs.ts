import type {RunState} from './run.ts';
import type {Runs} from './session.ts';

/** The newest run of each target, in the order in which the targets were first begun. */
export function lastRuns(runs: Pick<Runs, 'getSnapshot'>): readonly RunState[] {
	return [...new Map(runs.getSnapshot().map((run) => [run.target, run])).values()];
}
