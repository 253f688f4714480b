import {load} from 'js-yaml';
import {describe, expect, test} from 'vitest';
import {printJson, printNames, printNdjson, printTable, printYaml} from '../../source/commands/print.ts';

function printed(print: (output: {write(text: string): void}) => void): string {
	const texts: string[] = [];
	print({write: (text) => void texts.push(text)});
	return texts.join('');
}

describe('a table', () => {
	test('pads columns to what a terminal shows, and not the last one', () => {
		const text = printed((to) =>
			printTable(
				['NAME', 'ZONE', 'AGE'],
				[
					['日本', 'a', '5d'],
					['ratings-vm', 'eu-west', '12m'],
				],
				to,
			),
		);
		expect(text).toBe(
			['NAME         ZONE      AGE', '日本         a         5d', 'ratings-vm   eu-west   12m', ''].join('\n'),
		);
	});

	test('shows an empty cell as <none>, and no control sequence of a cluster', () => {
		const text = printed((to) => printTable(undefined, [['', 'a\u001B[2Jb\nc\u202Ed']], to));
		expect(text).toBe('<none>   a�[2Jb�c�d\n');
	});
});

test('JSON is indented, and holds no character that drives a terminal', () => {
	const text = printed((to) => printJson({a: ['x\u001B[2J\u009B1m\u007F']}, to));
	expect(text).toContain('\n  "a": [\n');
	expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
	expect(JSON.parse(text)).toEqual({a: ['x\u001B[2J\u009B1m\u007F']});
});

test('ndjson has an item a line', () => {
	expect(printed((to) => printNdjson([{a: 1}, {b: '\n'}], to))).toBe('{"a":1}\n{"b":"\\n"}\n');
	expect(printed((to) => printNdjson([], to))).toBe('');
});

test('YAML keeps strings that YAML 1.1 reads as something else', () => {
	const value = {
		a: 'yes',
		b: 'on',
		c: '1_000',
		d: '0o7',
		e: '012',
		f: '~',
		g: 'a: b',
		h: 'x\ny\n',
		long: 'word '.repeat(60),
	};
	const text = printed((to) => printYaml({...value, when: new Date(0), absent: undefined}, to));
	expect(load(text)).toEqual({...value, when: '1970-01-01T00:00:00.000Z'});
	expect(text).toMatch(/^a: ['"]yes['"]$/m);
	expect(text).toMatch(/^c: ['"]1_000['"]$/m);
});

test('names stand a line each', () => {
	expect(printed((to) => printNames(['a.b', 'c.d'], to))).toBe('a.b\nc.d\n');
});
