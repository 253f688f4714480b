import type {Runtime} from '../../ports.ts';
import {plainText} from '../plain-text.ts';
import {quote} from '../quote.ts';
import {parseSections, probeScript} from '../sections.ts';
import {recordFolder} from './record.ts';

/** What a VM tells before anything is taken back: the record, and whether a container has this name. */
export type RecordFacts = {readonly lines: readonly string[]; readonly container: string};

/** The `sh -c …` (for sudo) that reads the record, and looks whether the proxy is still there. `user`: whose podman it would be. */
export function recordProbeCommand(container: string, runtime: Runtime, user: string): string {
	const of = (filter: string) => {
		const ask = `${runtime} ps -a ${filter} --format '{{.Names}} {{.Status}}'`;
		return runtime === 'docker' ? `limited ${ask}` : `su -s /bin/sh -c ${quote(`cd; ${ask}`)} ${quote(user)}`;
	};
	return `sh -c ${quote(
		probeScript('', [
			{name: 'record', commands: `cd ${recordFolder} 2>/dev/null && { cat prepared; ls before.*; } 2>/dev/null`},
			{name: 'container', commands: `${of('')} 2>/dev/null | grep ${quote(`^${container} `)}`},
			{name: 'example', commands: `${of('--filter label=meshboard')} 2>/dev/null`},
			{name: 'end', commands: 'echo end'},
		]),
	)}`;
}

/** undefined when the answer has no end. Total. */
export function parseRecordProbe(output: string): RecordFacts | undefined {
	const sections = parseSections(output);
	if (!sections.has('end')) return undefined;
	const lines = (name: string) => (sections.get(name)?.lines ?? []).map((line) => plainText(line, 300));
	// `before.…`: a run that was broken off has not noted yet what it did.
	const known = /^(directory|home|key|account|unlocked|member|linger|package|data|group|enabled|started) |^before\./;
	return {
		lines: [
			...[...new Set(lines('record'))].filter((line) => known.test(line)),
			...lines('example').flatMap((line) => (/^\S+ \S/.test(line) ? [`example ${line.split(' ')[0]}`] : [])),
		],
		container: lines('container')[0] ?? '',
	};
}
