import {open, readFile} from 'node:fs/promises';
import {dirname} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import {makeFolder} from '../make-folder.ts';
import {type KnownHost, parseKnownHosts} from './known-hosts.ts';

/** All usable lines of the files, in order; a file that does not exist is empty. Throws UserError (78) for one that cannot be read. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
	const lists = await Promise.all(
		files.map(async (file) => {
			try {
				return parseKnownHosts(await readFile(file, 'utf8'), file);
			} catch (error) {
				if (isMissing(error)) return [];
				throw unusable(file, 'read', error);
			}
		}),
	);
	return lists.flat();
}

/**
 * Appends a line in one write, so that other programs never see half of it. As OpenSSH does it: the folder is made 0700 and
 * the file 0600 when missing; a last line without its end is ended first. Throws UserError (78) when it cannot be written.
 */
export async function appendKnownHost(file: string, line: string): Promise<void> {
	try {
		makeFolder(dirname(file), 0o700);
		const handle = await open(file, 'a+', 0o600);
		try {
			const {size} = await handle.stat();
			const last = Buffer.alloc(1);
			const unfinished = size > 0 && (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== 0x0a;
			await handle.write(unfinished ? `\n${line}` : line);
		} finally {
			await handle.close();
		}
	} catch (error) {
		throw unusable(file, 'written', error);
	}
}

function isMissing(error: unknown): boolean {
	return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function unusable(file: string, verb: 'read' | 'written', error: unknown): UserError {
	return new UserError({
		code: 'configuration',
		message: `The list of known SSH host keys, ${file}, cannot be ${verb}.`,
		exitCode: exitCodes.configuration,
		hint: 'Correct its permissions, or name another file with `--known-hosts`.',
		evidence: [{source: file, text: error instanceof Error ? error.message : String(error)}],
		cause: error,
	});
}
