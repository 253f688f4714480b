import {exitCodeOfFindings} from '../diagnosis/exit-code.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import {type DoctorEvent, type Examined, eventsBetween, isHealthy} from '../onboarding/doctor/examination.ts';
import {markdownReport, type Reported} from '../onboarding/doctor/report/markdown.ts';
import {causeOf} from '../onboarding/failure.ts';
import {parseFix} from '../onboarding/fix/choose-fix.ts';
import type {Examination, Session} from '../onboarding/session.ts';
import {abortAtSignals} from './at-signals.ts';
import {archivePlace, examinationsIn, reportOf} from './doctor-archive.ts';
import {type FixFlags, fixCause} from './doctor-fix.ts';
import {say} from './failures.ts';
import type {ConnectionFlags, GlobalFlags} from './flags.ts';
import type {DoctorLine, ResultsOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {printCauses, printNews, summaryLine} from './print-doctor.ts';
import {noTarget, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';
import {version} from './version.ts';

type DoctorFlags = GlobalFlags &
	ConnectionFlags &
	FixFlags & {
		watch?: boolean;
		reach?: readonly string[];
		output?: OutputFormat;
		archive?: string;
		from?: string;
		fix?: string;
	};

/**
 * `meshboard doctor TARGET…|-A`: says why proxies are stuck, with evidence and remedy; changes nothing. 79 with an error. `--watch`: until an interrupt.
 * `--archive` keeps all that it judged by in a file, from which `--from` says the same on a machine without any access.
 * `--fix` mends a cause that is found, after consent.
 */
export async function doctor(flags: DoctorFlags, words: readonly string[]): Promise<number> {
	const format = flags.output ?? 'text';
	const named = [...new Set(words.map((word) => parseTarget(word, flags.namespace)))];
	const together = wrongTogether(flags, words);
	if (together !== undefined) throw bothAtOnce(together);
	if (flags.from !== undefined) return fromArchive(flags, flags.from, named);
	if (words.length === 0 && flags.allNamespaces !== true) throw noTarget('doctor', ', or all with -A');
	const place = flags.archive === undefined ? undefined : await archivePlace(flags.archive);
	const wish = flags.fix === undefined ? undefined : parseFix(flags.fix);
	const changes = wish !== undefined && flags.dryRun !== true;
	return withSession(flags, {changes}, async (session) => {
		const targets = flags.allNamespaces === true ? await session.entries(undefined) : named;
		if (targets.length === 0 && format === 'text') say('There are no WorkloadEntries.');
		const {examinations, interrupted} = await examineAll(session, targets, wish === undefined ? format : undefined, {
			watch: flags.watch === true,
			dumps: place !== undefined,
			reach: flags.reach ?? [],
		});
		const results = examinations.map((each) => each.getSnapshot());
		if (wish !== undefined && interrupted === undefined)
			return fixCause(session, {flags, wish, format}, examinations, () => exitCodeOf(results));
		const code = tell(results, () => examinations.map(reportOf), flags, interrupted);
		if (interrupted === undefined) await place?.save(examinations);
		return code;
	});
}

async function fromArchive(flags: DoctorFlags, path: string, named: readonly TargetRef[]): Promise<number> {
	const format = flags.output ?? 'text';
	const reports = await examinationsIn(path, named);
	for (const {record, examined} of reports) {
		if (format === 'text') process.stdout.write(`${summaryLine(examined)}\n`);
		const about = {time: record.begunAt, target: examined.target};
		const {seconds} = examined;
		const end = {event: 'doctor.finished', healthy: isHealthy(examined), seconds} as const;
		const events = [...eventsBetween({findings: [], explained: [], checks: []}, examined, false), end];
		if (format === 'ndjson') printNdjson(events.map((event) => ({...about, ...event})));
	}
	return tell(
		reports.map(({examined}) => examined),
		() => reports,
		flags,
		undefined,
	);
}

/** What is told once all is known; the exit code of it. */
function tell(
	results: readonly Examined[],
	reports: () => readonly Reported[],
	{output: format = 'text', watch = false}: DoctorFlags,
	interrupted: number | undefined,
): number {
	if (format === 'json') printJson({results: results.map(asResult)} satisfies ResultsOutput);
	if (interrupted !== undefined) return interrupted;
	if (format === 'text' && !watch) printCauses(results);
	if (format === 'markdown') process.stdout.write(markdownReport(reports(), version));
	return exitCodeOf(results);
}

/** Examines all side by side and tells what comes of each as it comes, where a format says how; an interrupt ends it. Of those that are watched, only what changes is told once all are known. */
async function examineAll(
	session: Session,
	targets: readonly TargetRef[],
	format: OutputFormat | undefined,
	wanted: {readonly watch: boolean; readonly dumps: boolean; readonly reach: readonly string[]},
): Promise<{readonly examinations: readonly Examination[]; readonly interrupted: number | undefined}> {
	const {signal, interrupted, end} = abortAtSignals();
	/** Those whose first round is told. */
	const known = new Set<TargetRef>();
	const tell = (event: DoctorEvent, examined: Examined) => {
		if (known.has(event.target)) return printNews(event, examined);
		if (event.event !== 'doctor.finished') return;
		process.stdout.write(`${summaryLine(examined)}\n`);
		known.add(event.target);
		if (wanted.watch && known.size === targets.length) printCauses(examinations.map((each) => each.getSnapshot()));
	};
	let examinations: readonly Examination[] = [];
	try {
		examinations = targets.map((target) => {
			const examination = session.examine(target, signal, wanted);
			examination.onEvent((event) => {
				if (format === 'ndjson') printNdjson([event satisfies DoctorLine]);
				if (format === 'text') tell(event, examination.getSnapshot());
			});
			return examination;
		});
		await Promise.all(examinations.map((each) => each.settled()));
		return {examinations, interrupted: interrupted()};
	} finally {
		end();
	}
}

/** One result of `-o json` (docs/doctor.md). */
function asResult(examined: Examined) {
	const {target, findings, checks} = examined;
	return {target, healthy: isHealthy(examined), findings, checks};
}

function exitCodeOf(results: readonly Examined[]): number {
	const causes = results.flatMap((each) => causeOf(each) ?? []);
	if (causes.length > 0) return exitCodeOfFindings(causes);
	return results.every(isHealthy) ? exitCodes.done : exitCodes.someFailed;
}

/** Two things that exclude each other, if the words have them. */
function wrongTogether(
	{allNamespaces, archive, from, watch, fix}: DoctorFlags,
	words: readonly string[],
): string | undefined {
	if (words.length > 0 && allNamespaces === true) return '--all-namespaces and a list of targets';
	const live = {
		'--all-namespaces': allNamespaces,
		'--archive': archive !== undefined,
		'--watch': watch,
		'--fix': fix !== undefined,
	};
	const [other] = Object.entries(live).flatMap(([flag, given]) => (given === true ? [flag] : []));
	if (from !== undefined && other !== undefined) return `--from and ${other}`;
	const [one, two] = [
		archive === undefined ? [] : ['--archive'],
		watch === true ? ['--watch'] : [],
		fix === undefined ? [] : ['--fix'],
	].flat();
	return two === undefined ? undefined : `${one} and ${two}`;
}

function bothAtOnce(two: string): UserError {
	return new UserError({
		code: 'usage',
		message: `${two} exclude each other.`,
		hint: 'Leave one of them out.',
		exitCode: exitCodes.usage,
	});
}
