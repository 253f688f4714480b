import {gzipSync} from 'node:zlib';
import {packTar} from 'modern-tar';
import type {OfflineFile} from './offline-files.ts';

/** One moment for every file, whenever the archive is made; not 1970, of which some versions of tar warn. */
const mtime = new Date('1980-01-01T00:00:00Z');

/** Place in the header of gzip that tells the system on which it was written (RFC 1952 §2.3), and its word for "unknown". */
const systemByte = 9;
const unknownSystem = 255;

/**
 * A `.tgz` of the files. The same files make the same bytes on every machine: names, owners, times and the system are fixed, and nothing is
 * squeezed unless a `level` says so, since versions of zlib differ in how they do that (a bundle has some 10 KB).
 */
export async function packArchive(files: readonly OfflineFile[], level = 0): Promise<Uint8Array> {
	const tar = await packTar(
		files.map(({path, mode, content}) => {
			const body = Buffer.from(content);
			return {
				header: {
					name: path,
					mode,
					size: body.length,
					type: 'file',
					mtime,
					uid: 0,
					gid: 0,
					uname: 'root',
					gname: 'root',
				},
				body,
			};
		}),
	);
	const archive = gzipSync(tar, {level});
	archive[systemByte] = unknownSystem;
	return archive;
}
