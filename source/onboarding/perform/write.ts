import {createHash} from 'node:crypto';
import {exitCodes, UserError} from '../../errors.ts';
import type {ExecResult, RemoteHost} from '../../ports.ts';
import {commandLine, quote} from '../../vm/quote.ts';
import type {Write} from '../action.ts';
import {connectionBroke} from './still-there.ts';

/**
 * Puts files on a VM: each is sent on standard input to a temporary name beside its place, compared by SHA-256 there,
 * then all are renamed at once. Whatever interrupts, a file is as before or whole.
 * Throws `vm.disk-unwritable`, `vm.config-dir-denied`, `ssh.copy-failed` or `ssh.connection-lost`.
 */
export async function writeFiles(
	host: RemoteHost,
	action: Write,
	token: string | undefined,
	signal: AbortSignal,
): Promise<{written: readonly string[]}> {
	const stage = async ({name, mode, content}: Write['files'][number]) => {
		const bytes = typeof content === 'string' ? content : (token ?? missingToken());
		const hash = createHash('sha256').update(bytes).digest('hex');
		const temporary = quote(`${action.directory}/${temporaryName(name)}`);
		const script = [
			`umask 077; mkdir -p ${quote(action.directory)} && cat >${temporary} || exit 1`,
			`if [ "$(sha256sum <${temporary} | cut -c1-64)" != ${hash} ]; then echo 'content differs after the copy' >&2; exit 1; fi`,
			`chmod ${mode.toString(8)} ${temporary}`,
		].join('\n');
		const result = await host.exec(script, {input: bytes, signal});
		await judge(result);
	};
	const judge = async ({code, ended, stderr}: ExecResult) => {
		if (ended === 'lost') throw await connectionBroke(host);
		if (code !== 0) throw copyFailed(host, action.directory, stderr);
	};
	const rename = action.files.map(({name}) => commandLine(['mv', '-f', temporaryName(name), name]));
	try {
		await Promise.all(action.files.map(stage));
		const result = await host.exec(`cd ${quote(action.directory)} && ${rename.join(' && ')}`, {signal});
		await judge(result);
	} catch (error) {
		const names = action.files.map(({name}) => `${action.directory}/${temporaryName(name)}`);
		await host.exec(commandLine(['rm', '-f', ...names]), {timeoutSeconds: 5}).catch(() => undefined);
		throw error;
	}
	return {written: action.files.map(({name}) => name)};
}

function temporaryName(name: string): string {
	return `.${name}.meshboard`;
}

function missingToken(): never {
	throw new Error('a file wants the token before one was issued');
}

function copyFailed(host: RemoteHost, directory: string, words: string): UserError {
	const text = words.trim();
	const [code, what] = /no space left|read-only file system|quota/i.test(text)
		? (['vm.disk-unwritable', `No room to write in ${directory}, or it is mounted read-only`] as const)
		: /permission denied|not permitted/i.test(text)
			? (['vm.config-dir-denied', `${directory} cannot be written`] as const)
			: (['ssh.copy-failed', `The files could not be put into ${directory}`] as const);
	return new UserError({
		code,
		message: `${what} as ${host.description}.`,
		exitCode: exitCodes.someFailed,
		evidence: [{source: `write to ${directory} on ${host.description}`, text}],
	});
}
