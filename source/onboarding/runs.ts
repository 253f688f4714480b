import {randomBytes} from 'node:crypto';
import type {Target} from '../mesh/target.ts';
import {cleanValue} from '../output/clean-value.ts';
import type {Redactor} from '../output/redact.ts';
import type {Clock} from '../ports.ts';
import type {RunEvent, RunEventBody, RunOptions, Task} from './event.ts';
import type {Journal, RunJournal} from './journal.ts';
import type {Performer} from './perform/performer.ts';
import {stepTimes} from './progress.ts';
import {type RunState, reduceRun, replay} from './run.ts';
import {createRunOutput, type RunOutput} from './run-output.ts';
import {createRunner, type Runner} from './runner.ts';
import type {Limit} from './scheduler.ts';
import type {OutputEvent, RunPlan, Runs} from './session.ts';
import type {Facts, Step} from './step.ts';

export type RunsParts = {
	readonly journal: Journal;
	readonly clock: Clock;
	/** How many runs of a task are under way at once; the others wait. */
	readonly limitOf: (task: Task) => Limit;
	readonly steps: (options: RunPlan['options']) => readonly Step[];
	/** `changes`: the run may change its VM. */
	readonly performer: (
		target: Target,
		run: {readonly id: string; readonly task: Task; readonly changes: boolean; readonly given: RunOptions['given']},
	) => Performer;
	/** What a run knows at its beginning, e.g. the public key for `authorized_keys`. */
	readonly facts: (target: Target) => Promise<Facts>;
	/** Was a run of the journal one of this cluster? */
	readonly isHere: (options: RunOptions) => boolean;
	/** Makes the plan of a run of the journal again, from the cluster as it is now. */
	readonly replan: (run: RunState) => Promise<RunPlan>;
	readonly redactor: Redactor;
};

type Live = {
	state: RunState;
	readonly journal: RunJournal;
	readonly output: RunOutput;
	runner: Runner | undefined;
	abort: AbortController;
	going: Promise<void> | undefined;
};

/** Notifications of changed runs are sent together, at most this often, in milliseconds (k9s draws at the same pace). */
const notifyEvery = 50;

