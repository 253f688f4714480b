import type {Check, Finding} from '../diagnosis/finding.ts';
import type {RunEvent} from '../onboarding/event.ts';
import {causeOf} from '../onboarding/failure.ts';
import type {RunState} from '../onboarding/run.ts';
import type {Failure, OutputEvent, Runs} from '../onboarding/session.ts';
import {findingLines} from './finding-lines.ts';
import {printTable} from './print.ts';

/** Steps that take less are as good as instant: their time is no news. In seconds. */
const worthTelling = 1;

/**
 * One line for every step that ends, as it ends: VM, glyph, step, what came of it, and the seconds of a slow one.
 * Glyphs are words too, so that the text reads without them. Returns the function that stops it.
 */
export function printProgress(runs: Runs): () => void {
	const begun = new Map<string, {title: string; at: number}>();
	const parts = new Map<string, Check[]>();
	const show = (event: RunEvent | OutputEvent) => {
		const name = event.target.padEnd(Math.max(...runs.getSnapshot().map(({target}) => target.length)));
		switch (event.event) {
			case 'run.started':
				return line(name, `started: ${event.steps.length} steps on ${event.host} (run ${event.run})`);
			case 'run.resumed':
				return line(
					name,
					event.why === 'resume' ? 'goes on where it was broken off; everything is looked at again' : 'tries again',
				);
			case 'step.started':
				parts.delete(keyOf(event));
				begun.set(keyOf(event), {title: event.title, at: Date.parse(event.time)});
				return undefined;
			case 'step.waiting':
				return line(name, `… ${titleOf(event)}: waits, ${event.why}`);
			case 'check':
				parts.set(keyOf(event), [...(parts.get(keyOf(event)) ?? []), event.check]);
				return undefined;
			case 'step.succeeded':
				line(name, `✓ ${titleOf(event)}: ${event.detail}${secondsOf(event)}`);
				return tellParts(name, event);
			case 'step.skipped':
				return line(name, `– ${titleOf(event)}: skipped, ${event.reason}`);
			case 'step.failed':
				return line(name, `✗ ${titleOf(event)}: failed, ${event.reason}${secondsOf(event)}`);
			case 'finding':
				return printFinding(name, event.finding);
			case 'run.finished':
				return line(name, `${event.outcome} after ${event.seconds} s`);
			default:
				return undefined;
		}
	};
	const keyOf = ({run, step}: {run: string; step: string}) => `${run} ${step}`;
	const titleOf = (event: {run: string; step: string}) => begun.get(keyOf(event))?.title ?? event.step;
	/** Preparation says of each of its parts what was found and what is so now. */
	const tellParts = (name: string, event: {run: string; step: string}) => {
		if (!event.step.startsWith('prepare.')) return;
		for (const {title, detail} of parts.get(keyOf(event)) ?? []) line(name, `    ${title}: ${detail}`);
	};
	const secondsOf = (event: {run: string; step: string; time: string}) => {
		const start = begun.get(keyOf(event))?.at ?? Date.parse(event.time);
		const seconds = (Date.parse(event.time) - start) / 1000;
		return seconds < worthTelling ? '' : ` (${seconds.toFixed(1)} s)`;
	};
	return runs.onEvent(show);
}

/** What happened to each VM, why where it failed, and where the logs are; `logsOf` is undefined where they are not kept. */
export function printSummary(
	runs: readonly RunState[],
	logsOf: ((id: string) => string) | undefined,
	failed: readonly Failure[] = [],
): void {
	const causeOfRun = ({steps}: RunState) => causeOf({findings: steps.flatMap(({findings}) => findings)}) ?? '';
	const causes = failed.length > 0 || runs.some((run) => causeOfRun(run) !== '');
	process.stdout.write('\n');
	printTable(
		['TARGET', 'OUTCOME', 'STEPS', ...(causes ? ['CAUSE'] : []), ...(logsOf === undefined ? [] : ['LOGS'])],
		[
			...runs.map((run) => {
				const done = run.steps.filter(({state}) => state === 'succeeded' || state === 'skipped').length;
				return [
					run.target,
					run.status,
					`${done}/${run.steps.length}`,
					...(causes ? [causeOfRun(run)] : []),
					...(logsOf === undefined ? [] : [logsOf(run.id)]),
				];
			}),
			...failed.map((each) => [
				each.ref,
				'failed',
				'none',
				causeOf(each) ?? '',
				...(logsOf === undefined ? [] : ['none']),
			]),
		],
	);
}

function printFinding(name: string, finding: Finding): void {
	// A fact wants nothing done: its evidence is in the journal, and in json and ndjson.
	for (const text of findingLines(finding).slice(0, finding.severity === 'info' ? 1 : undefined)) line(name, text);
}

function line(name: string, text: string): void {
	process.stdout.write(`${name}  ${text}\n`);
}
