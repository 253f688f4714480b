import {exitCodeOfFindings} from '../diagnosis/exit-code.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import {type DoctorEvent, type Examined, isHealthy} from '../onboarding/doctor/examination.ts';
import {causeOf} from '../onboarding/failure.ts';
import type {Examination, Session} from '../onboarding/session.ts';
import {atSignals} from './at-signals.ts';
import {say} from './failures.ts';
import type {ConnectionFlags, GlobalFlags} from './flags.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {printCauses, printNews, summaryLine} from './print-doctor.ts';
import {noTarget, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

type DoctorFlags = GlobalFlags & ConnectionFlags & {watch?: boolean; output?: OutputFormat};

/** Looking waits for answers and asks little of anybody: more VMs go at once than where something is installed. */
const atOnce = 32;

/** `meshboard doctor TARGET…|-A`: says why proxies are stuck, with evidence and remedy; changes nothing. 79 with an error. `--watch`: until an interrupt. */
export async function doctor(flags: DoctorFlags, words: readonly string[]): Promise<number> {
	if (words.length === 0 && flags.allNamespaces !== true) throw noTarget('doctor', ', or all with -A');
	if (words.length > 0 && flags.allNamespaces === true) throw bothAtOnce();
	const named = [...new Set(words.map((word) => parseTarget(word, flags.namespace)))];
	return withSession(flags, {changes: false, defaults: {parallel: atOnce}}, async (session) => {
		const targets = flags.allNamespaces === true ? await session.entries(undefined) : named;
		const format = flags.output ?? 'text';
		if (targets.length === 0 && format === 'text') say('There are no WorkloadEntries.');
		const {examinations, interrupted} = await examineAll(session, targets, format, flags.watch === true);
		const results = examinations.map((each) => each.getSnapshot());
		if (format === 'json') printJson({results: results.map(asResult)});
		if (interrupted !== undefined) return interrupted;
		if (format === 'text' && flags.watch !== true) printCauses(results);
		return exitCodeOf(results);
	});
}

/** Examines all side by side and tells what comes of each as it comes; an interrupt ends it. Of those that are watched, only what changes is told once all are known. */
async function examineAll(
	session: Session,
	targets: readonly TargetRef[],
	format: OutputFormat,
	watch: boolean,
): Promise<{readonly examinations: readonly Examination[]; readonly interrupted: number | undefined}> {
	const stop = new AbortController();
	let interrupted: number | undefined;
	const stopListening = atSignals((code) => {
		if (interrupted !== undefined) process.exit(code);
		interrupted = code;
		stop.abort();
	});
	/** Those whose first round is told. */
	const known = new Set<TargetRef>();
	const tell = (event: DoctorEvent, examined: Examined) => {
		if (known.has(event.target)) return printNews(event, examined);
		if (event.event !== 'doctor.finished') return;
		process.stdout.write(`${summaryLine(examined)}\n`);
		known.add(event.target);
		if (watch && known.size === targets.length) printCauses(examinations.map((each) => each.getSnapshot()));
	};
	let examinations: readonly Examination[] = [];
	try {
		examinations = targets.map((target) => {
			const examination = session.examine(target, stop.signal, {watch});
			examination.onEvent((event) => {
				if (format === 'ndjson') printNdjson([event]);
				if (format === 'text') tell(event, examination.getSnapshot());
			});
			return examination;
		});
		await Promise.all(examinations.map((each) => each.settled()));
		return {examinations, interrupted};
	} finally {
		stopListening();
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

function bothAtOnce(): UserError {
	return new UserError({
		code: 'usage',
		message: '--all-namespaces and a list of targets exclude each other.',
		hint: 'Leave one of them out.',
		exitCode: exitCodes.usage,
	});
}
