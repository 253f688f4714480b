import type {Check, Finding} from '../diagnosis/finding.ts';
import type {LintResult} from '../diagnosis/lint.ts';
import {joinHostPort} from '../mesh/ip.ts';
import {findingLines} from './finding-lines.ts';
import {type Output, printTable} from './print.ts';

const words = {passed: '✓ passed', failed: '✗ failed', warning: '! warning', 'not-done': '– not done'} as const;

/** What was checked for one target: the flows as a table, from where to where, then the other checks, then the findings with what to do. */
export function printCheck(
	{target, healthy, findings, checks}: LintResult,
	seconds: number,
	output: Output = process.stdout,
): void {
	output.write(`${target}\n`);
	const flows = checks.filter(isFlow);
	if (flows.length > 0) {
		printTable(['FLOW', 'FROM', 'TO', 'RESULT', 'TIME', 'DETAIL'], flows.map(flowRow), output);
		output.write('\n');
	}
	const others = checks.filter((check) => !isFlow(check));
	if (others.length > 0) {
		printTable(['CHECK', 'RESULT', 'TIME', 'DETAIL'], others.map(row), output);
		output.write('\n');
	}
	for (const finding of findings) for (const line of findingLines(finding)) output.write(`${line}\n`);
	output.write(`${verdictOf({target, healthy, findings, checks})} (${seconds} s)\n\n`);
}

/** What has become of a target since it was told last: a line for each check that went another way, and the verdict when that changed. */
export function printChanges(before: LintResult, now: LintResult, time: string, output: Output = process.stdout): void {
	const clock = new Date(time).toTimeString().slice(0, 8);
	const say = (text: string) => output.write(`${clock} ${text}\n`);
	for (const check of now.checks) {
		const was = before.checks.find(({id}) => id === check.id);
		if (was?.outcome === check.outcome) continue;
		const from = was === undefined ? '' : `${words[was.outcome]} → `;
		say(`${now.target} ${check.title}: ${from}${words[check.outcome]} ${check.detail}`);
	}
	const known = (findings: LintResult['findings'], {id, target}: Finding) =>
		findings.some((other) => other.id === id && other.target === target);
	for (const finding of now.findings.filter((each) => !known(before.findings, each)))
		for (const line of findingLines(finding)) say(line);
	if (verdictOf(before) !== verdictOf(now)) say(verdictOf(now));
}

function verdictOf({target, healthy, findings, checks}: LintResult): string {
	const errors = findings.filter(({severity}) => severity === 'error').length;
	const open = checks.filter(({outcome}) => outcome === 'not-done').length;
	const verdict = healthy ? 'can be onboarded' : `${errors} error${errors === 1 ? '' : 's'}`;
	return `${target}: ${verdict}${open === 0 ? '' : `, ${open} not done`}`;
}

function isFlow({to}: Check): boolean {
	return to !== undefined;
}

function flowRow({title, from = '', to = '', port, outcome, ms, detail}: Check): readonly string[] {
	return [title, from, joinHostPort(to, port), words[outcome], `${ms} ms`, detail];
}

function row({title, outcome, ms, detail}: Check): readonly string[] {
	return [title, words[outcome], `${ms} ms`, detail];
}
