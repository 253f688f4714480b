import {randomBytes} from 'node:crypto';
import {readFile, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {makeFolder} from '../make-folder.ts';
import type {CommandHistory} from '../ports.ts';
import {write} from './save-file.ts';

/** So many lines are kept; the oldest go. */
const most = 200;
/** A file that is longer is none of ours, and not read into memory. In UTF-16 units. */
const longest = 1024 * 1024;

/**
 * The lines that were typed after `:`, in `directory`/commands (0600, in a folder of 0700), written whole at each line. What cannot be read
 * or kept is no fault of anybody's: the line is carried out all the same.
 */
export function createCommandHistory(directory: string): CommandHistory {
	const path = join(directory, 'commands');

	async function read(): Promise<readonly string[]> {
		const text = await readFile(path, 'utf8').catch(() => '');
		if (text.length > longest) return [];
		return text
			.split('\n')
			.filter((line) => line !== '' && !/\p{Cc}/u.test(line))
			.slice(-most);
	}

	return {
		read,
		async add(line) {
			// Another meshboard may have added to it meanwhile.
			const lines = [...(await read()).filter((other) => other !== line), line].slice(-most);
			const temporary = `${path}.${randomBytes(6).toString('hex')}`;
			try {
				makeFolder(directory, 0o700);
				await write(temporary, `${lines.join('\n')}\n`, 0o600);
				await rename(temporary, path);
			} catch {
				await rm(temporary, {force: true}).catch(() => {});
			}
		},
	};
}
