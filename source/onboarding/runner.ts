import {isDeepStrictEqual} from 'node:util';
import type {Finding} from '../diagnosis/finding.ts';
import {UserError} from '../errors.ts';
import type {Action} from './action.ts';
import {describeAction} from './describe.ts';
import type {RunEventBody} from './event.ts';
import {endsRun} from './out-of-reach.ts';
import type {OnOutput} from './perform/on-output.ts';
import type {Performer} from './perform/performer.ts';
import {walk} from './perform/walk.ts';
import type {RunState} from './run.ts';
import type {Outcome, Step, StepContext} from './step.ts';
import {findingOf} from './steps/stopped-by.ts';

export type RunnerParts = {
	readonly steps: readonly Step[];
	readonly performer: Performer;
	/** The run as it stands; changes with every event emitted. */
	readonly state: () => RunState;
	readonly emit: (event: RunEventBody) => void;
	/** Output of the commands of a step that are shown. */
	readonly output: (step: string) => OnOutput;
	readonly now: () => Date;
};

/** Walks a run's steps. Holds no state that the run lacks, but for what the steps learned (`context`), which is looked at again after a crash. */
export type Runner = {
	/**
	 * `all`: every step, each looks first at what is there. `unfinished`: those that have not ended well, and the checks, since
	 * something was mended in between: where the target is another one then, what follows them too. Never rejects.
	 */
	go(which: 'all' | 'unfinished', signal: AbortSignal): Promise<void>;
	/** Resolves when the VM has been left: its lock is given back. Never rejects. */
	left(): Promise<void>;
};

