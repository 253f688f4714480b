import type {Finding} from './finding.ts';

/** A finding with the target that has it. */
export type Case = {readonly target: string; readonly found: Finding};

const rank = {error: 0, warning: 1, info: 2} as const;

/** The cases of each cause, in the order in which the targets have them; the worst causes first. */
export function groupCauses(
	results: ReadonlyArray<{readonly target: string; readonly findings: readonly Finding[]}>,
): ReadonlyArray<readonly [Case, ...Case[]]> {
	const causes = new Map<string, [Case, ...Case[]]>();
	for (const {target, findings} of results) {
		for (const found of findings) {
			const known = causes.get(found.id);
			if (known === undefined) causes.set(found.id, [{target, found}]);
			else known.push({target, found});
		}
	}
	return [...causes.values()].toSorted(([a], [b]) => rank[a.found.severity] - rank[b.found.severity]);
}
