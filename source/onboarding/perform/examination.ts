import type {Finding} from '../../diagnosis/finding.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import {cleanValue, withoutSecrets} from '../../output/clean-value.ts';
import type {Redactor} from '../../output/redact.ts';
import type {Clock} from '../../ports.ts';
import type {Action} from '../action.ts';
import type {Dump} from '../doctor/dumps.ts';
import {
	type DoctorEvent,
	type DoctorEventBody,
	type Examined,
	eventsBetween,
	isHealthy,
} from '../doctor/examination.ts';
import {examine} from '../doctor/examine.ts';
import {type FactName, factNames, nothingYet} from '../doctor/facts.ts';
import {proxyView} from '../doctor/proxy-view.ts';
import {type DoctorRecord, statesOf} from '../doctor/record.ts';
import {anyFailureOf, failureOf} from '../failure.ts';
import type {Limit} from '../scheduler.ts';
import type {Examination, RunPlan} from '../session.ts';
import type {StepContext} from '../step.ts';
import {takeDumps} from './dumps.ts';
import {gather} from './gather.ts';
import {gatherLive, nothingLive} from './gather-live.ts';
import type {Performer} from './performer.ts';
import {connectsAnew, liveEvery, namesFor, pauseAfter} from './rounds.ts';

export type ExaminationParts = {
	/** Reads the entry and all that belongs to it. */
	readonly plan: (ref: TargetRef) => Promise<Pick<RunPlan, 'target' | 'options'>>;
	readonly performer: (target: RunPlan['target']) => Performer;
	/** The API server's clock, in seconds since 1970. */
	readonly serverTime: () => number;
	readonly clock: Clock;
	readonly limit: Limit;
	readonly redactor: Redactor;
	/** Looks again and again, until it is told to stop. */
	readonly watch?: boolean;
	/** Takes dumps of the proxy too, for an archive. */
	readonly dumps?: boolean;
	/** Also asks for the proxy itself, for a person who looks at it. */
	readonly live?: boolean;
};

/**
 * Examines the proxy of one entry; what is found is told as it is found. One that is watched is looked at again a moment after each
 * round, over the same connection: then a round is judged when it is whole, since half of it would be of another time.
 */
export function startExamination(parts: ExaminationParts, ref: TargetRef, signal: AbortSignal): Examination {
	const {clock} = parts;
	const listeners = new Set<() => void>();
	const eventListeners = new Set<(event: DoctorEvent) => void>();
	const now = () => clock.now().getTime();
	let begun = now();
	let wholeAt = 0;
	let liveAt = Number.NEGATIVE_INFINITY;
	let performer: Performer | undefined;
	let context: StepContext | undefined;
	let facts = nothingYet;
	let faults: readonly Finding[] = [];
	let dumps: readonly Dump[] = [];
	let seen = nothingLive;
	let state: Examined = {
		target: ref,
		done: false,
		facts: statesOf(nothingYet),
		findings: [],
		explained: [],
		checks: [],
		seconds: 0,
		rounds: 0,
		lookedAt: undefined,
		news: [],
		view: undefined,
		viewBefore: undefined,
	};

	function become(change: Partial<Examined>): void {
		const before = state;
		const again = state.rounds > 0;
		const seconds = again ? state.seconds : Math.round((now() - begun) / 100) / 10;
		state = {...state, ...cleanValue(change, parts.redactor), seconds};
		const events = eventsBetween(before, state, again);
		if (again && events.length > 0) state = {...state, news: [...state.news, ...events]};
		for (const body of events) tell(body);
		for (const listener of listeners) listener();
	}

	function tell(body: DoctorEventBody): void {
		const event = {time: clock.now().toISOString(), target: ref, ...body};
		for (const listener of eventListeners) listener(event);
	}

	/** The entry and its objects as they are now; where it leads to another VM, that one is connected to. */
	async function readObjects(): Promise<StepContext> {
		const {target, options} = await parts.plan(ref);
		if (context !== undefined && JSON.stringify(context.target.ssh) !== JSON.stringify(target.ssh)) {
			await performer?.close();
			performer = undefined;
		}
		return {target, options, facts: {serverTime: parts.serverTime}};
	}

	/** `whole`: also of the cluster's objects, which is what people mend. */
	async function look(names: readonly FactName[], whole: boolean): Promise<void> {
		const asked = context === undefined || whole ? await readObjects() : context;
		context = asked;
		const {target} = asked;
		performer ??= parts.performer(target);
		const {perform: performOn} = performer;
		const perform = (action: Action) => performOn(action, target, () => undefined, signal);
		const show = () => (parts.live === true ? {view: proxyView(asked, facts, seen)} : {});
		faults = [];
		const judge = () => become({...examine(asked, facts, faults), facts: statesOf(facts), ...show()});
		const first = state.rounds === 0;
		if (first) judge();
		const watching = parts.live === true && now() - liveAt >= liveEvery;
		if (watching) liveAt = now();
		const looking = watching
			? gatherLive(
					seen,
					perform,
					(known) => {
						seen = known;
						become(show());
					},
					signal,
				)
			: undefined;
		// Only a stop rejects it, which is told by what follows.
		looking?.catch(() => undefined);
		await gather(
			{
				context: asked,
				perform,
				now,
				before: facts,
				names,
				onFact(known, found) {
					[facts, faults] = [known, found];
					if (first) judge();
					else become(show());
				},
			},
			signal,
		);
		await looking;
		if (!first) judge();
		if (parts.dumps === true) dumps = await takeDumps(asked, perform, clock, faults);
	}

	async function round(): Promise<void> {
		const names = namesFor(state, wholeAt, now());
		const whole = names.length === factNames.length;
		if (state.rounds === 0) begun = now();
		if (whole) wholeAt = now();
		if (state.rounds > 0) state = {...state, news: [], viewBefore: state.view};
		try {
			signal.throwIfAborted();
			if (connectsAnew(state)) performer?.reconnect();
			await look(names, whole);
		} catch (error) {
			if (signal.aborted) return;
			faults = (state.rounds === 0 ? failureOf : anyFailureOf)(ref, error).findings;
			become({findings: faults, explained: []});
		}
		become({done: true, rounds: state.rounds + 1, lookedAt: now()});
		if (state.rounds === 1 || state.news.length > 0)
			tell({event: 'doctor.finished', healthy: isHealthy(state), seconds: state.seconds});
	}

	function recordNow(): DoctorRecord {
		const {seconds} = state;
		const about = {target: ref, begunAt: new Date(begun).toISOString(), seconds, facts, faults};
		if (context === undefined) return about;
		const {target, options} = context;
		return {...about, context: {target, options}, serverTime: parts.serverTime()};
	}

	async function run(): Promise<void> {
		try {
			do {
				const started = now();
				await parts.limit(round);
				if (parts.watch !== true || signal.aborted) return;
				await clock.sleep(pauseAfter(now() - started), signal);
			} while (!signal.aborted);
		} finally {
			await performer?.close();
		}
	}

	const settled = run();
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
		record: () => withoutSecrets(recordNow(), parts.redactor),
		dumps: () => withoutSecrets(dumps, parts.redactor),
	};
}
