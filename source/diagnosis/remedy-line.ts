import type {Remedy} from './finding.ts';

/** What belongs to a remedy, line by line: its objects, and the rules to ask for; none where it has none. */
export function manifestLines({manifest = '', rules = {}}: Remedy): readonly string[] {
	return [manifest.trimEnd(), ...Object.values(rules)].flatMap((text) => (text === '' ? [] : text.split('\n')));
}

/** A remedy in one line: its words, then its command where they do not quote it already. */
export function remedyLine({text, command}: Remedy): string {
	return command === undefined || text.includes(command) ? text : `${text} ${command}`;
}
