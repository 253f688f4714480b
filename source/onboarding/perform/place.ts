import {createHash} from 'node:crypto';
import {posix} from 'node:path';
import {commandLine, quote} from '../../vm/quote.ts';
import type {Place} from '../action.ts';
import type {AsRoot} from './exec.ts';
import {copyFailed, missingToken} from './write.ts';

/**
 * Puts files into their places as root, with one command, as `writeFiles` does for the bundle: all come on its standard input, go to
 * temporary names beside their places, are compared by SHA-256 there, given to their owners, then renamed.
 * Throws `vm.disk-unwritable`, `vm.config-dir-denied` or `ssh.copy-failed`.
 */
export async function placeFiles(root: AsRoot, action: Place, token: string | undefined): Promise<undefined> {
	const files = action.files.map((file) => ({
		...file,
		bytes: Buffer.from(typeof file.content === 'string' ? file.content : (token ?? missingToken())),
	}));
	const input = Buffer.concat(files.map(({bytes}) => bytes));
	const {code, stderr} = await root.exec(`sh -c ${quote(scriptFor(action, files))}`, {input});
	const [first] = action.directories;
	if (code !== 0) throw copyFailed(root, first?.path ?? '/', stderr);
	return undefined;
}

/** Root's own, gone after a reboot. */
const folder = '/run/meshboard';
const arrived = `${folder}/arrived`;

function beside(path: string): string {
	return posix.join(posix.dirname(path), `.${posix.basename(path)}.meshboard`);
}

function scriptFor(
	{directories}: Place,
	files: ReadonlyArray<Place['files'][number] & {readonly bytes: Uint8Array}>,
): string {
	let end = 0;
	const stage = files.map(({path, mode, owner, bytes}) => {
		const hash = createHash('sha256').update(bytes).digest('hex');
		end += bytes.length;
		return commandLine(['stage', beside(path), String(end), String(bytes.length), hash, owner, mode.toString(8)]);
	});
	const make = directories.map(({path, mode, owner}) =>
		commandLine(['install', '-d', '-m', mode.toString(8), '-o', owner, '-g', owner, path]),
	);
	const rename = files.map(({path}) => commandLine(['mv', '-f', beside(path), path]));
	return [
		`umask 077; mkdir -p ${folder} || exit 1`,
		'stage() {',
		`\thead -c "$2" ${arrived} | tail -c "$3" >"$1" || return 1`,
		'\tif [ "$(sha256sum <"$1" | cut -c1-64)" != "$4" ]; then echo "$1 differs after the copy" >&2; return 1; fi',
		'\tchown "$5:$5" "$1" && chmod "$6" "$1"',
		'}',
		`cat >${arrived} && ${[...make, ...stage, ...rename].join(' && ')}`,
		`code=$?; ${commandLine(['rm', '-f', arrived, ...files.map(({path}) => beside(path))])}; exit $code`,
	].join('\n');
}
