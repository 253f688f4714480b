import {resumeRuns} from './resume-runs.ts';
import {noTarget, type RunFlags, runTargets} from './run-targets.ts';

export type OnboardFlags = RunFlags & {prepare?: boolean; force?: boolean; resume?: boolean};

/** `meshboard onboard TARGET…`: what the run screen does, without a screen. */
export async function onboard(flags: OnboardFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) return resumeRuns(flags, words, 'onboard');
	if (words.length === 0) throw noTarget('onboard', ', or --resume');
	const wanted = {task: 'onboard', prepare: flags.prepare === true, force: flags.force === true} as const;
	return runTargets(flags, words, wanted, 'onboard');
}
