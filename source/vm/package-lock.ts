import {plainText} from './plain-text.ts';

/*
 * What package managers say when another one is at work. apt since 2.0: `Could not get lock /var/lib/dpkg/lock-frontend. It is held by process
 * 812 (unattended-upgr)`; older ones without the process. dpkg: `dpkg frontend lock was locked by another process with pid 812`. libzypp:
 * `System management is locked by the application with pid 812 (zypper)`. yum 3 and dnf wait by themselves, and say for which process in their output.
 */
const locked =
	/could not get lock|is another process using it|was locked by another process|system management is locked/i;
const named = /(?:held by process|application with pid|process with pid) (\d+)(?: \(([^)\n]+)\))?/i;

/** Who holds the lock, for people (`unattended-upgr (process 812)`), when that is why a package manager ended; undefined when it is not. */
export function lockedBy(words: string): string | undefined {
	if (!locked.test(words)) return undefined;
	const [, pid, name] = named.exec(words) ?? [];
	if (pid === undefined) return 'another package manager';
	const program = name === undefined ? '' : plainText(name, 40).trim();
	return program === '' ? `process ${pid}` : `${program} (process ${pid})`;
}
