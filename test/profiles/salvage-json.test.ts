import fc from 'fast-check';
import {expect, test} from 'vitest';
import {salvageJson} from '../../source/profiles/salvage-json.ts';

test('whole JSON reads as JSON.parse reads it', () => {
	fc.assert(
		fc.property(fc.json({maxDepth: 6}), fc.constantFrom(undefined, '\t'), (json, indent) => {
			const value: unknown = JSON.parse(json);
			expect(salvageJson(JSON.stringify(value, null, indent))).toEqual(value);
		}),
	);
});

test('a text that was cut off gives what came before the cut', () => {
	fc.assert(
		fc.property(fc.dictionary(fc.string(), fc.string(), {minKeys: 1}), fc.nat(), (object, at) => {
			const text = JSON.stringify(object);
			const salvaged = salvageJson(text.slice(0, 1 + (at % text.length)));
			expect(object).toMatchObject(salvaged as object);
		}),
	);
});

test('any text is borne', () => {
	fc.assert(fc.property(fc.string({unit: fc.constantFrom(...'{}[]",:\\/*1a \n')}), (text) => void salvageJson(text)));
	expect(() => salvageJson('['.repeat(100_000))).not.toThrow();
});

test.each([
	['{"a": 1, "b": 2,}', {a: 1, b: 2}],
	['{"a": 1 "b": 2}', {a: 1, b: 2}],
	['{"a": 1, // one\n /* two */ "b": ["x",]}', {a: 1, b: ['x']}],
	['{"a": yes, "b": 2}', {b: 2}],
	['{"a": {"b": 1, "c": tru', {a: {b: 1}}],
	['', undefined],
])('%j', (text, value) => {
	expect(salvageJson(text)).toEqual(value);
});
