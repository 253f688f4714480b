import {exitCodeOfFindings} from '../diagnosis/exit-code.ts';
import {exitCodes} from '../errors.ts';
import {checkResult} from '../onboarding/check-result.ts';
import {causeOf, partFailures} from '../onboarding/failure.ts';
import {follow} from './follow.ts';
import {noTarget, type RunFlags, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

/** `meshboard verify TARGET…`: proves that each VM is in the mesh, or names what keeps it out; the exit code is that of `check`. */
export async function verify(flags: RunFlags & {reach?: readonly string[]}, words: readonly string[]): Promise<number> {
	if (words.length === 0) throw noTarget('verify');
	const targets = [...new Set(words.map((word) => parseTarget(word, flags.namespace)))];
	return withSession(flags, {changes: false}, async (session) => {
		const {reach = []} = flags;
		const wanted = {task: 'verify', prepare: false, force: false, reach} as const;
		const {done, failures} = partFailures(await session.attempt(targets, wanted));
		const code = await follow(session, flags.output ?? 'text', () => session.runs.start(done), true, failures);
		if (code >= exitCodes.hangup) return code;
		const runs = session.runs.getSnapshot().map(checkResult);
		const causes = [...failures, ...runs].flatMap((each) => causeOf(each) ?? []);
		return causes.length > 0 ? exitCodeOfFindings(causes) : code;
	});
}
