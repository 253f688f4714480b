import type {RunState, StepState} from './run.ts';

/** How long steps take: seconds by step id, the median of what earlier runs needed. */
export type StepTimes = ReadonlyMap<string, number>;

/** How far a run has come. */
export type Progress = {
	/** 0 to 1, by time where earlier runs tell it, else by the number of steps. */
	readonly done: number;
	/** Seconds that are likely left; undefined where no earlier run tells of a step that is to come. */
	readonly secondsLeft: number | undefined;
};

/** What a step counts for that nobody has timed, in seconds. */
const untimed = 2;

/** A step that takes longer than ever is not over before it says so. */
const most = 0.95;

/** The times of steps that were done (not skipped) in these runs; the newest attempt of each counts. */
export function stepTimes(runs: readonly RunState[]): StepTimes {
	const all = new Map<string, number[]>();
	for (const {id, state, startedAt, endedAt} of runs.flatMap(({steps}) => steps)) {
		if (state !== 'succeeded' || startedAt === undefined || endedAt === undefined) continue;
		const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
		if (Number.isFinite(seconds) && seconds >= 0) all.set(id, [...(all.get(id) ?? []), seconds]);
	}
	return new Map([...all].map(([id, times]) => [id, median(times)]));
}

/** How far a run is at `now` (milliseconds since 1970), and how long it will probably still take. */
export function progressOf({status, steps}: RunState, times: StepTimes, now: number): Progress {
	if (status === 'succeeded') return {done: 1, secondsLeft: 0};
	const parts = steps.map((step) => ({whole: times.get(step.id) ?? untimed, done: secondsDone(step, times, now)}));
	const whole = parts.reduce((sum, part) => sum + part.whole, 0);
	const done = parts.reduce((sum, part) => sum + part.done, 0);
	const isTold = steps.every(({id, state}) => isOver(state) || times.has(id));
	return {
		done: whole === 0 ? 0 : done / whole,
		secondsLeft: status === 'running' && isTold ? Math.max(0, whole - done) : undefined,
	};
}

function secondsDone({id, state, startedAt}: StepState, times: StepTimes, now: number): number {
	const whole = times.get(id) ?? untimed;
	if (isOver(state)) return whole;
	if (state !== 'running' || startedAt === undefined) return 0;
	return Math.min(whole * most, Math.max(0, (now - Date.parse(startedAt)) / 1000));
}

function isOver(state: StepState['state']): boolean {
	return state === 'succeeded' || state === 'skipped';
}

/** Of an even number the lower of the two in the middle: an estimate that is too short is corrected by the clock. */
function median(times: readonly number[]): number {
	const sorted = times.toSorted((a, b) => a - b);
	return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
