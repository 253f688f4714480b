import {exitCodes, UserError} from '../../errors.ts';
import type {ExecOptions, ExecResult, Prompts, RemoteHost} from '../../ports.ts';

/** How root is reached on a VM: found out with the first command, then kept for the connection. */
export type SudoMode = {kind: 'unknown' | 'without-password' | 'root'} | {kind: 'password'; password: string};

const attempts = 3;
const wantsPassword = /password is required|terminal is required|no askpass program|no tty present/i;
const wrongPassword = /incorrect password|sorry, try again|authentication failure/i;
const notAllowed =
	/not in the sudoers|not allowed to (execute|run)|may not run sudo|sudo: (command )?not found|no new privileges/i;

/** A connection with what was found out about sudo on it. */
export type Sudoer = {readonly host: RemoteHost; readonly user: string; mode: SudoMode};

/**
 * Runs one simple command as root: `sudo -n`, and where that wants a password, `sudo -S` with the password on stdin.
 * The password is asked for once per account and machine; three wrong ones, or none, end with `vm.sudo-unavailable`.
 */
export async function execAsRoot(
	sudoer: Sudoer,
	command: string,
	options: ExecOptions,
	prompts: Prompts,
	remember: (secret: string) => void,
): Promise<ExecResult> {
	if (sudoer.user === 'root') sudoer.mode = {kind: 'root'};
	if (sudoer.mode.kind === 'root') return sudoer.host.exec(command, options);
	if (sudoer.mode.kind !== 'password') {
		const result = await sudoer.host.exec(`sudo -n ${command}`, options);
		if (result.code === 0 || !wantsPassword.test(result.stderr)) {
			if (notAllowed.test(result.stderr)) throw unavailable(sudoer, result.stderr);
			sudoer.mode = {kind: 'without-password'};
			return result;
		}
	}
	for (let attempt = 1; attempt <= attempts; attempt++) {
		const password =
			sudoer.mode.kind === 'password'
				? sudoer.mode.password
				: await askPassword(sudoer, attempt, prompts, options.signal);
		remember(password);
		const result = await sudoer.host.exec(...withPassword(command, password, options));
		if (notAllowed.test(result.stderr)) throw unavailable(sudoer, result.stderr);
		if (result.code === 0 || !wrongPassword.test(result.stderr)) {
			sudoer.mode = {kind: 'password', password};
			return result;
		}
		sudoer.mode = {kind: 'unknown'};
	}
	throw unavailable(sudoer, `the password of ${sudoer.user} was refused ${attempts} times`);
}

/**
 * The password is the first line of the input. What follows is the command's own; then sudo must take the line whatever it remembers
 * of an earlier one (`-k`), or the command would get the password.
 */
function withPassword(command: string, password: string, options: ExecOptions): [string, ExecOptions] {
	const {input} = options;
	const line = `${password}\n`;
	if (input === undefined) return [`sudo -S -p '' ${command}`, {...options, input: line}];
	return [`sudo -k -S -p '' ${command}`, {...options, input: inTurn(Buffer.from(line), input)}];
}

async function* inTurn(
	first: Uint8Array,
	rest: string | Uint8Array | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	yield first;
	if (typeof rest === 'string' || rest instanceof Uint8Array) yield Buffer.from(rest);
	else yield* rest;
}

async function askPassword(
	sudoer: Sudoer,
	attempt: number,
	prompts: Prompts,
	signal: AbortSignal | undefined,
): Promise<string> {
	// One account has one password on a fleet: equal ids are asked once. A refused answer makes a question of its own.
	const id = attempt === 1 ? `sudo:${sudoer.user}` : `sudo:${sudoer.user}:${attempt}`;
	const title =
		attempt === 1
			? `Password of ${sudoer.user} for sudo`
			: `Password of ${sudoer.user} for sudo on ${sudoer.host.description} (the last one was refused)`;
	const answer = await prompts.ask(
		{kind: 'secret', id, title, detail: 'Sent to sudo on standard input; kept in memory only.'},
		signal,
	);
	if (answer === undefined) throw unavailable(sudoer, 'sudo wants a password, and none was given');
	return answer;
}

function unavailable(sudoer: Sudoer, words: string): UserError {
	return new UserError({
		code: 'vm.sudo-unavailable',
		message: `${sudoer.user} cannot become root on ${sudoer.host.description}: ${words.trim().split('\n').at(-1) ?? ''}`,
		exitCode: exitCodes.notPermitted,
		hint: 'Give the sudo password, or have the listed commands run by an administrator.',
		evidence: [{source: `sudo on ${sudoer.host.description}`, text: words.trim()}],
	});
}
