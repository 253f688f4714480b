import {openProfiles, openSession} from '../compose.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {Wanted} from '../onboarding/event.ts';
import type {Session} from '../onboarding/session.ts';
import type {Profile} from '../ports.ts';
import {answerAtTerminal} from './ask.ts';
import {type ConsentFlags, consent, refuseWithoutConsent} from './consent.ts';
import {say} from './failures.ts';
import {type ConnectionFlags, chooseProfile, flagsAsProfile, type GlobalFlags} from './flags.ts';
import {follow} from './follow.ts';
import type {PlansOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {planAsJson, printPlan} from './print-plan.ts';
import {parseTarget} from './targets.ts';

/** The flags of every command that takes runs through their steps. */
export type RunFlags = GlobalFlags & ConnectionFlags & ConsentFlags & {dryRun?: boolean; output?: OutputFormat};

/** Opens a sitting on the chosen profile, answers its questions at the terminal, and closes it in the end. */
export async function withSession(
	flags: RunFlags,
	{changes, defaults = {}}: {readonly changes: boolean; readonly defaults?: Profile},
	use: (session: Session) => Promise<number>,
): Promise<number> {
	const profiles = openProfiles(process.env);
	const chosen = chooseProfile(flags, process.env, profiles);
	// What is refused anyway is refused before anything is read.
	if (changes) refuseWithoutConsent(flags, {name: chosen.name, readOnly: chosen.profile.readOnly});
	const session = await openSession(
		{env: process.env, profileName: chosen.name, profile: chosen.profile, flags: flagsAsProfile(flags), defaults},
		profiles,
	);
	const stopAsking = answerAtTerminal(session.prompts);
	try {
		return await use(session);
	} finally {
		stopAsking();
		for (const left of await session.close()) say(left);
	}
}

/**
 * Plans what is wanted for each target, shows the plan and asks, then follows the runs to their end; with `--dry-run` only the plan.
 * `verb`, for the sentences: `onboard`.
 */
export async function runTargets(
	flags: RunFlags,
	words: readonly string[],
	wanted: Wanted,
	verb: string,
): Promise<number> {
	const targets = words.map((word) => parseTarget(word, flags.namespace));
	return runPlanned(flags, targets, wanted, verb);
}

/** The same for words that are understood already: references, or hosts of a group. */
export async function runPlanned(
	flags: RunFlags,
	words: readonly string[],
	wanted: Wanted,
	verb: string,
): Promise<number> {
	const format = flags.output ?? 'text';
	return withSession(flags, {changes: flags.dryRun !== true}, async (session) => {
		const plans = await session.plan([...new Set(words)], wanted);
		if (flags.dryRun === true) {
			if (format === 'text') printPlan(plans);
			else if (format === 'ndjson') printNdjson(plans.map(planAsJson));
			else printJson({plans: plans.map(planAsJson)} satisfies PlansOutput);
			return exitCodes.done;
		}
		const title = `${verb.slice(0, 1).toUpperCase()}${verb.slice(1)} ${plans.length === 1 ? 'this VM' : `these ${plans.length} VMs`}?`;
		// What cannot be had back is not agreed to with a letter.
		const word = wanted.deleteEntry === true ? verb : undefined;
		await consent(flags, () => printPlan(plans, process.stderr), title, word);
		return follow(session, format, () => session.runs.start(plans));
	});
}

/** A command that was given no target. */
export function noTarget(verb: string, or = ''): UserError {
	return new UserError({
		code: 'usage',
		message: `${verb} needs at least one target.`,
		hint: `meshboard ${verb} <entry>.<namespace> …${or}`,
		exitCode: exitCodes.usage,
	});
}
