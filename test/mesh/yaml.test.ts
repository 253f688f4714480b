import fc from 'fast-check';
import {load, YAML11_SCHEMA} from 'js-yaml';
import {expect, test} from 'vitest';
import {toYaml} from '../../source/mesh/yaml.ts';

/* kubectl reads YAML 1.1: `on`, `1_000` and `2001-01-01` are no strings there. */

const tricky = [
	...[
		'yes',
		'No',
		'on',
		'OFF',
		'y',
		'N',
		'true',
		'null',
		'~',
		'<<',
		'=',
		'---',
		'...',
		'',
		' a ',
		'a\nb\n',
		"it's",
		'#',
		'|',
	],
	...['1_000', '0o7', '0b1', '0x1f', '1:30', '190:20:30', '1e3', '.5', '5.', '+1', '01', '08', '.inf', '.NaN', '1.10'],
	...['2001-01-01', '2001-12-14t21:59:43.10-05:00', '- a', 'a: b', 'a #b', '@a', '%a', '!a', '&a', '*a', '{a}', '[a]'],
];

test.each(tricky)('%j stays a string, as a value and as a key', (text) => {
	const value = {metadata: {labels: {[text]: text}}, list: [text]};
	expect(load(toYaml(value), {schema: YAML11_SCHEMA})).toEqual(value);
});

test('whatever a string holds, it comes back', () => {
	const text = fc.oneof(
		fc.string({unit: 'grapheme'}),
		fc.stringMatching(/^[-+.0-9_:exobtTZ ]{1,12}$/),
		fc.constantFrom(...tricky),
	);
	fc.assert(
		fc.property(
			fc.dictionary(
				text.filter((key) => key !== '__proto__'),
				fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text)),
			),
			(value) => {
				expect(load(toYaml(value), {schema: YAML11_SCHEMA})).toEqual({...value});
			},
		),
		{numRuns: 500},
	);
});
