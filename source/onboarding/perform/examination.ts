import type {Finding} from '../../diagnosis/finding.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import {cleanValue} from '../../output/clean-value.ts';
import type {Redactor} from '../../output/redact.ts';
import type {Clock} from '../../ports.ts';
import {
	type DoctorEvent,
	type DoctorEventBody,
	type Examined,
	eventsBetween,
	isHealthy,
} from '../doctor/examination.ts';
import {examine} from '../doctor/examine.ts';
import {type DoctorFacts, type FactName, factNames} from '../doctor/facts.ts';
import {failureOf} from '../failure.ts';
import type {Limit} from '../scheduler.ts';
import type {Examination, RunPlan} from '../session.ts';
import type {StepContext} from '../step.ts';
import {gather, nothingYet} from './gather.ts';
import type {Performer} from './performer.ts';

export type ExaminationParts = {
	/** Reads the entry and all that belongs to it. */
	readonly plan: (ref: TargetRef) => Promise<Pick<RunPlan, 'target' | 'options'>>;
	readonly performer: (target: RunPlan['target']) => Performer;
	/** The API server's clock, in seconds since 1970. */
	readonly serverTime: () => number;
	readonly clock: Clock;
	readonly limit: Limit;
	readonly redactor: Redactor;
};

/** Examines the proxy of one entry from its beginning to its end; what is found is told as it is found. */
export function startExamination(parts: ExaminationParts, ref: TargetRef, signal: AbortSignal): Examination {
	const listeners = new Set<() => void>();
	const eventListeners = new Set<(event: DoctorEvent) => void>();
	let begun = parts.clock.now().getTime();
	let state: Examined = {
		target: ref,
		done: false,
		facts: statesOf(nothingYet),
		findings: [],
		explained: [],
		checks: [],
		seconds: 0,
	};

	function become(change: Partial<Examined>): void {
		const before = state;
		const seconds = Math.round((parts.clock.now().getTime() - begun) / 100) / 10;
		state = {...state, ...cleanValue(change, parts.redactor), seconds};
		for (const body of eventsBetween(before, state)) tell(body);
		for (const listener of listeners) listener();
	}

	function tell(body: DoctorEventBody): void {
		const event = {time: parts.clock.now().toISOString(), target: ref, ...body};
		for (const listener of eventListeners) listener(event);
	}

	async function look(): Promise<void> {
		const {target, options} = await parts.plan(ref);
		const performer = parts.performer(target);
		const context: StepContext = {target, options, facts: {serverTime: parts.serverTime}};
		const onFact = (facts: DoctorFacts, faults: readonly Finding[]) =>
			become({...examine(context, facts, faults), facts: statesOf(facts)});
		try {
			onFact(nothingYet, []);
			const perform = performer.perform;
			await gather(
				{
					context,
					perform: (action) => perform(action, target, () => undefined, signal),
					now: () => parts.clock.now().getTime(),
					onFact,
				},
				signal,
			);
		} finally {
			await performer.close();
		}
	}

	const settled = parts.limit(async () => {
		begun = parts.clock.now().getTime();
		try {
			signal.throwIfAborted();
			await look();
		} catch (error) {
			if (signal.aborted) return;
			become({findings: failureOf(ref, error).findings});
		}
		become({done: true});
		tell({event: 'doctor.finished', healthy: isHealthy(state), seconds: state.seconds});
	});
	// Whoever waits for the end hears of it; nobody has to.
	settled.catch(() => undefined);

	return {
		getSnapshot: () => state,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		onEvent(listener) {
			eventListeners.add(listener);
			return () => eventListeners.delete(listener);
		},
		settled: () => settled,
	};
}

function statesOf(facts: DoctorFacts): Examined['facts'] {
	const states = factNames.map((name) => [name, facts[name].state] as const);
	return Object.fromEntries(states) as Record<FactName, (typeof states)[number][1]>;
}
