import type {Runtime} from '../ports.ts';
import {commandLine} from './quote.ts';

/** Which part of a log is wanted. `since`: seconds back from now (`90s`), or a time of RFC 3339. */
export type LogPart = {
	readonly follow: boolean;
	readonly tail: number | 'all';
	readonly since: string | undefined;
};

/** Where the package istio-sidecar has the log of its proxy (istio, tools/packaging/common/istio-start.sh). */
export const packageLog = '/var/log/istio/istio.log';

/** When a container was last started and had last ended, and how it is, as a line of JSON strings; the same words for both engines. */
export function lifeCommand(runtime: Runtime, name: string): string {
	const format = '{{json .State.StartedAt}} {{json .State.FinishedAt}} {{json .State.Status}}';
	return commandLine([runtime, 'container', 'inspect', '--format', format, name]);
}

/** `endedAt`: of the life before, undefined when there was none. Times are as exact as the engine tells them. */
export type Life = {readonly startedAt: string; readonly endedAt: string | undefined; readonly status: string};

/** Reads the answer of `lifeCommand`; undefined when it is none. */
export function parseLife(stdout: string): Life | undefined {
	const match = /^"([^"]+)" "([^"]*)" "([a-z]+)"\s*$/m.exec(stdout);
	if (match === null) return undefined;
	const [, startedAt = '', ended = '', status = ''] = match;
	// The engine writes the year 1 for "never".
	return {startedAt, endedAt: /^(0001-|$)/.test(ended) ? undefined : ended, status};
}

export function containerLogCommand(runtime: Runtime, name: string, {follow, tail, since}: LogPart): string {
	return commandLine([
		runtime,
		'logs',
		...(follow ? ['-f'] : []),
		...(tail === 'all' ? [] : ['--tail', String(tail)]),
		...(since === undefined ? [] : ['--since', since]),
		name,
	]);
}

/** A file is followed by its name, through rotations. It cannot be asked for a time: who reads it leaves out what is older. */
export function fileLogCommand({follow, tail, since}: LogPart): string {
	const lines = tail === 'all' || since !== undefined ? '+1' : String(tail);
	return commandLine(['tail', '-n', lines, ...(follow ? ['-F'] : []), packageLog]);
}
