import {existsSync, readFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {type Result, type RunOptions, run} from '../lab/harness.ts';

/** Where the kernel counts the time of a control group: version 1 in nanoseconds, version 2 in a line of microseconds. */
const counters = [
	{file: (group: string) => `/sys/fs/cgroup/cpuacct/${group}/cpuacct.usage`, pattern: /^(\d+)$/m, perSecond: 1e9},
	{file: (group: string) => `/sys/fs/cgroup/${group}/cpu.stat`, pattern: /^usage_usec (\d+)$/m, perSecond: 1e6},
];

/** CPU seconds so far of the processes of a control group, those of the lab's VMs (`docker`) or pods (`k8s.io`) say; NaN where the kernel does not tell. */
export function cpuSecondsOf(group: string): number {
	for (const {file, pattern, perSecond} of counters) {
		const path = file(group);
		if (existsSync(path)) return Number(pattern.exec(readFileSync(path, 'utf8'))?.[1]) / perSecond;
	}
	return Number.NaN;
}

/** CPU seconds so far of all cores together, whatever they did. */
export function cpuSecondsOfMachine(): number {
	return cpus().reduce((sum, {times: {user, nice, sys, irq}}) => sum + (user + nice + sys + irq) / 1000, 0);
}

/** Runs a program to its end; with the CPU seconds that it took itself. */
export async function runCounted(
	program: string,
	words: readonly string[],
	options: RunOptions,
): Promise<Result & {readonly cpu: number}> {
	const {code, stdout, stderr} = await run('sh', ['-c', '"$@"; times >&2', 'sh', program, ...words], options);
	// Of the shell itself, then of its children, each as `0m1.23s 0m0.45s`: user and system.
	const lines = stderr.trimEnd().split('\n');
	const children = lines.at(-1) ?? '';
	const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
	return {code, stdout, stderr: lines.slice(0, -2).join('\n'), cpu};
}
