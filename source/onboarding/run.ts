import type {Check, Finding} from '../diagnosis/finding.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {RunEvent, RunOptions, StepHead} from './event.ts';

export type StepState = StepHead & {
	readonly state: 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped';
	/** Detail of a success, reason of a failure or of a skip; empty before. */
	readonly detail: string;
	readonly changed: boolean;
	/** How often it was started. */
	readonly attempts: number;
	readonly startedAt: string | undefined;
	readonly endedAt: string | undefined;
	/** Commands as run in the last attempt. */
	readonly commands: ReadonlyArray<{readonly where: string; readonly text: string}>;
	readonly checks: readonly Check[];
	readonly findings: readonly Finding[];
};

/** A run as its events tell it. `failed` runs can go on: the failed step tried again or skipped. */
export type RunState = {
	readonly id: string;
	readonly target: TargetRef;
	readonly host: string;
	readonly options: RunOptions;
	readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled';
	readonly steps: readonly StepState[];
	readonly startedAt: string;
	/** Where the last stretch begins: at the start, or when it was last resumed. */
	readonly begunAt: string;
	readonly updatedAt: string;
	/** Seconds of the last stretch, once finished. */
	readonly seconds: number | undefined;
};

/**
 * The run after one more event; pure and total. The first event of a run is `run.started`: before it there is no state.
 * Late events (a step that ends after the run was cancelled) and unknown steps leave the run as it is.
 */
export function reduceRun(run: RunState | undefined, event: RunEvent): RunState | undefined {
	if (event.event === 'run.started') return run ?? started(event);
	if (run === undefined || event.run !== run.id) return run;
	const next = applyEvent(run, event);
	return next === run ? run : {...next, updatedAt: event.time};
}

/** Folds the events of one run; undefined when its beginning is missing. */
export function replay(events: readonly RunEvent[]): RunState | undefined {
	return events.reduce<RunState | undefined>(reduceRun, undefined);
}

/** The step that runs now, else the one that failed, else the first that has not begun. */
export function currentStep(run: RunState): StepState | undefined {
	const by = (state: StepState['state']) => run.steps.find((step) => step.state === state);
	return by('running') ?? by('failed') ?? by('pending');
}

function started(event: RunEvent & {event: 'run.started'}): RunState {
	return {
		id: event.run,
		target: event.target,
		host: event.host,
		// Journals from before there were tasks tell of onboardings.
		options: {...event.options, task: event.options.task ?? 'onboard'},
		status: 'running',
		steps: event.steps.map(fresh),
		startedAt: event.time,
		begunAt: event.time,
		updatedAt: event.time,
		seconds: undefined,
	};
}

function fresh({id, phase, title}: StepHead): StepState {
	return {
		id,
		phase,
		title,
		state: 'pending',
		detail: '',
		changed: false,
		attempts: 0,
		startedAt: undefined,
		endedAt: undefined,
		commands: [],
		checks: [],
		findings: [],
	};
}

function applyEvent(run: RunState, event: RunEvent): RunState {
	if (event.event === 'run.started') return run;
	if (event.event === 'run.resumed') {
		// What was under way when the journal broke off begins again; what a person skipped stays skipped.
		const steps = run.steps.map((step) =>
			step.state === 'running' || step.state === 'failed' ? {...fresh(step), attempts: step.attempts} : step,
		);
		return {...run, steps, status: 'running', begunAt: event.time, seconds: undefined};
	}
	if (event.event === 'step.skipped' && run.status === 'failed')
		return changeStep(run, event.step, ['failed'], skip(event));
	if (run.status !== 'running') return run;
	switch (event.event) {
		case 'step.started':
			return changeStep(run, event.step, ['pending', 'failed', 'succeeded', 'skipped'], (step) => ({
				...fresh(step),
				state: 'running',
				attempts: step.attempts + 1,
				startedAt: event.time,
			}));
		case 'command':
			return changeStep(run, event.step, ['running'], (step) => ({
				...step,
				commands: [...step.commands, {where: event.where, text: event.text}],
			}));
		case 'step.waiting':
			return changeStep(run, event.step, ['running'], (step) => ({...step, detail: `waits: ${event.why}`}));
		case 'check':
			return changeStep(run, event.step, ['running'], (step) => ({...step, checks: [...step.checks, event.check]}));
		case 'finding':
			return changeStep(run, event.step, ['running'], (step) => ({
				...step,
				findings: [...step.findings, event.finding],
			}));
		case 'step.succeeded':
			return changeStep(run, event.step, ['running'], (step) => ({
				...step,
				state: 'succeeded',
				detail: event.detail,
				changed: event.changed,
				endedAt: event.time,
			}));
		case 'step.failed':
			return changeStep(run, event.step, ['running'], (step) => ({
				...step,
				state: 'failed',
				detail: event.reason,
				endedAt: event.time,
			}));
		case 'step.skipped':
			return changeStep(run, event.step, ['running', 'pending', 'failed'], skip(event));
		case 'run.finished':
			return {
				...run,
				status: event.outcome,
				seconds: event.seconds,
				steps: run.steps.map((step) => (step.state === 'running' ? {...step, state: 'pending'} : step)),
			};
	}
}

function skip(event: RunEvent & {event: 'step.skipped'}) {
	return (step: StepState): StepState => ({...step, state: 'skipped', detail: event.reason, endedAt: event.time});
}

function changeStep(
	run: RunState,
	id: string,
	from: ReadonlyArray<StepState['state']>,
	change: (step: StepState) => StepState,
): RunState {
	const step = run.steps.find((candidate) => candidate.id === id);
	if (step === undefined || !from.includes(step.state)) return run;
	return {...run, steps: run.steps.map((candidate) => (candidate === step ? change(step) : candidate))};
}
