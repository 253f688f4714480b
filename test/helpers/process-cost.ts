import {readFileSync} from 'node:fs';

/* What a running process costs, by Linux's own count (proc(5)). */

const clockTicks = 100;

/** User and system time so far, in seconds. */
export function cpuSeconds(pid: number): number {
	const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
		.replace(/^.*\) /s, '')
		.split(' ');
	return (Number(fields[11]) + Number(fields[12])) / clockTicks;
}

/** Memory that is in RAM now. */
export function megabytes(pid: number): number {
	return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
