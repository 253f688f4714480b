import {similarNames} from '../../mesh/similar-names.ts';
import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {World} from './world.ts';

/** The entries that words name, `<entry>[.<namespace>]`; `problem`: a sentence about the first that names none, or more than one. */
export function findEntries(
	words: readonly string[],
	{fleet}: World,
): {readonly refs: readonly TargetRef[]} | {readonly problem: string} {
	const refs: TargetRef[] = [];
	for (const word of words) {
		const rows = fleet.rows.filter(({ref, entry}) => ref === word || entry.name === word);
		const [first, second] = rows;
		if (first === undefined) return {problem: nobody(word, fleet.rows)};
		const exact = rows.find(({ref}) => ref === word);
		if (second !== undefined && exact === undefined)
			return {problem: `${rows.length} entries are named ${word}: write ${first.ref}, or ${second.ref}.`};
		refs.push((exact ?? first).ref);
	}
	return {refs: [...new Set(refs)]};
}

function nobody(word: string, rows: World['fleet']['rows']): string {
	const names = rows.flatMap(({ref, entry}) => (word.includes('.') ? [ref] : [entry.name]));
	const [nearest] = similarNames(word, names, 2);
	return `There is no entry ${JSON.stringify(word)}${nearest === undefined ? '.' : `; did you mean ${nearest}?`}`;
}
