import type {Check, Finding} from '../../../diagnosis/finding.ts';
import {manifestLines} from '../../../diagnosis/remedy-line.ts';
import {codeBlock, codeSpan} from '../../../output/markdown.ts';
import {type Examined, isHealthy} from '../examination.ts';
import type {DoctorRecord} from '../record.ts';
import {type ProxyFact, proxyFacts} from './proxy-facts.ts';

/** An examination to be told: clean, as it may be shown. */
export type Reported = {readonly record: DoctorRecord; readonly examined: Examined};

/**
 * A report to attach to a ticket: the same examinations make the same text. Whatever the cluster or a VM said stands in code, from
 * which it cannot break out; words outside of it are our own.
 */
export function markdownReport(reported: readonly Reported[], version: string): string {
	const times = reported.map(({record}) => record.begunAt).sort();
	return [
		'# Report of meshboard doctor',
		'',
		`- meshboard: ${codeSpan(version)}`,
		`- begun: ${codeSpan(times[0] ?? '')}`,
		...reported.map(({examined}) => `- ${codeSpan(examined.target)}: ${outcomeOf(examined)}`),
		...reported.flatMap(sectionOf),
		'',
	].join('\n');
}

function outcomeOf(examined: Examined): string {
	const count = (wanted: Finding['severity']) => examined.findings.filter(({severity}) => severity === wanted).length;
	const found = (['error', 'warning', 'info'] as const)
		.filter((severity) => count(severity) > 0)
		.map((severity) => `${count(severity)} ${severity}`);
	return `${isHealthy(examined) ? 'healthy' : 'not healthy'}, ${found.length === 0 ? 'nothing found' : found.join(', ')}, ${examined.seconds} s`;
}

function sectionOf({record, examined}: Reported): readonly string[] {
	const {findings, explained, checks} = examined;
	const made = checks.filter(({outcome}) => outcome !== 'not-done');
	const open = checks.filter(({outcome}) => outcome === 'not-done');
	return [
		'',
		`## ${codeSpan(examined.target)}`,
		'',
		`Looked at from ${codeSpan(record.begunAt)} for ${examined.seconds} s.`,
		'',
		'### Findings',
		...(findings.length === 0 ? ['', 'Nothing was found.'] : findings.flatMap(findingLines)),
		...(explained.length === 0 ? [] : ['', '### Follows from these', '']),
		...explained.map(({finding, by}) => `- ${codeSpan(finding.id)} from ${codeSpan(by.id)}`),
		'',
		'### Facts',
		'',
		...factLines(proxyFacts(record)),
		'',
		'### Checks',
		'',
		...(made.length === 0 ? ['None could be made.'] : made.map(checkLine)),
		...(open.length === 0 ? [] : ['', '### Not checked, which is not passed', '', ...open.map(checkLine)]),
	];
}

function findingLines({severity, id, target, summary, evidence, remedy}: Finding, index: number): readonly string[] {
	const more = manifestLines(remedy).join('\n');
	return [
		'',
		`#### ${index + 1}. ${severity} ${codeSpan(id)}`,
		'',
		`At ${codeSpan(target)}:`,
		'',
		codeBlock(summary),
		...evidence.flatMap(({source, text}) => ['', `Read from ${codeSpan(source)}:`, '', codeBlock(text)]),
		'',
		'What to do:',
		'',
		codeBlock(remedy.text),
		...(remedy.command === undefined ? [] : ['', codeBlock(remedy.command, 'sh')]),
		...(more === '' ? [] : ['', codeBlock(more)]),
	];
}

function factLines(facts: readonly ProxyFact[]): readonly string[] {
	if (facts.length === 0) return ['None could be had.'];
	const width = Math.max(...facts.map(([name]) => name.length));
	const rows = facts.flatMap(([name, value]) =>
		value.split('\n').map((line, index) => `${(index === 0 ? name : '').padEnd(width)}  ${line}`),
	);
	return [codeBlock(rows.join('\n'))];
}

function checkLine({outcome, title, from, to, port, detail}: Check): string {
	const way = [from, [to, port].filter((part) => part !== undefined).join(':')].filter(Boolean).join(' → ');
	return `- ${outcome}: ${codeSpan([title, way, detail].filter(Boolean).join(' | '))}`;
}
