import {type Account, credentialsOf} from './accounts.ts';
import type {Machine} from './machine.ts';
import type {Eyes} from './shell-file-system.ts';

/** Where a session's output goes while it is written. */
export type Sink = (stream: 'stdout' | 'stderr', text: string) => void;

/** What runs for one account: its rights as they were when it began, and whom its output reaches. */
export type Session = {
	readonly machine: Machine;
	readonly account: Account;
	readonly eyes: Eyes;
	readonly pid: number;
	readonly signal: AbortSignal;
	readonly environment: Readonly<Record<string, string>>;
	/** Takes output at once; undefined where nobody watches. */
	readonly sink: Sink | undefined;
	/** True while the command that runs writes straight to `sink`. */
	live: boolean;
};

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A session of an account with the groups that it has now, as sshd, su and sudo begin one. */
export function beginSession(
	machine: Machine,
	account: Account,
	from: {
		readonly pid: number;
		readonly signal: AbortSignal;
		readonly sink: Sink | undefined;
		readonly extra?: Readonly<Record<string, string>>;
	},
): Session {
	return {
		machine,
		account,
		eyes: {who: credentialsOf(machine.tree, account), umask: 0o022},
		pid: from.pid,
		signal: from.signal,
		environment: {
			HOME: account.home,
			LOGNAME: account.name,
			PATH: account.uid === 0 ? path : '/usr/local/bin:/usr/bin:/bin:/usr/games',
			SHELL: account.shell,
			USER: account.name,
			...from.extra,
		},
		sink: from.sink,
		live: from.sink !== undefined,
	};
}
