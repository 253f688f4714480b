import type {Causes} from '../../fleet/groups.ts';
import type {Examined} from '../../onboarding/doctor/examination.ts';
import type {RunState} from '../../onboarding/run.ts';
import type {World} from './world.ts';

type Told = Pick<World, 'runs' | 'examined'>;

let last: Told & {causes: Causes} = {runs: [], examined: new Map(), causes: new Map()};

/**
 * The cause that was found last of each entry: by its last run, or by the doctor, where that looked later. The same object until a cause
 * changes, whatever else is told.
 */
export function causesOf({runs, examined}: Told): Causes {
	if (last.runs === runs && last.examined === examined) return last.causes;
	const found = new Map(runs.map((run) => [run.target, {cause: ofRun(run), at: Date.parse(run.updatedAt)}]));
	for (const [target, one] of examined) {
		const {lookedAt} = one;
		if (lookedAt !== undefined && lookedAt >= (found.get(target)?.at ?? 0))
			found.set(target, {cause: worstOf(one.findings), at: lookedAt});
	}
	const causes = new Map([...found].flatMap(([target, {cause}]) => (cause === undefined ? [] : [[target, cause]])));
	const same =
		causes.size === last.causes.size && [...causes].every(([target, cause]) => last.causes.get(target) === cause);
	last = {runs, examined, causes: same ? last.causes : causes};
	return last.causes;
}

function ofRun({steps}: RunState): string | undefined {
	return worstOf(steps.flatMap(({findings}) => findings));
}

function worstOf(findings: Examined['findings']): string | undefined {
	return findings.find(({severity}) => severity === 'error')?.id;
}
