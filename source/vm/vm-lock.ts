import {plainText} from './plain-text.ts';
import {quote} from './quote.ts';

/*
 * One run at a time on a VM, whoever began it and with whichever account. A lock is a file that names a connection: the process of
 * sshd that serves it (`$PPID` of a command) with the time at which that began (/proc/PID/stat, field 22: proc(5)), so that a number used
 * again is not taken for it. When the connection is gone, by whatever way its program ended, the lock is void and is taken over.
 *
 * Files have names that nobody can guess, in a directory where every account may write and none may remove what is another's. Who looks
 * and then makes one has that directory itself locked for the moment (flock(2) takes one that is open for reading).
 */

/** Memory first: it is there where the disk is full or read-only, and empty after a reboot. */
const everybodys = ['/dev/shm', '/tmp'] as const;
const name = '.meshboard-lock';

/** The file as a plan shows it. */
export const lockFile = `file ${everybodys[0]}/${name}.… on the VM (else ${everybodys[1]})`;

/** Who holds a lock, in the words of whoever is refused. */
export type LockHolder = {
	/** `user@host` of the machine where the program runs. */
	readonly by: string;
	readonly pid: number;
	/** RFC 3339. */
	readonly since: string;
	/** `onboard`, `prepare`, … */
	readonly task: string;
};

/** `none`: this VM has no way to lock, such as no /proc; that is no reason to do nothing. */
export type LockAnswer =
	| {readonly kind: 'locked'; readonly file: string}
	/** `account`: whose file it is on the VM; `connection`: the process of sshd there. `holder` in part, as far as it can be read. */
	| {readonly kind: 'held'; readonly account: string; readonly connection: string; readonly holder: Partial<LockHolder>}
	| {readonly kind: 'none'};

/** Takes the lock for a run, without sudo. What this run holds itself, by an earlier connection, is taken over. */
export function lockCommand(
	run: string,
	{by, pid, since, task}: LockHolder,
	places: readonly string[] = everybodys,
): string {
	const [first = ''] = places;
	const owner = [by, String(pid), since, task].map((word) => plainText(word, 100).replaceAll('|', '')).join('|');
	return [
		'# meshboard: one run at a time on this machine',
		`run=${quote(run.replaceAll(/\s/g, ''))}; owner=${quote(owner)}`,
		// The name of a program may hold spaces and brackets.
		`begun() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }`,
		'mine=$(begun "$PPID"); [ -n "$mine" ] || { echo none; exit; }',
		'alive() {',
		'	case $1 in "" | *[!0-9]*) return 1;; esac',
		'	if [ -d "/proc/$1" ]; then [ "$(begun "$1")" = "$2" ]; return; fi',
		// The processes of others may be hidden (hidepid, proc(5)); kill tells of them all the same.
		'	LC_ALL=C kill -0 "$1" 2>&1 | grep -qi permi',
		'}',
		'look() {',
		'	held=',
		`	for file in ${places.map((place) => `${place}/${name}.*`).join(' ')}; do`,
		'		[ -f "$file" ] && [ ! -h "$file" ] && [ -r "$file" ] || continue',
		'		{ read -r pid start of; read -r who; } <"$file"',
		'		if ! alive "$pid" "$start" || [ "$of" = "$run" ]; then rm -f "$file" 2>/dev/null',
		'		else held=yes; printf \'held %s %s\\n%s\\n\' "$(stat -c %U "$file")" "$pid" "$who"; return; fi',
		'	done',
		'}',
		'take() {',
		`	for place in ${places.join(' ')}; do`,
		`		file=$(mktemp "$place/${name}.XXXXXXXX" 2>/dev/null) || continue`,
		'		printf \'%s %s %s\\n%s\\n\' "$PPID" "$mine" "$run" "$owner" >"$file" && chmod 644 "$file" && { echo "locked $file"; return; }',
		'		rm -f "$file"',
		'	done',
		'	echo none',
		'}',
		'once() {',
		`	[ ! -r ${first} ] || exec 9<${first}`,
		'	{ flock -w 5 9 || flock -n 9; } 2>/dev/null',
		'	said=$(look)',
		'	[ -n "$said" ] || said=$(take)',
		'	exec 9<&-',
		'}',
		'once',
		// A connection that was just closed may need a moment to be gone.
		'case $said in held*) sleep 1; once;; esac',
		'printf \'%s\\n\' "$said"',
	].join('\n');
}

/** Reads what `lockCommand` printed. Total: whatever is no answer is `none`. */
export function parseLock(output: string): LockAnswer {
	const [first = '', second = ''] = output.split('\n');
	const locked = /^locked (\/[\w./-]+)$/.exec(first);
	if (locked?.[1] !== undefined) return {kind: 'locked', file: locked[1]};
	const held = /^held (\S+) (\d+)$/.exec(first);
	if (held === null) return {kind: 'none'};
	const [by = '', pid = '', since = '', task = ''] = second.split('|').map((word) => plainText(word, 100));
	return {
		kind: 'held',
		account: plainText(held[1] ?? '', 64),
		connection: held[2] ?? '',
		holder: {
			...(by === '' ? {} : {by}),
			...(/^\d+$/.test(pid) ? {pid: Number(pid)} : {}),
			...(since === '' ? {} : {since}),
			...(task === '' ? {} : {task}),
		},
	};
}

/** Takes back what `locked` answered. */
export function unlockCommand(file: string): string {
	return `rm -f ${quote(file)}`;
}
