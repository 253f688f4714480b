import {createHash} from 'node:crypto';
import {exitCodes, UserError} from '../../errors.ts';
import type {RemoteHost} from '../../ports.ts';
import {commandLine, quote} from '../../vm/quote.ts';
import type {Write} from '../action.ts';
import {arrivedName, temporaryName} from '../temporary-names.ts';
import {connectionBroke} from './still-there.ts';

/**
 * Puts files on a VM with one command: all come on its standard input, go to temporary names beside their places, are
 * compared by SHA-256 there, then renamed. Whatever interrupts, a file is as before or whole: where the input ends
 * early, since the program or the connection died, the command on the VM clears away what it began.
 * Throws `vm.disk-unwritable`, `vm.config-dir-denied`, `ssh.copy-failed` or `ssh.connection-lost`.
 */
export async function writeFiles(
	host: RemoteHost,
	action: Write,
	token: string | undefined,
	signal: AbortSignal,
): Promise<{written: readonly string[]}> {
	const files = action.files.map(({name, mode, content}) => ({
		name,
		mode,
		bytes: Buffer.from(typeof content === 'string' ? content : (token ?? missingToken())),
	}));
	const input = Buffer.concat(files.map(({bytes}) => bytes));
	const {code, ended, stderr} = await host.exec(placeFiles(action.directory, files), {input, signal});
	if (ended === 'lost') throw await connectionBroke(host);
	// Who is killed on the VM, since it took too long or was cancelled, cannot clear up any more.
	if (ended !== 'exited') await host.exec(clearUp(action.directory, files), {timeoutSeconds: 5}).catch(() => undefined);
	if (code !== 0) throw copyFailed(host, action.directory, stderr);
	return {written: files.map(({name}) => name)};
}

type Named = {readonly name: string};
type Placed = Named & {readonly mode: number; readonly bytes: Uint8Array};

/** A POSIX sh script that reads the files, one after the other, from its standard input. */
function placeFiles(directory: string, files: readonly Placed[]): string {
	let end = 0;
	const stage = files.map(({name, mode, bytes}) => {
		const hash = createHash('sha256').update(bytes).digest('hex');
		end += bytes.length;
		return commandLine(['stage', name, String(end), String(bytes.length), hash, mode.toString(8)]);
	});
	const rename = files.map((file) => commandLine(['mv', '-f', temporaryName(file.name), file.name]));
	return [
		`umask 077; mkdir -p ${quote(directory)} || exit 1`,
		'stage() {',
		`\thead -c "$2" ${arrivedName} | tail -c "$3" >".$1.meshboard" || return 1`,
		'\t[ "$(sha256sum <".$1.meshboard" | cut -c1-64)" = "$4" ] && chmod "$5" ".$1.meshboard" && return',
		// In a shell of its own: where the connection broke, it is ended by the broken pipe, and this one goes on to clear up.
		'\t(echo "$1 differs after the copy" >&2)',
		'\treturn 1',
		'}',
		`cd ${quote(directory)} && cat >${arrivedName} && ${[...stage, ...rename].join(' && ')}`,
		`code=$?; ${clearUp(directory, files)}; exit $code`,
	].join('\n');
}

function clearUp(directory: string, files: readonly Named[]): string {
	return commandLine([
		'rm',
		'-f',
		...[arrivedName, ...files.map(({name}) => temporaryName(name))].map((name) => `${directory}/${name}`),
	]);
}

export function missingToken(): never {
	throw new Error('a file wants the token before one was issued');
}

/** What a copy's last words mean. */
export function copyFailed(host: Pick<RemoteHost, 'description'>, directory: string, words: string): UserError {
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
