import type {Causes} from '../../fleet/groups.ts';
import type {RunState} from '../../onboarding/run.ts';

let last: {runs: readonly RunState[]; causes: Causes} = {runs: [], causes: new Map()};

/** What the last run of each entry found: the cause of its failure. The same object until a cause changes, whatever else the runs tell. */
export function causesOf(runs: readonly RunState[]): Causes {
	if (last.runs === runs) return last.causes;
	const causes = new Map<string, string>();
	for (const {target, steps} of runs) {
		const [found] = steps.flatMap(({findings}) => findings.filter(({severity}) => severity === 'error'));
		if (found === undefined) causes.delete(target);
		else causes.set(target, found.id);
	}
	const same =
		causes.size === last.causes.size && [...causes].every(([target, cause]) => last.causes.get(target) === cause);
	last = {runs, causes: same ? last.causes : causes};
	return last.causes;
}
