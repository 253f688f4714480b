import {createLineSplitter, type LineSplitter} from './line-splitter.ts';
import type {Redactor} from './redact.ts';
import {sanitise} from './sanitise.ts';

/** The way of a stream's bytes to lines that may be shown and kept: split, made plain, secrets hidden. One for each stream. */
export function createCleanLines(redactor: Redactor, onLine: (line: string) => void): LineSplitter {
	const redact = redactor.lines();
	return createLineSplitter((line) => onLine(redact(sanitise(line))));
}
