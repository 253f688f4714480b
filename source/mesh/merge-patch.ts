import {isMapping} from './untyped.ts';

/** The JSON merge patch (RFC 7396) that makes `after` of `before`; undefined where they are equal. Lists are replaced whole. */
export function mergePatch(before: unknown, after: unknown): unknown {
	if (!isMapping(before) || !isMapping(after))
		return JSON.stringify(before) === JSON.stringify(after) ? undefined : after;
	const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
	const changed = Object.entries(after).flatMap(([key, value]) => {
		const patch = Object.hasOwn(before, key) ? mergePatch(before[key], value) : value;
		return patch === undefined ? [] : [[key, patch] as const];
	});
	if (gone.length + changed.length === 0) return undefined;
	return Object.fromEntries([...gone.map((key) => [key, null] as const), ...changed]);
}
