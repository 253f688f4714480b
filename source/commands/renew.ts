import {resumeRuns} from './resume-runs.ts';
import {noTarget, type RunFlags, runTargets} from './run-targets.ts';

export type RenewFlags = RunFlags & {force?: boolean; resume?: boolean};

/** `meshboard renew TARGET…`: a new token for proxies that are there. */
export async function renew(flags: RenewFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) return resumeRuns(flags, words, 'renew');
	if (words.length === 0) throw noTarget('renew', ', or --resume');
	return runTargets(flags, words, {task: 'renew', prepare: false, force: flags.force === true}, 'renew');
}
