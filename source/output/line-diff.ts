import {structuredPatch} from 'diff';

/** A line of a diff: taken out, put in, the same on both sides, or the place where lines were left out. */
export type DiffLine = {readonly sign: '-' | '+' | ' ' | '@'; readonly text: string};

/** What differs between two texts, line by line, with three lines around each change; empty when they are the same. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
	if (before === after) return [];
	const {hunks} = structuredPatch('', '', before, after, undefined, undefined, {context: 3});
	return hunks.flatMap(({lines, oldStart, newStart}) => [
		...(oldStart <= 1 && newStart <= 1 ? [] : [{sign: '@', text: `line ${newStart}`} as const]),
		...lines.flatMap((line): DiffLine[] => {
			const sign = line.slice(0, 1);
			return sign === '-' || sign === '+' || sign === ' ' ? [{sign, text: line.slice(1)}] : [];
		}),
	]);
}
