import {readFile, stat} from 'node:fs/promises';
import {promisify} from 'node:util';
import {gunzip} from 'node:zlib';
import {unpackTar} from 'modern-tar';

/** What a file holds that should be a `.tgz`, or a clause that says what is wrong with it. */
export type Unpacked = {readonly files: ReadonlyMap<string, Uint8Array>} | {readonly fault: string};

/** A stranger's archive has this many files at most. */
const mostFiles = 10_000;

/**
 * Reads the files of a `.tgz` into memory and writes none: no name in it can lead anywhere. What is no plain file with a relative name of
 * its own (a link, a device, `..`) is refused with the whole, as is what unpacks to more than `limit` bytes.
 */
export async function unpack(path: string, limit: number): Promise<Unpacked> {
	let packed: Uint8Array;
	try {
		const {size} = await stat(path);
		if (size > limit) return {fault: `it is larger than ${limit} bytes`};
		packed = await readFile(path);
	} catch (error) {
		return {fault: `it cannot be read (${wordsOf(error)})`};
	}
	try {
		const tar = await promisify(gunzip)(packed, {maxOutputLength: limit});
		// Whole blocks, with two empty ones at the end (POSIX, pax interchange format).
		if (tar.length % 512 !== 0 || tar.subarray(-1024).some((byte) => byte !== 0)) return {fault: 'its end is missing'};
		const files = new Map<string, Uint8Array>();
		for (const {header, data = new Uint8Array()} of await unpackTar(tar, {strict: true})) {
			const fault = faultOf(header) ?? (files.has(header.name) ? 'is there twice' : undefined);
			if (fault !== undefined) return {fault: `its ${JSON.stringify(header.name)} ${fault}`};
			if (files.size >= mostFiles) return {fault: `it has more than ${mostFiles} files`};
			files.set(header.name, data);
		}
		return {files};
	} catch (error) {
		const isHuge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
		return {fault: isHuge ? `it unpacks to more than ${limit} bytes` : `it cannot be unpacked (${wordsOf(error)})`};
	}
}

function faultOf({name, type = 'file'}: {readonly name: string; readonly type?: string}): string | undefined {
	if (type !== 'file') return `is a ${type}`;
	const isPlain = name !== '' && name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
	return isPlain && !name.includes('\\') ? undefined : 'is no plain name';
}

function wordsOf(error: unknown): string {
	return error instanceof Error ? (/^[A-Z]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message) : String(error);
}