/** The runs of a sitting: each folds its own events, writes its own journal, and is walked by its own runner. */
export function createRuns(parts: RunsParts): Runs {
	const live = new Map<string, Live>();
	const listeners = new Set<() => void>();
	const eventListeners = new Set<(event: RunEvent | OutputEvent) => void>();
	let snapshot: readonly RunState[] | undefined;
	let notifying = false;

	function changed(): void {
		snapshot = undefined;
		if (notifying) return;
		notifying = true;
		setTimeout(() => {
			notifying = false;
			for (const listener of listeners) listener();
		}, notifyEvery);
	}

	function emit(run: Live, body: RunEventBody): void {
		const event: RunEvent = cleanValue(
			{
				time: parts.clock.now().toISOString(),
				run: run.state.id,
				target: run.state.target,
				...body,
			},
			parts.redactor,
		);
		run.journal.append(event);
		run.state = reduceRun(run.state, event) ?? run.state;
		run.output.tell(event);
		for (const listener of eventListeners) listener(event);
		changed();
	}

	function open(first: RunEvent & {event: 'run.started'}, known: RunState | undefined): Live {
		const journal = parts.journal.open(first.run);
		const output = createRunOutput({
			journal,
			redactor: parts.redactor,
			now: () => parts.clock.now(),
			onLine(step, stream, line) {
				if (eventListeners.size === 0) return;
				const event: OutputEvent = {
					time: parts.clock.now().toISOString(),
					run: first.run,
					target: first.target,
					event: 'output',
					step,
					stream,
					line,
				};
				for (const listener of eventListeners) listener(event);
			},
			onChange: changed,
		});
		const state = known ?? reduceRun(undefined, first);
		if (state === undefined) throw new Error('a run begins with run.started');
		const run: Live = {state, journal, output, runner: undefined, abort: new AbortController(), going: undefined};
		live.set(first.run, run);
		return run;
	}

	function go(run: Live, which: 'all' | 'unfinished', prepare: () => Promise<Runner>): void {
		run.abort = new AbortController();
		const {signal} = run.abort;
		run.going = parts
			.limitOf(run.state.options.task)(async () => {
				if (signal.aborted) return emit(run, {event: 'run.finished', outcome: 'cancelled', seconds: 0});
				run.runner ??= await prepare();
				await run.runner.go(which, signal);
			})
			.catch((error: unknown) => {
				const first = run.state.steps[0]?.id ?? '';
				emit(run, {event: 'step.started', step: first, title: run.state.steps[0]?.title ?? ''});
				emit(run, {event: 'step.failed', step: first, reason: error instanceof Error ? error.message : String(error)});
				emit(run, {event: 'run.finished', outcome: 'failed', seconds: 0});
			})
			.finally(() => {
				run.going = undefined;
			});
	}

	async function makeRunner(run: Live, plan: RunPlan): Promise<Runner> {
		const facts = await parts.facts(plan.target);
		return createRunner(
			{
				steps: parts.steps(plan.options),
				performer: parts.performer(plan.target, {
					id: run.state.id,
					task: plan.options.task,
					// A probe pod is none of the VM's.
					changes: plan.steps.some(({actions}) => actions.some(({kind}) => kind !== 'probe-pod')),
					given: plan.options.given,
				}),
				state: () => run.state,
				emit: (event) => emit(run, event),
				output: (step) => run.output.of(step),
				now: () => parts.clock.now(),
			},
			{target: plan.target, facts, options: plan.options},
		);
	}

	function known(id: string): Live {
		const run = live.get(id);
		if (run === undefined) throw new Error(`no run ${id} in this sitting`);
		return run;
	}

	return {
		getSnapshot: () => (snapshot ??= [...live.values()].map(({state}) => state)),
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		start(plans) {
			for (const plan of plans) {
				const first: RunEvent & {event: 'run.started'} = {
					time: parts.clock.now().toISOString(),
					run: newId(parts.clock.now(), plan.target.ref),
					target: plan.target.ref,
					event: 'run.started',
					host: plan.target.ssh.host.value,
					options: plan.options,
					steps: plan.steps.map(({id, phase, title}) => ({id, phase, title})),
					pid: process.pid,
				};
				const run = open(first, undefined);
				run.journal.append(first);
				for (const listener of eventListeners) listener(first);
				changed();
				go(run, 'all', () => makeRunner(run, plan));
			}
		},
		retry(id) {
			const run = known(id);
			// Whoever looks may look again.
			const isDone = run.state.status === 'succeeded' && run.state.options.task !== 'check';
			if (run.going !== undefined || isDone) return;
			emit(run, {event: 'run.resumed', why: 'retry', pid: process.pid});
			go(run, 'unfinished', async () => makeRunner(run, await parts.replan(run.state)));
		},
		skip(id, reason) {
			const run = known(id);
			const failed = run.state.steps.find(({state}) => state === 'failed');
			if (run.going !== undefined || failed === undefined) return;
			emit(run, {event: 'step.skipped', step: failed.id, reason});
			emit(run, {event: 'run.resumed', why: 'retry', pid: process.pid});
			go(run, 'unfinished', async () => makeRunner(run, await parts.replan(run.state)));
		},
		cancel: (id) => known(id).abort.abort(),
		async resume(state) {
			const plan = await parts.replan(state);
			const first: RunEvent & {event: 'run.started'} = {
				...state,
				time: state.startedAt,
				run: state.id,
				event: 'run.started',
				pid: process.pid,
			};
			const run = open(first, state);
			emit(run, {event: 'run.resumed', why: 'resume', pid: process.pid});
			go(run, 'all', () => makeRunner(run, plan));
		},
		async interrupted(where = 'here') {
			const runs = await parts.journal.list();
			return runs.flatMap(({events, alive}) => {
				const state = replay(events);
				// A check that broke off left nothing behind: it is made again when it is wanted.
				const isBroken = state?.status === 'running' && state.options.task !== 'check' && !alive && !live.has(state.id);
				return isBroken && parts.isHere(state.options) === (where === 'here') ? [state] : [];
			});
		},
		dismiss(state) {
			const journal = parts.journal.open(state.id);
			journal.append({
				time: parts.clock.now().toISOString(),
				run: state.id,
				target: state.target,
				event: 'run.finished',
				outcome: 'cancelled',
				seconds: 0,
			});
			void journal.close();
		},
		output: (id) => known(id).output,
		async times() {
			const runs = await parts.journal.list();
			return stepTimes(runs.flatMap(({events}) => replay(events) ?? []));
		},
		onEvent(listener) {
			eventListeners.add(listener);
			return () => eventListeners.delete(listener);
		},
		async settled() {
			await Promise.all([...live.values()].flatMap(({going}) => going ?? []));
		},
		async close() {
			await Promise.all(
				[...live.values()].map(({journal, runner}) =>
					Promise.all([journal.close(), runner?.left() ?? Promise.resolve()]),
				),
			);
		},
	};
}

/** `20261124-0410-ratings-vm.bookinfo-3f9c`: sorts by time, tells the entry, never clashes. */
function newId(now: Date, ref: string): string {
	const stamp = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 13);
	return `${stamp}-${ref.slice(0, 60)}-${randomBytes(2).toString('hex')}`;
}
