import type {Remedy} from './finding.ts';

/** The objects of a remedy, line by line; none where it has none. */
export function manifestLines({manifest = ''}: Remedy): readonly string[] {
	return manifest === '' ? [] : manifest.trimEnd().split('\n');
}

/** A remedy in one line: its words, then its command where they do not quote it already. */
export function remedyLine({text, command}: Remedy): string {
	return command === undefined || text.includes(command) ? text : `${text} ${command}`;
}
