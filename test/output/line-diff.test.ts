import {expect, test} from 'vitest';
import {lineDiff} from '../../source/output/line-diff.ts';

const lines = (from: number, to: number) =>
	Array.from({length: to - from + 1}, (_, index) => `line ${from + index}\n`).join('');

test('shows what changed with three lines around it, and where lines were left out', () => {
	const before = lines(1, 20);
	const after = before.replace('line 10\n', 'ten\nand more\n');
	expect(lineDiff(before, after).map(({sign, text}) => sign + text)).toEqual([
		'@line 7',
		' line 7',
		' line 8',
		' line 9',
		'-line 10',
		'+ten',
		'+and more',
		' line 11',
		' line 12',
		' line 13',
	]);
});

test('the same text has no difference, and a new one is all new', () => {
	expect(lineDiff('a\n', 'a\n')).toEqual([]);
	expect(lineDiff('', 'a\nb\n')).toEqual([
		{sign: '+', text: 'a'},
		{sign: '+', text: 'b'},
	]);
});
