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

/** When a container was last started, and how it is, as a line of two JSON strings; the same words for both engines. */
export function lifeCommand(runtime: Runtime, name: string): string {
	const format = '{{json .State.StartedAt}} {{json .State.Status}}';
	return commandLine([runtime, 'container', 'inspect', '--format', format, name]);
}

/** Reads the answer of `lifeCommand`; undefined when it is none. `startedAt` is as exact as the engine tells it. */
export function parseLife(stdout: string): {readonly startedAt: string; readonly status: string} | undefined {
	const match = /^"([^"]+)" "([a-z]+)"\s*$/m.exec(stdout);
	return match === null ? undefined : {startedAt: match[1] ?? '', status: match[2] ?? ''};
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