export function createRunner(parts: RunnerParts, start: StepContext): Runner {
	let context = start;
	let leaving: Promise<void> | undefined;

	/** `lost`: failed since the VM cannot be reached, or is another run's, which goes for every other step too. */
	async function runStep(step: Step, signal: AbortSignal): Promise<'done' | 'failed' | 'lost'> {
		parts.emit({event: 'step.started', step: step.id, title: step.titleFor?.(context.target) ?? step.title});
		const begun = parts.now().getTime();
		let outcome: Outcome;
		try {
			outcome = await drive(step, signal);
		} catch (error) {
			if (!signal.aborted) fail(step, error);
			return endsRun(error) ? 'lost' : 'failed';
		}
		context = {...context, target: outcome.target ?? context.target, facts: {...context.facts, ...outcome.facts}};
		const ms = Math.max(0, parts.now().getTime() - begun);
		for (const check of outcome.checks ?? [])
			parts.emit({event: 'check', step: step.id, check: {...check, ms: check.ms ?? ms}});
		for (const found of outcome.findings ?? []) report(step, found);
		// A changed account or group is read by the server only when a session begins; others say it for themselves.
		if ((step.phase === 'prepare' || step.reconnects === true) && outcome.changed === true) parts.performer.reconnect();
		switch (outcome.status) {
			case 'succeeded':
				parts.emit({event: 'step.succeeded', step: step.id, detail: outcome.detail, changed: outcome.changed === true});
				return 'done';
			case 'skipped':
				parts.emit({event: 'step.skipped', step: step.id, reason: outcome.detail});
				return 'done';
			case 'failed': {
				const cause = outcome.findings?.find(({severity}) => severity === 'error')?.id;
				parts.emit({
					event: 'step.failed',
					step: step.id,
					reason: outcome.detail,
					...(cause === undefined ? {} : {finding: cause}),
				});
				return 'failed';
			}
		}
	}

	async function drive(step: Step, signal: AbortSignal): Promise<Outcome> {
		const shown = step.plan(context);
		const onOutput = parts.output(step.id);
		const perform = async (action: Action) => {
			refuseUnplanned(step, action, shown);
			log(step, action);
			return parts.performer.perform(action, context.target, onOutput, signal);
		};
		return walk(step.run(context), perform, signal);
	}

	function log(step: Step, action: Action): void {
		if (action.kind === 'wait') {
			const waits = parts.state().steps.find(({id}) => id === step.id)?.detail === `waits: ${action.why}`;
			if (action.told === true && !waits) parts.emit({event: 'step.waiting', step: step.id, why: action.why});
			return;
		}
		parts.emit({event: 'command', step: step.id, where: whereOf(action), text: describeAction(action, context.target)});
	}

	function whereOf(action: Action): string {
		if (action.kind === 'exec' || action.kind === 'place' || action.kind === 'upload')
			return action.kind !== 'exec' || action.as === 'admin'
				? `${context.target.adminUser.value ?? ''}@${context.target.ssh.host.value}`
				: context.target.ssh.host.value;
		if (action.kind === 'read-image') return 'here';
		return action.kind === 'write' || action.kind === 'feed' || action.kind === 'dial' || action.kind === 'http'
			? context.target.ssh.host.value
			: 'cluster';
	}

	/** One root cause, one finding: what an earlier step has told is not told again. */
	function report(step: Step, found: Finding): boolean {
		const known = parts
			.state()
			.steps.some(
				(other) =>
					other.id !== step.id && other.findings.some(({id, target}) => id === found.id && target === found.target),
			);
		if (!known) parts.emit({event: 'finding', step: step.id, finding: found});
		return !known;
	}

	function fail(step: Step, error: unknown): void {
		if (!(error instanceof UserError)) {
			const words = error instanceof Error ? error.message : String(error);
			parts.emit({
				event: 'step.failed',
				step: step.id,
				reason: `Internal error of meshboard, please report it: ${words}`,
			});
			return;
		}
		const found = findingOf(error, context);
		if (found === undefined) {
			const reason = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
			parts.emit({event: 'step.failed', step: step.id, reason});
			return;
		}
		const fresh = report(step, found);
		parts.emit({
			event: 'step.failed',
			step: step.id,
			reason: fresh ? error.message : `Not done: ${error.message}`,
			finding: error.code,
		});
	}

	return {
		async go(which, signal) {
			const begun = parts.now();
			// Time has passed since root looked: what was missing then may be there by now.
			const {admin: _, ...facts} = context.facts;
			context = {...context, facts};
			const finish = (outcome: 'succeeded' | 'failed' | 'cancelled') =>
				parts.emit({
					event: 'run.finished',
					outcome,
					seconds: Math.round((parts.now().getTime() - begun.getTime()) / 100) / 10,
				});
			const {target} = context;
			const isSettled = ({id, phase}: Step) => {
				const before = parts.state().steps.find((step) => step.id === id)?.state;
				if (before !== 'succeeded' && before !== 'skipped') return false;
				if (phase === 'check') return before === 'skipped';
				return phase === 'prepare' || isDeepStrictEqual(target, context.target);
			};
			let failedPhase: string | undefined;
			for (const step of parts.steps) {
				if (signal.aborted) break;
				// Checks do not need each other: all of them are made before the run stops at a bad one.
				if (failedPhase !== undefined && (step.phase !== failedPhase || failedPhase !== 'check')) break;
				if (which === 'unfinished' && isSettled(step)) continue;
				const end = await runStep(step, signal);
				if (end !== 'done') failedPhase = step.phase;
				if (end === 'lost') break;
			}
			leaving = parts.performer.close();
			finish(signal.aborted ? 'cancelled' : failedPhase === undefined ? 'succeeded' : 'failed');
		},
		left: async () => leaving,
	};
}

/** A run touches nothing that its plan did not show. */
function refuseUnplanned(step: Step, action: Action, shown: readonly Action[]): void {
	if (!('changes' in action) || !action.changes) return;
	const planned = shown.some((candidate) => isDeepStrictEqual(candidate, action) || isPartOf(action, candidate));
	if (!planned) throw new Error(`step ${step.id} wants to do what its plan did not show: ${action.kind}`);
}

/** Writing fewer of the files that the plan showed is within the plan. */
function isPartOf(action: Action, planned: Action): boolean {
	if (action.kind === 'place' && planned.kind === 'place') {
		return (
			isDeepStrictEqual(action.directories, planned.directories) &&
			action.files.every((file) => planned.files.some((candidate) => isDeepStrictEqual(candidate, file)))
		);
	}
	return (
		action.kind === 'write' &&
		planned.kind === 'write' &&
		action.directory === planned.directory &&
		action.files.every((file) => planned.files.some((candidate) => isDeepStrictEqual(candidate, file)))
	);
}
