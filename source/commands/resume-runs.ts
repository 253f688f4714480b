import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Task} from '../onboarding/event.ts';
import {otherFlags} from '../onboarding/given-settings.ts';
import type {RunState} from '../onboarding/run.ts';
import type {Session} from '../onboarding/session.ts';
import type {Profile} from '../ports.ts';
import {flagsAsProfile} from './flags.ts';
import {follow} from './follow.ts';
import type {OutputFormat} from './output-format.ts';
import {type RunFlags, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

/** `--resume`: goes on with broken-off runs of a task, of the named targets or all of them. */
export async function resumeRuns(flags: RunFlags, words: readonly string[], task: Task): Promise<number> {
	if (flags.dryRun === true) {
		throw new UserError({
			code: 'usage',
			message: 'A run that is resumed has shown its plan already: --dry-run does not go with --resume.',
			hint: `The plan of a target as it is now: meshboard ${task} TARGET --dry-run`,
			exitCode: exitCodes.usage,
		});
	}
	const targets = new Set(words.map((word) => parseTarget(word, flags.namespace)));
	// Consent was given when the run was begun.
	return withSession({...flags, yes: true}, {changes: true}, (session) =>
		resume(session, task, targets, flagsAsProfile(flags), flags.output ?? 'text'),
	);
}

/** A run goes on with what it was begun with: a flag that says something else would be left unheard. */
function refuseOtherFlags(runs: readonly RunState[], flags: Profile): void {
	for (const {target, options} of runs) {
		const other = otherFlags(options.given, flags);
		if (other.length === 0) continue;
		throw new UserError({
			code: 'usage',
			message: `The run of ${target} goes on with what it was begun with: ${other.join('; ')}.`,
			hint: `Leave that out, or begin anew: meshboard ${options.task} ${target} …; what is done already is found and kept.`,
			exitCode: exitCodes.usage,
		});
	}
}

/**
 * Goes on with broken-off runs of this cluster: of the named targets, or all of them. What cannot go on (its entry is gone) holds
 * up no other; its fault is told in the end.
 */
async function resume(
	session: Session,
	task: Task,
	wanted: ReadonlySet<TargetRef>,
	flags: Profile,
	format: OutputFormat,
): Promise<number> {
	const isWanted = (run: RunState) => run.options.task === task && (wanted.size === 0 || wanted.has(run.target));
	const found = (await session.runs.interrupted()).filter(isWanted);
	if (found.length === 0) {
		const elsewhere = (await session.runs.interrupted('elsewhere')).filter(isWanted);
		process.stderr.write(`No run was broken off${wanted.size === 0 ? '' : ' of what was named'}: nothing to resume.\n`);
		for (const {target, options} of elsewhere)
			process.stderr.write(
				`A run of ${target} was, in another cluster: profile ${options.profile}, context ${options.context}.\n`,
			);
		return exitCodes.done;
	}
	// Of several broken-off runs of one VM only the newest can go on; the older ones are ended.
	const newest = found.filter((run, index) => found.findIndex(({target}) => target === run.target) === index);
	refuseOtherFlags(newest, flags);
	for (const run of found) if (!newest.includes(run)) session.runs.dismiss(run);
	for (const run of newest)
		process.stderr.write(`Going on with ${run.target}, begun ${run.startedAt}, broken off at ${run.updatedAt}\n`);
	let begun: ReadonlyArray<PromiseSettledResult<void>> = [];
	const code = await follow(session, format, async () => {
		begun = await Promise.allSettled(newest.map((run) => session.runs.resume(run)));
	});
	const [first, ...more] = begun.filter((one) => one.status === 'rejected');
	if (first === undefined) return code;
	for (const {reason} of more)
		process.stderr.write(`meshboard: ${reason instanceof Error ? reason.message : reason}\n`);
	throw first.reason;
}
