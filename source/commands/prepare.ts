import {resumeRuns} from './resume-runs.ts';
import {noTarget, type RunFlags, runTargets} from './run-targets.ts';

export type PrepareFlags = RunFlags & {resume?: boolean};

/** `meshboard prepare TARGET…`: makes VMs ready for their proxies with the admin account; what is so already is left. */
export async function prepare(flags: PrepareFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) return resumeRuns(flags, words, 'prepare');
	if (words.length === 0) throw noTarget('prepare', ', or --resume');
	return runTargets(flags, words, {task: 'prepare', prepare: true, force: false}, 'prepare');
}
