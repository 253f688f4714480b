import type {Remedy} from './finding.ts';

/** A remedy in one line: its words, then its command where they do not quote it already. */
export function remedyLine({text, command}: Remedy): string {
	return command === undefined || text.includes(command) ? text : `${text} ${command}`;
}
