import {openProfiles, openSession} from '../compose.ts';
import {exitCodeOf} from '../diagnosis/exit-code.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {RunState} from '../onboarding/run.ts';
import type {RunPlan, Session} from '../onboarding/session.ts';
import {answerAtTerminal, askAtTerminal} from './ask.ts';
import {atSignals} from './at-signals.ts';
import {type ConnectionFlags, chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {planAsJson, printPlan} from './print-plan.ts';
import {printProgress, printSummary} from './progress.ts';
import {parseTarget} from './targets.ts';

export type OnboardFlags = GlobalFlags &
	ConnectionFlags & {
		prepare?: boolean;
		force?: boolean;
		dryRun?: boolean;
		resume?: boolean;
		yes?: boolean;
		output?: OutputFormat;
		duration?: number;
	};

/** `meshboard onboard TARGET…`: what the run screen does, without a screen. */
export async function onboard(flags: OnboardFlags, words: readonly string[]): Promise<number> {
	const format = flags.output ?? 'text';
	if (words.length === 0 && flags.resume !== true)
		throw usage('onboard needs at least one target.', 'meshboard onboard <entry>.<namespace> …, or --resume');
	const targets = [...new Set(words.map((word) => parseTarget(word, flags.namespace)))];
	const profiles = openProfiles(process.env);
	const chosen = chooseProfile(flags, process.env, profiles);
	// What is refused anyway is refused before anything is read.
	if (flags.dryRun !== true) refuseReadOnly(chosen.name, flags.readOnly ?? chosen.profile.readOnly);
	if (flags.dryRun !== true && flags.resume !== true) refuseUnasked(flags);
	const session = await openSession(
		{env: process.env, profileName: chosen.name, profile: chosen.profile, flags: flagsAsProfile(flags)},
		profiles,
	);
	const stopAsking = answerAtTerminal(session.prompts);
	try {
		if (flags.resume === true) return await resume(session, new Set(targets), format);
		const plans = await session.plan(targets, {prepare: flags.prepare === true, force: flags.force === true});
		if (flags.dryRun === true) {
			if (format === 'text') printPlan(plans);
			else printJson({plans: plans.map(planAsJson)});
			return exitCodes.done;
		}
		await consent(flags, plans);
		return await follow(session, format, () => session.runs.start(plans));
	} finally {
		stopAsking();
		await session.close();
	}
}

/** Goes on with broken-off runs: of the named targets, or all of them. */
async function resume(session: Session, wanted: ReadonlySet<TargetRef>, format: OutputFormat): Promise<number> {
	const found = (await session.runs.interrupted()).filter((run) => wanted.size === 0 || wanted.has(run.target));
	if (found.length === 0) {
		process.stderr.write('No run was broken off: nothing to resume.\n');
		return exitCodes.done;
	}
	// Of several broken-off runs of one VM only the newest can go on; the older ones are ended.
	const newest = found.filter((run, index) => found.findIndex(({target}) => target === run.target) === index);
	for (const run of found) if (!newest.includes(run)) session.runs.dismiss(run);
	for (const run of newest)
		process.stderr.write(`Going on with ${run.target}, begun ${run.startedAt}, broken off at ${run.updatedAt}\n`);
	return follow(session, format, async () => {
		await Promise.all(newest.map((run) => session.runs.resume(run)));
	});
}

/** Nothing is changed without consent: `--yes`, or an answer at a terminal. */
function refuseUnasked(flags: OnboardFlags): void {
	if (flags.yes === true || (process.stdin.isTTY && process.stderr.isTTY)) return;
	throw usage(
		'Nothing is changed without consent, and there is no terminal to ask at.',
		'Look at the plan with --dry-run, then run it again with --yes.',
	);
}

/** Shows the plan and asks; `--yes` answers beforehand. */
async function consent(flags: OnboardFlags, plans: readonly RunPlan[]): Promise<void> {
	if (flags.yes === true) return;
	printPlan(plans, process.stderr);
	const answer = await askAtTerminal({
		kind: 'confirm',
		id: 'onboard',
		title: `Onboard ${plans.length === 1 ? 'this VM' : `these ${plans.length} VMs`}?`,
	});
	if (answer === undefined)
		throw new UserError({code: 'usage', message: 'Nothing was changed.', exitCode: exitCodes.interrupted});
}

function refuseReadOnly(profile: string, readOnly: boolean | undefined): void {
	if (readOnly !== true) return;
	throw new UserError({
		code: 'usage',
		message: 'This profile is read-only: nothing may be changed with it.',
		hint: `Look at the plan with --dry-run; or leave --read-only out, or set it off: meshboard profile set ${profile} readOnly=no`,
		exitCode: exitCodes.notPermitted,
	});
}

/**
 * Follows the runs to their end; the first interrupt cancels them, the second leaves at once.
 * `kept`: false where the journal and the logs go with the program, so that nothing can be resumed or read later.
 */
export async function follow(
	session: Session,
	format: OutputFormat,
	begin: () => void | Promise<void>,
	kept = true,
): Promise<number> {
	let interrupted: number | undefined;
	const stopListening = atSignals((code) => {
		if (interrupted !== undefined) process.exit(code);
		interrupted = code;
		process.stderr.write(
			`Cancelling; a second interrupt leaves at once${kept ? ' (the runs can then be resumed)' : ''}.\n`,
		);
		for (const run of session.runs.getSnapshot()) session.runs.cancel(run.id);
	});
	const stopPrinting =
		format === 'text'
			? printProgress(session.runs)
			: format === 'ndjson'
				? session.runs.onEvent((event) => printNdjson([event]))
				: () => undefined;
	try {
		await begin();
		await session.runs.settled();
	} finally {
		stopPrinting();
		stopListening();
	}
	const runs = session.runs.getSnapshot();
	if (format === 'text') printSummary(runs, kept ? (id) => session.runs.output(id).path : undefined);
	if (format === 'json') printJson({results: runs.map(asResult)});
	return interrupted ?? exitCodeOf(runs.filter(({status}) => status !== 'succeeded').map(causeOf));
}

function causeOf(run: RunState): string | undefined {
	return run.steps.flatMap(({findings}) => findings).find(({severity}) => severity === 'error')?.id;
}

/** One result of `-o json` (docs/architecture.md): what happened to one target. */
function asResult(run: RunState) {
	return {
		target: run.target,
		run: run.id,
		outcome: run.status,
		seconds: run.seconds,
		healthy: run.status === 'succeeded',
		findings: run.steps.flatMap(({findings}) => findings),
		checks: run.steps.flatMap(({checks}) => checks),
		steps: run.steps.map(({id, phase, title, state, detail, changed}) => ({id, phase, title, state, detail, changed})),
	};
}

function usage(message: string, hint: string): UserError {
	return new UserError({code: 'usage', message, hint, exitCode: exitCodes.usage});
}
