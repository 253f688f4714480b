import {readFileSync} from 'node:fs';

/**
 * What tells a process from every other that has or had its number: the number, and on Linux the moment of its start (clock
 * ticks since boot, field 22 of /proc/<pid>/stat, proc(5)) with the id of that boot.
 */
export function processMark(pid: number): string {
	return [pid, startOf(pid) ?? ''].join(' ').trim();
}

/** Does the process that made this mark still run? Where there is no /proc, any process of that number counts. */
export function isAlive(mark: string): boolean {
	const [number = '', start] = mark.trim().split(' ');
	const pid = Number(number);
	if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return false;
	const present = startOf(pid);
	return start === undefined || present === undefined || present === start;
}

function startOf(pid: number): string | undefined {
	try {
		const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
		// The second field is the name in parentheses, which may hold spaces and parentheses itself.
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		const ticks = fields[19];
		return ticks === undefined ? undefined : `${boot}:${ticks}`;
	} catch {
		return undefined;
	}
}

function exists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: it is there and belongs to another user.
		return error instanceof Error && 'code' in error && error.code === 'EPERM';
	}
}
