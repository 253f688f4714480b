import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {load} from 'js-yaml';
import {expect, test} from 'vitest';
import {goYaml} from '../../source/bundle/go-yaml.ts';

/** Values and what sigs.k8s.io/yaml v1.6.0 prints of them. */
const samples = JSON.parse(readFileSync(new URL('fixtures/go-yaml.json', import.meta.url), 'utf8')) as ReadonlyArray<
	readonly [Readonly<Record<string, unknown>>, string]
>;

test('YAML is written as Go writes it', () => {
	for (const [value, text] of samples) expect(goYaml(value)).toBe(text);
	expect(samples.length).toBeGreaterThan(100);
});

test('whatever a text holds, it reads back as it was', () => {
	const text = fc.oneof(fc.string({unit: 'binary-ascii'}), fc.string({unit: 'grapheme'}));
	const value = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), text, {noNullPrototype: true});
	fc.assert(
		fc.property(value, (map) => {
			const written = goYaml({defaultConfig: {proxyMetadata: map}});
			expect(load(written)).toEqual({defaultConfig: {proxyMetadata: map}});
		}),
	);
});
