import type {Check} from '../../diagnosis/finding.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {RunState} from '../../onboarding/run.ts';
import type {Seen, SeenWay} from './matrix-state.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** Keeps what each round of checks has found for the matrix, and marks what has become another since the one before. */
export function seeChecks(ui: Ui, world: Pick<World, 'runs' | 'now'>): Ui {
	const {refs, seen, loading} = ui.matrix;
	// What comes is not begun: the runs of before would be taken for it.
	if (loading) return ui;
	const news = refs.flatMap((ref): Array<[TargetRef, Seen]> => {
		const run = runOf(ref, world);
		const before = seen.get(ref);
		const now = run && look(run, before, world.now);
		return now === undefined || now === before ? [] : [[ref, now]];
	});
	return news.length === 0 ? ui : {...ui, matrix: {...ui.matrix, seen: new Map([...seen, ...news])}};
}

/** The run whose ways are shown of a target: the newest that tries any. */
export function runOf(ref: TargetRef, {runs}: Pick<World, 'runs'>): RunState | undefined {
	return runs.findLast(({target, steps}) => target === ref && steps.some(({phase}) => phase === 'check'));
}

function look(run: RunState, before: Seen | undefined, now: number): Seen | undefined {
	const ended = run.steps.filter(
		({phase, checks, state}) => phase === 'check' && state !== 'running' && checks.some(isWay),
	);
	const last = ended.map(({endedAt}) => endedAt ?? '').toSorted();
	// What stops a run before the ways is news too, but one round's ways stay while the next is on its way.
	const stopped = run.status === 'running' ? '' : `${run.status} ${run.updatedAt}`;
	if (last.length === 0 && stopped === '') return before;
	const stamp = [run.id, last.at(-1) ?? stopped].join(' ');
	if (stamp === before?.stamp) return before;
	const checks = ended.flatMap((step) => step.checks.filter(isWay));
	return {
		stamp,
		ways: checks.map((check) => compared(check, before, now)),
		findings: run.steps.flatMap(({findings}) => findings),
	};
}

function compared(check: Check, before: Seen | undefined, now: number): SeenWay {
	const known = before?.ways.find((way) => way.check.id === check.id);
	if (known === undefined) return {check};
	if (wordOf(known.check) === wordOf(check)) return {...known, check};
	return {check, was: known.check, changedAt: now};
}

function wordOf({outcome, result}: Check): string {
	return `${outcome} ${result ?? ''}`;
}

function isWay({to}: Check): boolean {
	return to !== undefined;
}
