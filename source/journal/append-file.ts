import {closeSync, constants, fstatSync, openSync, readSync, writeSync} from 'node:fs';

/** A file that only grows, by whole writes, readable by its owner alone. */
export type AppendFile = {write(text: string): void; close(): void};

/**
 * Opens for appending; makes the file with mode 0600. Where an earlier process was killed in the middle of a line, that line is
 * ended first, so that what follows stands on a line of its own.
 */
export function openAppendFile(path: string): AppendFile {
	const file = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o600);
	const write = (text: string): void => {
		const bytes = Buffer.from(text);
		let done = 0;
		while (done < bytes.length) done += writeSync(file, bytes, done);
	};
	const {size} = fstatSync(file);
	if (size > 0) {
		const last = Buffer.alloc(1);
		readSync(file, last, 0, 1, size - 1);
		if (last[0] !== 0x0a) write('\n');
	}
	let open = true;
	return {
		write,
		close() {
			if (open) closeSync(file);
			open = false;
		},
	};
}
