import {resumeRuns} from './resume-runs.ts';
import {noTarget, type RunFlags, runTargets} from './run-targets.ts';

export type OffboardFlags = RunFlags & {
	deleteEntry?: boolean;
	removeDirectory?: boolean;
	removeImage?: boolean;
	removePackage?: boolean;
	resume?: boolean;
};

/** `meshboard offboard TARGET…`: stops proxies and clears up what their bootstrap left, and with `--delete-entry` in the cluster too. */
export async function offboard(flags: OffboardFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) return resumeRuns(flags, words, 'offboard');
	if (words.length === 0) throw noTarget('offboard', ', or --resume');
	const wanted = {
		task: 'offboard',
		prepare: false,
		force: false,
		deleteEntry: flags.deleteEntry === true,
		removeDirectory: flags.removeDirectory === true,
		removeImage: flags.removeImage === true,
		removePackage: flags.removePackage === true,
	} as const;
	return runTargets(flags, words, wanted, 'offboard');
}
