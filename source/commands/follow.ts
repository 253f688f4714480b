import {exitCodeOf} from '../diagnosis/exit-code.ts';
import {exitCodes} from '../errors.ts';
import {causeOf} from '../onboarding/failure.ts';
import type {RunState} from '../onboarding/run.ts';
import type {Failure, Session} from '../onboarding/session.ts';
import {abortAtSignals} from './at-signals.ts';
import {failureAsJson} from './failures.ts';
import type {RunResult, RunsLine, RunsOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson, printNdjson} from './print.ts';
import {printProgress, printSummary} from './progress.ts';

/**
 * Follows the runs to their end; the first interrupt cancels them, the second leaves at once.
 * `kept`: false where the journal and the logs go with the program, so that nothing can be resumed or read later.
 * `failed`: targets of the same command that did not get as far as a run; they count.
 */
export async function follow(
	session: Session,
	format: OutputFormat,
	begin: () => void | Promise<void>,
	kept = true,
	failed: readonly Failure[] = [],
): Promise<number> {
	if (format === 'ndjson') printNdjson(failed.map(failureAsJson));
	const listen = () =>
		format === 'text'
			? printProgress(session.runs)
			: format === 'ndjson'
				? session.runs.onEvent((event) => printNdjson([event satisfies RunsLine]))
				: () => undefined;
	const interrupted = await carryOut(session, begin, listen, kept ? ' (the runs can then be resumed)' : '');
	const runs = session.runs.getSnapshot();
	if (format === 'text') printSummary(runs, kept ? (id) => session.runs.output(id).path : undefined, failed);
	if (format === 'json')
		printJson({results: [...failed.map(failureAsJson), ...runs.map(asResult)]} satisfies RunsOutput);
	const unsuccessful = runs.filter(({status}) => status !== 'succeeded');
	return interrupted ?? exitCodeOf([...failed.map(causeOf), ...unsuccessful.map(causeOfRun)]);
}

/**
 * Begins runs and waits for their end, with `listen` for as long; answers the exit code of the interrupt that cancelled them, if any. `then`: what
 * can be done after that. What begins them may go on: its signal tells of the interrupt.
 */
export async function carryOut(
	session: Session,
	begin: (signal: AbortSignal) => void | Promise<void>,
	listen: () => () => void,
	then = '',
): Promise<number | undefined> {
	const {signal, interrupted, end} = abortAtSignals(() => {
		process.stderr.write(`Cancelling; a second interrupt leaves at once${then}.\n`);
		for (const run of session.runs.getSnapshot()) session.runs.cancel(run.id);
	});
	const stopPrinting = listen();
	// What is left of the runs if the output is closed now (cli.tsx): they are broken off, which is no success.
	process.exitCode = exitCodes.someFailed;
	try {
		await begin(signal);
		await session.runs.settled();
	} finally {
		process.exitCode = undefined;
		stopPrinting();
		end();
	}
	return interrupted();
}

function causeOfRun({steps}: RunState): string | undefined {
	return causeOf({findings: steps.flatMap(({findings}) => findings)});
}

function asResult(run: RunState): RunResult {
	return {
		target: run.target,
		run: run.id,
		outcome: run.status,
		seconds: run.seconds,
		healthy: run.status === 'succeeded',
		findings: run.steps.flatMap(({findings}) => findings),
		checks: run.steps.flatMap(({checks}) => checks),
		steps: run.steps.map(({id, phase, title, state, detail, changed}) => ({id, phase, title, state, detail, changed})),
	};
}
