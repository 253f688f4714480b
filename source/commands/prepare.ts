import type {Wanted} from '../onboarding/event.ts';
import {exampleImage} from '../onboarding/steps/prepare/example.ts';
import {type ImageFlags, imageWish} from './image-flag.ts';
import {resumeRuns} from './resume-runs.ts';
import {noTarget, type RunFlags, runTargets} from './run-targets.ts';

export type PrepareFlags = RunFlags & ImageFlags & {resume?: boolean; undo?: boolean; startApp?: string | true};

/** `meshboard prepare TARGET…`: makes VMs ready for their proxies with the admin account; what is so already is left. `--undo` takes that back. */
export async function prepare(flags: PrepareFlags, words: readonly string[]): Promise<number> {
	if (flags.resume === true) return resumeRuns(flags, words, 'prepare');
	if (words.length === 0) throw noTarget('prepare', ', or --resume');
	const undo = flags.undo === true;
	const {startApp} = flags;
	const app = startApp === undefined ? {} : {startApp: startApp === true ? exampleImage : startApp};
	const how = undo ? {undo} : {...(await imageWish(flags)), ...app};
	const wanted: Wanted = {task: 'prepare', prepare: true, force: false, ...how};
	return runTargets(flags, words, wanted, undo ? 'undo the preparation of' : 'prepare');
}
