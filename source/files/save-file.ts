import {randomBytes} from 'node:crypto';
import {open, realpath, rename, rm, stat} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import {makeFolder} from '../make-folder.ts';
import {diskError} from './disk-error.ts';

/** A file that may be written, found before there is anything to write. `save` writes it whole or not at all; an earlier one of that name goes. */
export type FilePlace = {readonly path: string; save(content: Uint8Array, mode: number): Promise<void>};

/**
 * Looks whether there can be a file, and makes its folder. A link leads to the file that it names; what is no file (a folder, a device) is
 * refused, for a rename would replace it. Throws UserError `save` and `usage`; `instead`: what else may be done with a folder of that name.
 */
export async function saveFile(word: string, instead?: (folder: string) => string): Promise<FilePlace> {
	const path = await placeOf(resolve(word), instead);
	return {
		path,
		async save(content, mode) {
			const temporary = join(dirname(path), `.meshboard-${randomBytes(6).toString('hex')}`);
			try {
				await write(temporary, content, mode);
				await rename(temporary, path);
			} catch (error) {
				await rm(temporary, {force: true});
				throw diskError(path, error);
			}
		},
	};
}

/** True when there is something of that name. */
export async function exists(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	);
}

/** To the disk, so that a rename never shows less than all of it. The mode is given at the end: until then only the owner may read. */
export async function write(path: string, content: Uint8Array | string, mode: number): Promise<void> {
	const file = await open(path, 'wx', 0o600);
	try {
		await file.writeFile(content);
		await file.chmod(mode);
		await file.sync();
	} finally {
		await file.close();
	}
}

async function placeOf(path: string, instead?: (folder: string) => string): Promise<string> {
	try {
		const found = await stat(path).catch((error: unknown) => {
			if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
			throw error;
		});
		if (found?.isFile() === true) return await realpath(path);
		if (found === undefined) {
			makeFolder(dirname(path));
			return path;
		}
	} catch (error) {
		throw diskError(path, error);
	}
	throw new UserError({
		code: 'usage',
		message: `${path} is there already, and it is no file.`,
		hint: `Name a file, such as ${join(path, 'bundle.tgz')}${instead === undefined ? '' : `; ${instead(basename(path))}`}`,
		exitCode: exitCodes.usage,
	});
}
