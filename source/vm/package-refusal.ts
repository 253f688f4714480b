import {plainLines} from './plain-text.ts';

/** Why a package manager did not install. `cause` where that is known; `line`: its own words. */
export type Refusal = {readonly cause?: 'architecture' | 'disk'; readonly line: string};

/** What dpkg, and dnf with rpm's library, say of it. */
const causes: ReadonlyArray<readonly [RegExp, NonNullable<Refusal['cause']>]> = [
	[
		/architecture .*does not match|wrong architecture|incompatible architecture|not have a compatible architecture/i,
		'architecture',
	],
	[
		/no space left|read-only file system|don't have enough free space|needs [0-9]+[KMG]?B more space|more space needed/i,
		'disk',
	],
];

/** What says nothing of why: advice to the one who types, in which dnf's error ends; that dpkg failed, which has said why before; sudo about itself. */
const empty = /^\(try to add |^E: Sub-process \S+ returned an error code|^sudo: unable to resolve host /;

/** Of an installation of some hundred packages. */
const mostLines = 5000;

/** Reads the output of a package manager that failed. Total; an output that says nothing is an empty line. */
export function refusalOf(output: string): Refusal {
	const lines = plainLines(output, mostLines)
		.split('\n')
		.filter((line) => !empty.test(line));
	for (const [words, cause] of causes) {
		const line = lines.find((one) => words.test(one));
		if (line !== undefined) return {cause, line};
	}
	// dpkg tells the package in one line, what failed in the next, and ends with a list of all that then was left.
	const at = lines.findIndex((line) => line.startsWith('dpkg: error processing '));
	return {line: at === -1 ? (lines.at(-1) ?? '') : lines.slice(at, at + 2).join(' ')};
}
