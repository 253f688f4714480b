import {noTarget, type RunFlags, runTargets} from './run-targets.ts';

export type RenewFlags = RunFlags & {force?: boolean};

/** `meshboard renew TARGET…`: a new token for proxies that are there. */
export async function renew(flags: RenewFlags, words: readonly string[]): Promise<number> {
	if (words.length === 0) throw noTarget('renew');
	return runTargets(flags, words, {task: 'renew', prepare: false, force: flags.force === true}, 'renew');
}
