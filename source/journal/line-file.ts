import {openAppendFile} from './append-file.ts';

/** A log of output lines, written in bunches. */
export type LineFile = {
	write(line: string): void;
	/** Writes what is held and closes the file. */
	close(): void;
};

const flushMilliseconds = 100;
const flushCharacters = 64 * 1024;
/** Held at most while the disk refuses; beyond that the oldest lines are lost, and the log says so. */
const mostHeld = 4 * 1024 * 1024;

/** What must be written when the process ends without closing (an uncaught fault, process.exit). */
const unflushed = new Set<() => void>();
let watchesExit = false;

/**
 * Opens a log for appending. Lines reach the file within 100 ms, at once when many wait, and at the end of the process.
 * While the disk refuses (full, gone), they are held and tried again: a log is no reason to stop a run.
 */
export function openLineFile(path: string): LineFile {
	const file = openAppendFile(path);
	let held = '';
	let timer: NodeJS.Timeout | undefined;

	function flush(): void {
		clearTimeout(timer);
		timer = undefined;
		if (held === '') return;
		try {
			file.write(held);
			held = '';
		} catch {
			if (held.length > mostHeld)
				held = `[output was lost here: the disk refused it]\n${held.slice(held.indexOf('\n', held.length - mostHeld) + 1)}`;
		}
	}

	if (!watchesExit) {
		watchesExit = true;
		process.on('exit', () => {
			for (const flushOne of unflushed) flushOne();
		});
	}
	unflushed.add(flush);

	return {
		write(line) {
			held += `${line}\n`;
			if (held.length >= flushCharacters) flush();
			else timer ??= setTimeout(flush, flushMilliseconds);
		},
		close() {
			flush();
			unflushed.delete(flush);
			file.close();
		},
	};
}
