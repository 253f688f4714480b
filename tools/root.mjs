import {dirname} from 'node:path';
import {fileURLToPath} from 'node:url';

/** Folder of the project. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Says in one sentence why there is no going on, and ends.
 * @param {string} sentence
 * @param {number} [code]
 * @returns {never}
 */
export function stop(sentence, code = 1) {
	process.stderr.write(`${sentence}\n`);
	process.exit(code);
}
