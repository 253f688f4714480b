import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Session} from '../onboarding/session.ts';
import {follow} from './follow.ts';
import type {OutputFormat} from './output-format.ts';
import {noTarget, type RunFlags, runTargets, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

export type OnboardFlags = RunFlags & {prepare?: boolean; force?: boolean; resume?: boolean};

/** `meshboard onboard TARGET…`: what the run screen does, without a screen. */
export async function onboard(flags: OnboardFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) {
		if (flags.dryRun === true) {
			throw new UserError({
				code: 'usage',
				message: 'A run that is resumed has shown its plan already: --dry-run does not go with --resume.',
				hint: 'The plan of a target as it is now: meshboard onboard TARGET --dry-run',
				exitCode: exitCodes.usage,
			});
		}
		const targets = new Set(words.map((word) => parseTarget(word, flags.namespace)));
		// Consent was given when the run was begun.
		return withSession({...flags, yes: true}, {changes: true}, (session) =>
			resume(session, targets, flags.output ?? 'text'),
		);
	}
	if (words.length === 0) throw noTarget('onboard', ', or --resume');
	const wanted = {task: 'onboard', prepare: flags.prepare === true, force: flags.force === true} as const;
	return runTargets(flags, words, wanted, 'onboard');
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
