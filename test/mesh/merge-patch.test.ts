import fc from 'fast-check';
import {expect, it} from 'vitest';
import {mergePatch} from '../../source/mesh/merge-patch.ts';

/** RFC 7396, section 2. */
function applied(target: unknown, patch: unknown): unknown {
	if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
	const result: Record<string, unknown> =
		typeof target === 'object' && target !== null && !Array.isArray(target) ? {...target} : {};
	for (const [key, value] of Object.entries(patch)) {
		if (value === null) delete result[key];
		else result[key] = applied(result[key], value);
	}
	return result;
}

const {value} = fc.letrec((tie) => ({
	value: fc.oneof(
		{depthSize: 'small'},
		fc.string(),
		fc.integer(),
		fc.boolean(),
		fc.array(tie('value'), {maxLength: 3}),
		tie('record'),
	),
	record: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
}));
const record = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value);

it('a patch makes the one of the other, and there is none between equals', () => {
	fc.assert(
		fc.property(record, record, (before, after) => {
			const patch = mergePatch(before, after);
			expect(applied(before, patch ?? {})).toEqual(after);
			expect(mergePatch(after, structuredClone(after))).toBeUndefined();
		}),
	);
});

it('a patch names what goes and what comes, and nothing else', () => {
	const before = {labels: {app: 'ratings', version: 'v1'}, ports: [1, 2], address: '10.0.0.1'};
	const after = {labels: {app: 'ratings', class: 'vm'}, ports: [1], address: '10.0.0.1'};
	expect(mergePatch(before, after)).toEqual({labels: {version: null, class: 'vm'}, ports: [1]});
});
