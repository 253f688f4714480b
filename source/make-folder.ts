import {existsSync, mkdirSync, rmdirSync, statSync} from 'node:fs';
import {dirname, resolve} from 'node:path';

/**
 * Makes a folder and those above it that are missing; answers the topmost that it made, undefined where all were there. One by one: where a file
 * system answers a new folder with ENOENT, as /proc does, Node's own recursive mkdir never ends (node/src/node_file.cc, MKDirpSync). Throws as mkdir does, and leaves
 * nothing then.
 */
export function makeFolder(path: string, mode = 0o777): string | undefined {
	const missing: string[] = [];
	for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
	if (missing.length === 0 && !statSync(path).isDirectory()) mkdirSync(path);
	for (const [index, folder] of missing.entries()) {
		try {
			mkdirSync(folder, mode);
		} catch (error) {
			// Another process may have made it meanwhile.
			if (existsSync(folder) && statSync(folder).isDirectory()) continue;
			for (const made of missing.slice(0, index).toReversed()) rmdirSync(made);
			throw error;
		}
	}
	return missing[0];
}
