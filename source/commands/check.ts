import {setTimeout} from 'node:timers/promises';
import {exitCodeOfFindings} from '../diagnosis/exit-code.ts';
import type {LintResult} from '../diagnosis/lint-results.ts';
import {exitCodes} from '../errors.ts';
import {checkResult} from '../onboarding/check-result.ts';
import {causeOf, failureOf, partFailures} from '../onboarding/failure.ts';
import {lastRuns} from '../onboarding/last-runs.ts';
import type {Failure, Session} from '../onboarding/session.ts';
import {sharedVms} from '../onboarding/shared-vm.ts';
import type {ConsentFlags} from './consent.ts';
import {failureAsJson, tellFailures} from './failures.ts';
import type {ConnectionFlags, GlobalFlags} from './flags.ts';
import {carryOut} from './follow.ts';
import type {ResultsOutput, RunsLine} from './machine-output.ts';
import {offerProbe} from './offer-probe.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {printChanges, printCheck} from './print-check.ts';
import {noTarget, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

export type CheckFlags = GlobalFlags &
	ConnectionFlags &
	ConsentFlags & {watch?: boolean; probePod?: boolean; output?: OutputFormat};

/** Milliseconds between two rounds of `--watch`. */
const pause = 2000;

/**
 * `meshboard check TARGET…`: all that can be looked at before an onboarding; nothing is changed on a VM or in the cluster, but that with `--yes`
 * it listens for a moment where nothing does, and with `--probe-pod`, or asked at a terminal, starts a pod where none of the mesh can dial. 79 with an error.
 */
export async function check(flags: CheckFlags, words: readonly string[]): Promise<number> {
	if (words.length === 0) throw noTarget('check');
	const targets = [...new Set(words.map((word) => parseTarget(word, flags.namespace)))];
	const wanted = {
		task: 'check',
		prepare: false,
		force: false,
		listen: flags.yes === true,
		probe: flags.probePod === true,
	} as const;
	// Who names the pod agrees to it: there need be no terminal to ask at.
	const agreed = flags.yes === true || wanted.probe;
	return withSession(agreed ? {...flags, yes: true} : flags, {changes: agreed}, async (session) => {
		const all = await session.attempt(targets, wanted);
		const {done, failures} = partFailures(all);
		const shared = sharedVms(done.map(({target}) => target));
		const failed = [...failures, ...[...shared].map(([ref, error]) => failureOf(ref, error))];
		const plans = done.filter(({target}) => !shared.has(target.ref));
		const format = flags.output ?? 'text';
		if (format === 'text') tellFailures(failed);
		if (format === 'ndjson') printNdjson(failed.map(failureAsJson));
		const interrupted = await carryOut(
			session,
			async (signal) => {
				session.runs.start(plans);
				await session.runs.settled();
				if (!wanted.probe && !signal.aborted) await offerProbe(session, wanted, signal);
				if (flags.watch === true) await untilOpen(session.runs, signal);
			},
			() => listen(session, format),
		);
		const results = lastRuns(session.runs).map(checkResult);
		if (format === 'json') printJson({results: [...failed.map(asResult), ...results]} satisfies ResultsOutput);
		return interrupted ?? exitCodeOf(failed, results);
	});
}

/** As text a VM is told when all of it is known: the way to one is no news while that to another is awaited. */
function listen({runs}: Session, format: OutputFormat): () => void {
	const told = new Map<string, LintResult>();
	return runs.onEvent((event) => {
		if (format === 'ndjson') printNdjson([event satisfies RunsLine]);
		if (format !== 'text' || event.event !== 'run.finished') return;
		const run = runs.getSnapshot().find(({id}) => id === event.run);
		if (run === undefined) return;
		const [before, now] = [told.get(run.id), checkResult(run)];
		told.set(run.id, now);
		if (before === undefined) printCheck(now, event.seconds);
		else printChanges(before, now, event.time);
	});
}

/** Checks again, a moment after each round, what is not all open yet: while somebody opens the ports, or until an interrupt. */
async function untilOpen(runs: Session['runs'], signal: AbortSignal): Promise<void> {
	for (;;) {
		await runs.settled();
		const failed = lastRuns(runs).filter(({status}) => status === 'failed');
		if (failed.length === 0 || signal.aborted) return;
		await setTimeout(pause, undefined, {signal}).catch(() => undefined);
		if (signal.aborted) return;
		for (const {id} of failed) runs.retry(id);
	}
}

function exitCodeOf(failed: readonly Failure[], results: readonly LintResult[]): number {
	const causes = [...failed, ...results].flatMap((each) => causeOf(each) ?? []);
	if (causes.length > 0) return exitCodeOfFindings(causes);
	return results.every(({healthy}) => healthy) ? exitCodes.done : exitCodes.someFailed;
}

function asResult({ref, findings}: Failure): LintResult {
	return {target: ref, healthy: false, findings, checks: []};
}
