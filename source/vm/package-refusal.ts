import {plainLines} from './plain-text.ts';

/** Why a package manager did not install. `cause` where that is known; `line`: its own words. */
export type Refusal = {readonly cause?: 'architecture' | 'disk'; readonly line: string};

/** What dpkg, and dnf with rpm's library, say of it. */
const causes: ReadonlyArray<readonly [RegExp, NonNullable<Refusal['cause']>]> = [
	[
		/architecture .*does not match|wrong architecture|incompatible architecture|not have a compatible architecture/i,
		'architecture',
	],
	[/no space left|read-only file system|needs [0-9]+[KMG]?B more space|more space needed/i, 'disk'],
];

/** Advice to the one who types, in which dnf's error ends: it does not say why. */
const advice = /^\(try to add /;

/** Reads the output of a package manager that failed. Total; an output that says nothing is an empty line. */
export function refusalOf(output: string): Refusal {
	const lines = plainLines(output)
		.split('\n')
		.filter((line) => !advice.test(line));
	for (const [words, cause] of causes) {
		const line = lines.find((one) => words.test(one));
		if (line !== undefined) return {cause, line};
	}
	return {line: lines.at(-1) ?? ''};
}
