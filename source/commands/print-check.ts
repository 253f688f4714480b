import type {Check, Finding} from '../diagnosis/finding.ts';
import {flowWords} from '../diagnosis/flow-words.ts';
import type {LintResult} from '../diagnosis/lint-results.ts';
import {findingLines} from './finding-lines.ts';
import {type Output, printTable} from './print.ts';

const glyphs = {passed: '✓', failed: '✗', warning: '!', 'not-done': '–'} as const;
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
		printTable(['FROM', 'TO', 'PORT', 'WHY', 'RESULT', 'TIME', 'DETAIL'], flows.map(flowRow), output);
		for (const {title, block} of flows) if (block !== undefined) output.write(`  ${title} → ${block.remedy.text}\n`);
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

/** The glyph tells how it is judged, the word what came of it: one that is open may be a warning, since some packets are lost. */
function flowRow({
	title,
	from = '',
	to = '',
	port,
	why = title,
	result,
	outcome,
	ms,
	detail,
}: Check): readonly string[] {
	const word = result === undefined ? words[outcome] : `${glyphs[outcome]} ${flowWords[result]}`;
	return [from, to, port === undefined ? '-' : String(port), why, word, `${ms} ms`, detail];
}

function row({title, outcome, ms, detail}: Check): readonly string[] {
	return [title, words[outcome], `${ms} ms`, detail];
}
