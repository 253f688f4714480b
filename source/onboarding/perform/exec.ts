import {exitCodes, UserError} from '../../errors.ts';
import type {ExecOptions, ExecResult, Prompts, RemoteHost} from '../../ports.ts';
import {plainLines, plainText} from '../../vm/plain-text.ts';
import {type SudoRefusal, sudoRefusal} from '../../vm/sudo-refusal.ts';

/** How root is reached on a VM: found out with the first command, then kept for the connection. */
export type SudoMode = {kind: 'unknown' | 'without-password' | 'root'} | {kind: 'password'; password: string};

const attempts = 3;
/** In a language that can be read, whatever that of the VM is; what sudo starts inherits it (sudoers(5), env_check), package managers too. */
const sudo = 'LC_ALL=C sudo';

/** A connection with what was found out about sudo on it. */
export type Sudoer = {readonly host: RemoteHost; readonly user: string; mode: SudoMode};

/** Runs commands on a VM as root, with input. */
export type AsRoot = {
	readonly description: string;
	exec(command: string, options: Pick<ExecOptions, 'input' | 'timeoutSeconds'>): Promise<ExecResult>;
};

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
		const result = await sudoer.host.exec(`${sudo} -n ${command}`, options);
		const refusal = refusalOf(result);
		if (refusal === undefined) {
			sudoer.mode = {kind: 'without-password'};
			return result;
		}
		if (refusal.kind !== 'wants-password') throw refused(sudoer, refusal, result);
	}
	for (let attempt = 1; attempt <= attempts; attempt++) {
		const password =
			sudoer.mode.kind === 'password'
				? sudoer.mode.password
				: await askPassword(sudoer, attempt, prompts, options.signal);
		remember(password);
		const result = await sudoer.host.exec(...withPassword(command, password, options));
		const refusal = refusalOf(result);
		if (refusal === undefined) {
			sudoer.mode = {kind: 'password', password};
			return result;
		}
		if (refusal.kind !== 'wrong-password' && refusal.kind !== 'wants-password') throw refused(sudoer, refusal, result);
		sudoer.mode = {kind: 'unknown'};
	}
	throw unavailable(sudoer, `the password of ${sudoer.user} was refused ${attempts} times`);
}

function refusalOf({code, stderr}: ExecResult): SudoRefusal | undefined {
	return code === 0 ? undefined : sudoRefusal(stderr);
}

/**
 * The password is the first line of the input. What follows is the command's own; then sudo must take the line whatever it remembers
 * of an earlier one (`-k`), or the command would get the password.
 */
function withPassword(command: string, password: string, options: ExecOptions): [string, ExecOptions] {
	const {input} = options;
	const line = `${password}\n`;
	if (input === undefined) return [`${sudo} -S -p '' ${command}`, {...options, input: line}];
	return [`${sudo} -k -S -p '' ${command}`, {...options, input: inTurn(Buffer.from(line), input)}];
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

const byAnother = 'or have the listed commands run by an administrator.';

function refused({user, host}: Sudoer, refusal: SudoRefusal, {stderr}: ExecResult): UserError {
	// A refused script is many lines long.
	const seen = plainLines(
		refusal.kind === 'command' ? (/^.*not allowed to execute.*$/m.exec(stderr)?.[0] ?? '') : stderr,
		3,
	);
	const cannot = `${user} cannot become root on ${host.description}`;
	switch (refusal.kind) {
		case 'wants-terminal':
			return sudoUnavailable(host, seen, `${cannot}: sudo obeys it at a terminal only (requiretty).`, [
				`Have an administrator put \`Defaults:${user} !requiretty\` into a file of /etc/sudoers.d there,`,
				byAnother,
			]);
		case 'command':
			return sudoUnavailable(host, seen, `sudo on ${host.description} refuses ${user} a command: ${refusal.command}`, [
				'Have an administrator allow it; what was done before it is found and kept. Or name another account (`--admin-user`),',
				byAnother,
			]);
		case 'no-sudoer':
			return sudoUnavailable(host, seen, `${cannot}: ${plainText(refusal.words, 200)}`, [
				'Name an account that may use sudo (`--admin-user`),',
				byAnother,
			]);
		case 'no-sudo':
			return sudoUnavailable(host, seen, `${cannot}: there is no sudo.`, [
				'Install it, log in as root (`--admin-user root`),',
				byAnother,
			]);
		default:
			return sudoUnavailable(host, seen, `${cannot}: ${seen.split('\n').at(-1) ?? ''}`);
	}
}

function unavailable({user, host}: Sudoer, words: string): UserError {
	return sudoUnavailable(host, words, `${user} cannot become root on ${host.description}: ${words}`);
}

function sudoUnavailable(
	{description}: RemoteHost,
	text: string,
	message: string,
	hint: readonly string[] = ['Give the sudo password: at a terminal it is asked for, once;', byAnother],
): UserError {
	return new UserError({
		code: 'vm.sudo-unavailable',
		message,
		exitCode: exitCodes.notPermitted,
		hint: hint.join(' '),
		evidence: [{source: `sudo on ${description}`, text}],
	});
}
