import {mkdtemp, readdir, rename, rm, rmdir} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import {makeFolder} from '../make-folder.ts';
import {diskError} from './disk-error.ts';
import {write} from './save-file.ts';

/** A file below a folder; `path` is relative, with `/`. */
export type FileOfFolder = {readonly path: string; readonly mode: number; readonly content: string};

/** An empty folder, found before there is anything to put into it. */
export type FolderPlace = {readonly path: string; save(files: readonly FileOfFolder[]): Promise<void>};

/**
 * Looks whether the files can go into a folder: one that is not there, or is empty, so that nothing of another bundle is mixed with them.
 * `save` makes it and writes all beside it before the first file is in its place; a disk that fills leaves nothing behind.
 * Throws UserError `save`, and `usage` for a folder that holds something.
 */
export async function saveFolder(word: string): Promise<FolderPlace> {
	const path = resolve(word);
	const present = await contentsOf(path);
	if (present !== undefined && present.length > 0) throw occupied(path, present);
	return {
		path,
		async save(files) {
			let made: string | undefined;
			let staging: string | undefined;
			const placed: string[] = [];
			try {
				made = makeFolder(path);
				// Inside of it, so that a folder that is a mount of its own can be filled too.
				staging = await mkdtemp(join(path, '.meshboard-'));
				for (const {path: name, mode, content} of files) {
					makeFolder(dirname(join(staging, name)));
					await write(join(staging, name), content, mode);
				}
				for (const name of await readdir(staging)) {
					await rename(join(staging, name), join(path, name));
					placed.push(join(path, name));
				}
				await rmdir(staging);
			} catch (error) {
				for (const left of [...placed, staging, made]) {
					if (left !== undefined) await rm(left, {recursive: true, force: true});
				}
				throw diskError(path, error);
			}
		},
	};
}

/** undefined: there is no such folder. */
async function contentsOf(path: string): Promise<readonly string[] | undefined> {
	try {
		return await readdir(path);
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw diskError(path, error);
	}
}

function occupied(path: string, present: readonly string[]): UserError {
	return new UserError({
		code: 'usage',
		message: `The folder ${path} is not empty: a bundle is saved into an empty or a new one only.`,
		hint: 'Name another folder, or empty this one.',
		exitCode: exitCodes.usage,
		evidence: [{source: path, text: present.slice(0, 5).join(', ')}],
	});
}
