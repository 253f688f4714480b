import {expect} from 'vitest';
import {eventually, type Meshboard} from './harness.ts';

/** What `doctor` says of one proxy, as `-o json` has it. */
type Result = {
	readonly healthy: boolean;
	readonly findings: ReadonlyArray<{readonly id: string; readonly severity: string}>;
	readonly checks: ReadonlyArray<{readonly id: string; readonly outcome: string; readonly detail: string}>;
};

/** Asks the doctor, who changes nothing. */
async function askDoctor(meshboard: Meshboard, target: string, words: readonly string[] = []) {
	const {code, stdout, stderr} = await meshboard.run(['doctor', target, '-o', 'json', '--read-only', ...words]);
	expect(stderr).toBe('');
	const {results} = JSON.parse(stdout) as {results: [Result]};
	const [result] = results;
	const of = (severity: string) => result.findings.filter((one) => one.severity === severity).map(({id}) => id);
	return {code, result, errors: of('error'), warnings: of('warning'), whole: stdout};
}

/** What a fault does shows itself within seconds; then these, and no others, are the errors, and these are among the warnings. */
export async function expectFindings(
	meshboard: Meshboard,
	target: string,
	{errors = [], warnings = []}: {readonly errors?: readonly string[]; readonly warnings?: readonly string[]},
	{words = [], seconds = 40}: {readonly words?: readonly string[]; readonly seconds?: number} = {},
) {
	let last = '';
	const wanted = [...errors, ...warnings].join(' and ') || 'nothing';
	return eventually(wanted, seconds, async () => {
		const answer = await askDoctor(meshboard, target, words);
		last = [...answer.errors, ...answer.warnings].join(' ') || 'nothing';
		const seen = answer.errors.join() === errors.join() && warnings.every((id) => answer.warnings.includes(id));
		return seen && answer;
	}).catch((error: unknown) => {
		throw new Error(`${String(error)}, and not ${last}`);
	});
}
