/*
 * A command travels as one string to the user's login shell, which may be bash, dash, fish or csh, and whose start-up files
 * may print. So the string is made of what all of them read alike, hands over to /bin/sh at once, and marks where the
 * command's own output begins:
 *
 *     exec /bin/sh -c 'printf "\036%s %s\n" MARK $$ && printf "\036%s\n" MARK >&2 && exec /bin/sh -c "$(printf %b "$@")"' sh 'COMMAND'
 *
 * COMMAND has every character that one of the shells treats specially as \0ooo, and comes in several words when it is long (csh:
 * "Word too long" at 8 KiB). The marker on stdout tells the process id; sshd gives each command a session of its own (session.c,
 * do_exec_no_pty), so that it is also the id of the process group. When nobody reads the markers any more, nothing is started.
 */

/** The string to send for a POSIX sh command. `mark`: letters and digits that the output will not hold by chance. */
export function wrapCommand(command: string, mark: string): string {
	const markers = `printf "\\036%s %s\\n" ${mark} $$ && printf "\\036%s\\n" ${mark} >&2`;
	const words = encode(command).match(/(?:\\0[0-7]{3}|[^\\]){1,1500}/g) ?? [''];
	return `exec /bin/sh -c '${markers} && exec /bin/sh -c "$(printf %b "$@")"' sh ${words.map((word) => `'${word}'`).join(' ')}`;
}

/** Everything but what is plain inside the quotes of all shells, as octal bytes of UTF-8 for printf's %b. */
function encode(command: string): string {
	return command.replaceAll(/[^A-Za-z0-9 _@%+=:,./;|&<>(){}[\]*?#~^-]+/g, (run) =>
		[...Buffer.from(run)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join(''),
	);
}

/**
 * Ends a process group: TERM, two seconds of grace, KILL. `prefix` runs kill(1) as another user. The group is alive as long as its
 * channel is open, so its id cannot mean another process. Fractions of a second are not POSIX, hence the other sleep.
 */
export function killCommand(processId: number, prefix: '' | 'sudo -n '): string {
	const kill = (signal: string, target: string) => `${prefix}kill -s ${signal} ${target} 2>/dev/null`;
	const group = `-- -${processId}`;
	const grace = `sleep $i 2>/dev/null || sleep 1; ${kill('0', group)} || exit 0`;
	return `${kill('TERM', group)} || ${kill('TERM', String(processId))}; for i in 0.1 0.4 1.5; do ${grace}; done; ${kill('KILL', group)}`;
}
