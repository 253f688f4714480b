import type {Finding} from '../diagnosis/finding.ts';
import {exitCodes} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import {isHealthy} from '../onboarding/doctor/examination.ts';
import {causeOf} from '../onboarding/failure.ts';
import {type FixWish, findCause} from '../onboarding/fix/choose-fix.ts';
import type {RunState} from '../onboarding/run.ts';
import type {Examination, RunPlan, Session} from '../onboarding/session.ts';
import {systemClock} from '../system-clock.ts';
import {type ConsentFlags, consent} from './consent.ts';
import {say} from './failures.ts';
import {carryOut} from './follow.ts';
import type {FixesLine, FixesOutput, FixResult} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {summaryLine} from './print-doctor.ts';
import {planAsJson, printPlan} from './print-plan.ts';
import {printProgress} from './progress.ts';

export type FixFlags = ConsentFlags & {readonly dryRun?: boolean};

/** How often it is looked again, and after how many seconds: what was mended shows itself in a moment. */
const looks = 3;
const pause = 3;

/**
 * Mends one cause of every target that has it: shows the plan, asks, does it, looks again. Answers 0 where it is gone from all, 79 where
 * it is still there; `otherwise` is the answer where no target has it.
 */
export async function fixCause(
	session: Session,
	{flags, wish, format}: {readonly flags: FixFlags; readonly wish: FixWish; readonly format: OutputFormat},
	examinations: readonly Examination[],
	otherwise: () => number,
): Promise<number> {
	const planned = await Promise.all(examinations.map((each) => session.planFix(each, wish)));
	const plans = planned.filter((plan) => plan !== undefined);
	if (plans.length === 0) {
		for (const each of examinations) say(notFound(each, wish.id));
		if (format === 'json') printJson({results: []} satisfies FixesOutput);
		return otherwise();
	}
	if (flags.dryRun === true) return showPlans(plans, format);
	const title = `Mend ${wish.id} ${plans.length === 1 ? `of ${plans[0]?.target.ref}` : `of these ${plans.length} VMs`}?`;
	await consent(flags, () => printPlan(plans, process.stderr), title);
	const listen = () =>
		format === 'text'
			? printProgress(session.runs)
			: format === 'ndjson'
				? session.runs.onEvent((event) => printNdjson([event]))
				: () => undefined;
	const interrupted = await carryOut(session, () => session.runs.start(plans), listen);
	if (interrupted !== undefined) return interrupted;
	const ended = await Promise.all(
		session.runs.getSnapshot().map(async (run) => ({run, again: await lookAgain(session, run.target, wish.id)})),
	);
	for (const {run, again} of ended) tell(run, again, wish.id, format);
	if (format === 'json')
		printJson({results: ended.map(({run, again}) => asResult(run, again, wish.id))} satisfies FixesOutput);
	return ended.every(({run, again}) => run.status === 'succeeded' && isGone(again, wish.id))
		? exitCodes.done
		: exitCodes.findings;
}

function showPlans(plans: readonly RunPlan[], format: OutputFormat): number {
	if (format === 'text') printPlan(plans);
	else if (format === 'ndjson') printNdjson(plans.map(planAsJson));
	else printJson({plans: plans.map(planAsJson)});
	return exitCodes.done;
}

function notFound(examination: Examination, id: string): string {
	const {target, findings, explained} = examination.getSnapshot();
	const by = explained.find(({finding}) => finding.id === id)?.by.id;
	if (by !== undefined) return `${target}: ${id} follows from ${by}; mend that: meshboard doctor ${target} --fix ${by}`;
	const others = findings.map((found) => found.id).join(', ');
	return `${target}: ${id} was not found, so that there is nothing to mend${others === '' ? '' : `; there is ${others}`}.`;
}

async function lookAgain(session: Session, target: TargetRef, id: string): Promise<Examination> {
	for (let look = 1; ; look++) {
		const again = session.examine(target, new AbortController().signal);
		await again.settled();
		if (look === looks || isGone(again, id)) return again;
		await systemClock.sleep(pause * 1000);
	}
}

/** What could not be looked at is not gone, and an entry that was to go is. */
function isGone(again: Examination, id: string): boolean {
	const examined = again.getSnapshot();
	const ids = [...examined.findings, ...examined.explained.map(({finding}) => finding)].map((found) => found.id);
	if (id === 'entry.stale') return ids.includes('entry.not-found');
	if (ids.includes(id) || findCause(again.record(), examined, id) !== undefined) return false;
	return isOfObjects(id) || !ids.some((found) => /^(ssh\.|cluster\.un|entry\.not-found)/.test(found));
}

function isOfObjects(id: string): boolean {
	return /^(entry|service|sidecar|gateway)\./.test(id);
}

function tell({target, status}: RunState, again: Examination, id: string, format: OutputFormat): void {
	const examined = again.getSnapshot();
	const {seconds} = examined;
	if (format === 'ndjson') {
		const time = systemClock.now().toISOString();
		const gone = isGone(again, id);
		printNdjson([{time, target, event: 'fix.finished', fix: id, gone, outcome: status, seconds} satisfies FixesLine]);
	}
	if (format !== 'text') return;
	const left = findCause(again.record(), examined, id);
	process.stdout.write(`\n${summaryLine(examined)}\n${target}: ${verdictOf(again, id, left)}\n`);
}

function verdictOf(again: Examination, id: string, left: Finding | undefined): string {
	const {findings} = again.getSnapshot();
	if (left !== undefined) return `${id} is still there: ${left.summary}`;
	if (!isGone(again, id)) return `whether ${id} is gone could not be seen: ${causeOf({findings}) ?? 'it is not known'}`;
	const others = findings.filter((found) => found.severity === 'error' && found.id !== 'entry.not-found');
	if (id === 'entry.stale' || others.length === 0) return `${id} is gone`;
	return `${id} is gone; what else was found: ${others.map((found) => found.id).join(', ')}`;
}

/** One result of `doctor --fix ID -o json` (docs/doctor.md). */
function asResult({target, id: run, status, steps}: RunState, again: Examination, fix: string): FixResult {
	const examined = again.getSnapshot();
	return {
		target,
		fix,
		gone: isGone(again, fix),
		run,
		outcome: status,
		healthy: isHealthy(examined),
		findings: examined.findings,
		checks: examined.checks,
		steps: steps.map(({id, phase, title, state, detail, changed}) => ({id, phase, title, state, detail, changed})),
	};
}
