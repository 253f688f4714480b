import {exitCodes, UserError} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';

/** What is known of an attempt to connect when it fails. */
export type Attempt = {
	/** `user@host:port`. */
	readonly description: string;
	readonly host: string;
	/** How far it came: TCP (or the channel through the jump host) not yet open; open; SSH handshake done. */
	readonly stage: 'dialling' | 'handshake' | 'login';
	readonly firstBytes: string;
	/** Both sides' lists of algorithms, as far as they were exchanged. */
	readonly negotiation: readonly string[];
	/** The time was over before it ended. */
	readonly isLate: boolean;
	/** The how manieth it is. */
	readonly tries: number;
};

const kinds = {
	'ssh.refused': (attempt: Attempt) => [
		`${attempt.description} refuses the connection: no SSH server on that port.`,
		'Start sshd, or correct `ssh-host` and `ssh-port` (annotations of the entry; `--ssh-port`).',
	],
	'ssh.host-unresolved': (attempt: Attempt) => [
		`The name of the SSH host ${attempt.host} does not resolve.`,
		'Correct the name, or DNS.',
	],
	'ssh.timeout': (attempt: Attempt) => [
		attempt.stage === 'dialling'
			? `${attempt.description} does not answer.`
			: attempt.firstBytes.startsWith('SSH-')
				? `${attempt.description} does not finish the SSH handshake.`
				: hangsUp(attempt)
					? `${attempt.description} takes the connection and hangs up at once.`
					: `${attempt.description} answers, but not as an SSH server.`,
		hangsUp(attempt)
			? 'Try again: its sshd may have too many logins at once (`MaxStartups`), or turns this machine away (its log says so); or correct `ssh-host` and `ssh-port`.'
			: 'Open the port from here, or correct `ssh-host` and `ssh-port` (annotations of the entry; `--ssh-port`).',
	],
	'ssh.no-common-algorithm': (attempt: Attempt) => [
		`${attempt.description} shares no algorithm with meshboard.`,
		'Upgrade its sshd, or allow a common algorithm there (`ssh -vv` shows both lists).',
	],
	'ssh.connection-lost': (attempt: Attempt) => [
		`${attempt.description} ended the connection before the login was done.`,
		'Try again; the log of sshd says why.',
	],
} as const satisfies Record<string, (attempt: Attempt) => readonly [string, string]>;

export type ConnectionErrorCode = keyof typeof kinds;

/** The finished error (exit code 69) with the server's or system's own words as evidence. */
export function connectionError(
	code: ConnectionErrorCode,
	words: string,
	attempt: Attempt,
	cause?: unknown,
): UserError {
	const [message, hint] = kinds[code](attempt);
	return new UserError({
		code,
		message,
		hint,
		exitCode: exitCodes.unreachable,
		evidence: [
			{source: attempt.description, text: sanitise(words)},
			...(code === 'ssh.timeout'
				? [{source: 'TCP', text: attempt.stage === 'dialling' ? 'not connected' : 'connected'}]
				: []),
			...(attempt.firstBytes === '' ? [] : [{source: 'first bytes', text: attempt.firstBytes}]),
			...(attempt.tries === 1 ? [] : [{source: 'attempts', text: String(attempt.tries)}]),
			...(code === 'ssh.no-common-algorithm' ? attempt.negotiation.map((text) => ({source: 'offer', text})) : []),
		],
		cause,
	});
}

/** Which finding an error of the socket or of ssh2 means, at the stage where it came. */
export function connectionErrorCode(error: unknown, stage: Attempt['stage']): ConnectionErrorCode {
	const field = (name: string) =>
		typeof error === 'object' && error !== null && name in error ? String(Reflect.get(error, name)) : '';
	const code = field('code');
	if (code === 'ECONNREFUSED') return 'ssh.refused';
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return 'ssh.host-unresolved';
	if (field('message').includes('no matching ')) return 'ssh.no-common-algorithm';
	return stage === 'login' ? 'ssh.connection-lost' : 'ssh.timeout';
}

/** What sshd says, if anything, to whom it has no room for (sshd.c, "Exceeded MaxStartups", and "Not allowed at this time" of its penalties). */
const turnedAway = /^$|^Exceeded MaxStartups|^Not allowed at this time/;

function hangsUp({stage, isLate, firstBytes}: Attempt): boolean {
	return stage === 'handshake' && !isLate && turnedAway.test(firstBytes);
}

/** May another attempt go better? Not where the server was heard out, or a person was asked. */
export function mayPass(error: unknown, attempt: Attempt): boolean {
	if (!(error instanceof UserError)) return false;
	if (error.code === 'ssh.refused') return true;
	const isCutOff =
		hangsUp(attempt) || (attempt.stage === 'handshake' && !attempt.isLate && attempt.firstBytes.startsWith('SSH-'));
	return error.code === 'ssh.timeout' && isCutOff && attempt.negotiation.length === 0;
}
