import {exitCodeOf} from '../diagnosis/exit-code.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {LogPart} from '../onboarding/session.ts';
import type {LogLine} from '../proxy/log-line.ts';
import {abortAtSignals} from './at-signals.ts';
import type {LogsLine} from './machine-output.ts';
import {printNdjson} from './print.ts';
import {noTarget, type RunFlags, withSession} from './run-targets.ts';
import {parseTarget} from './targets.ts';

export type LogsFlags = RunFlags & {follow?: boolean; tail?: number | 'all'; since?: string};

/** Lines that are shown where nobody says from when. */
const usualTail = 200;

/** `meshboard logs TARGET…`: the log of proxies, as far as it goes or live; of several targets each line begins with its name. */
export async function logs(flags: LogsFlags, words: readonly string[]): Promise<number> {
	if (words.length === 0) throw noTarget('logs');
	const targets = [...new Set(words.map((word) => parseTarget(word, flags.namespace)))];
	const part: LogPart = {
		follow: flags.follow === true,
		tail: flags.tail ?? (flags.since === undefined ? usualTail : 'all'),
		since: flags.since === undefined ? undefined : parseSince(flags.since),
	};
	const {signal, interrupted, end} = abortAtSignals();
	try {
		return await withSession(flags, {changes: false}, async (session) => {
			const width = Math.max(...targets.map(({length}) => length));
			const ended = await Promise.allSettled(
				targets.map((ref) =>
					session.readLog(ref, part, listenerOf(ref, targets.length > 1 ? width : 0, flags), signal),
				),
			);
			const code = interrupted();
			if (code !== undefined) return code;
			const faults = ended.flatMap((end) => (end.status === 'rejected' ? [asFault(end.reason)] : []));
			const [first] = faults;
			if (first === undefined) return exitCodes.done;
			if (targets.length === 1) throw first;
			for (const {message, code, hint = ''} of faults) process.stderr.write(`${message} [${code}]\n${hint}\n`);
			return exitCodeOf(faults.map(({code}) => code));
		});
	} finally {
		end();
	}
}

/** What is no situation of the user is our bug, of whichever target. */
function asFault(reason: unknown): UserError {
	if (reason instanceof UserError) return reason;
	throw reason instanceof Error ? reason : new Error(String(reason));
}

function listenerOf(ref: TargetRef, width: number, {output}: LogsFlags) {
	const prefix = width === 0 ? '' : `${ref.padEnd(width)}  `;
	return {
		line: (line: string, parts: LogLine) =>
			output === 'ndjson'
				? printNdjson([{target: ref, ...parts} satisfies LogsLine])
				: void process.stdout.write(`${prefix}${line}\n`),
		note: (text: string) => void process.stderr.write(`${prefix}${text}\n`),
	};
}

/** `--since`: a duration (`10m`, `1h30m`, `2d`) becomes seconds, a time stays one. Throws what is neither. */
function parseSince(word: string): string {
	const units: Readonly<Record<string, number>> = {d: 86_400, h: 3600, m: 60, s: 1};
	if (/^(\d+[dhms])+$/.test(word)) {
		const parts = [...word.matchAll(/(\d+)([dhms])/g)];
		return `${parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0), 0)}s`;
	}
	const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(word)
		? Date.parse(word)
		: Number.NaN;
	if (!Number.isNaN(time)) return new Date(time).toISOString();
	throw new UserError({
		code: 'usage',
		message: `${JSON.stringify(word)} is neither a duration nor a time.`,
		hint: 'For example: --since 10m, --since 1h30m, --since 2026-11-24T08:00:00Z',
		exitCode: exitCodes.usage,
	});
}
