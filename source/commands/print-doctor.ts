import type {Severity} from '../diagnosis/finding.ts';
import {type Case, groupCauses} from '../diagnosis/group-causes.ts';
import type {DoctorEvent, Examined} from '../onboarding/doctor/examination.ts';
import {findingLines} from './finding-lines.ts';
import type {Output} from './print.ts';

type Told = Pick<Examined, 'target' | 'findings' | 'checks'>;

/** `ratings-vm.bookinfo: nothing found, 14 checks passed, 1 not done (0.8 s)`. */
export function summaryLine(told: Told & Pick<Examined, 'seconds'>): string {
	return `${verdictOf(told)} (${told.seconds} s)`;
}

/** What has become of a watched target, from an event of it: a finding whole, what is gone or explained by its id, and in the end how it stands. */
export function printNews(event: DoctorEvent, examined: Told, output: Output = process.stdout): void {
	const clock = new Date(event.time).toTimeString().slice(0, 8);
	for (const text of newsLines(event, examined)) output.write(`${clock} ${event.target}: ${text}\n`);
}

function newsLines(event: DoctorEvent, examined: Told): readonly string[] {
	switch (event.event) {
		// That a check went another way is told by what is found, or by the verdict.
		case 'check':
			return [];
		case 'finding':
			return findingLines(event.finding);
		case 'withdrawn':
			return [`${event.finding.id} is gone`];
		case 'explained':
			return [`${event.finding.id} follows from ${event.by.id}`];
		case 'doctor.finished':
			return [verdictOf(examined).slice(examined.target.length + 2)];
	}
}

function verdictOf({target, findings, checks}: Told): string {
	const count = (wanted: Severity) => findings.filter(({severity}) => severity === wanted).length;
	const found = (['error', 'warning', 'info'] as const).flatMap((severity) =>
		count(severity) === 0 ? [] : [counted(count(severity), severity)],
	);
	const passed = checks.filter(({outcome}) => outcome === 'passed').length;
	const open = checks.filter(({outcome}) => outcome === 'not-done').length;
	const words = [
		...(found.length === 0 ? ['nothing found'] : found),
		...(passed === 0 ? [] : [`${counted(passed, 'check')} passed`]),
		...(open === 0 ? [] : [`${open} not done`]),
	];
	return `${target}: ${words.join(', ')}`;
}

/**
 * The findings of all targets, the worst first, each cause once with the targets that have it; then what was not checked, and so is
 * not known.
 */
export function printCauses(results: readonly Told[], output: Output = process.stdout): void {
	for (const cause of groupCauses(results)) {
		output.write('\n');
		for (const text of causeLines(cause, results.length > 1)) output.write(`${text}\n`);
	}
	const open = results.flatMap(({target, checks}) =>
		checks
			.filter(({outcome}) => outcome === 'not-done')
			.map(({title, detail}) => ({target, text: `${title}: ${detail}`})),
	);
	if (open.length === 0) return;
	output.write('\nNot checked, which is not passed:\n');
	for (const text of new Set(open.map((one) => one.text))) {
		const of = open.filter((one) => one.text === text).map(({target}) => target);
		output.write(`  ${results.length > 1 ? `${namesOf(of)}: ` : ''}${text}\n`);
	}
}

/** One case as it is; of several the evidence of the first, and of each other one its own sentence where it differs. */
function causeLines([first, ...others]: readonly [Case, ...Case[]], several: boolean): readonly string[] {
	const lines = findingLines(first.found);
	if (!several) return lines;
	const all = [first, ...others];
	const same = all.every(({found}) => found.summary === first.found.summary);
	const [head = '', ...rest] = lines;
	if (others.length === 0) return [`${head} (${first.target})`, ...rest];
	const targets = all.map(({target}) => target);
	if (same) return [`${head} (${counted(all.length, 'VM')})`, `  ${targets.join(', ')}`, ...rest];
	const own = others.map(({target, found}) => `  also ${target}: ${found.summary}`);
	return [`${head} (${first.target}, ${others.length} more)`, ...rest, ...own];
}

function namesOf(targets: readonly string[]): string {
	const [first = '', second, ...more] = [...new Set(targets)];
	if (second === undefined) return first;
	return more.length === 0 ? `${first}, ${second}` : `${first}, ${second} and ${more.length} more`;
}

function counted(count: number, word: string): string {
	return `${count} ${word}${count === 1 ? '' : 's'}`;
}
