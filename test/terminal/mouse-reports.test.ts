import {expect, it} from 'vitest';
import {takeReports} from '../../source/terminal/input/mouse-reports.ts';

it.each([
	['a press', '\x1b[<0;12;5M', {keys: '', events: [{kind: 'click', column: 11, row: 4}], rest: ''}],
	['a release, which means nothing', '\x1b[<0;12;5m', {keys: '', events: [], rest: ''}],
	['another button, or one with ctrl', '\x1b[<2;1;1M\x1b[<16;1;1M', {keys: '', events: [], rest: ''}],
	[
		'two turns of the wheel among keys',
		'j\x1b[<64;1;1Mk\x1b[<65;300;2M',
		{
			keys: 'jk',
			events: [
				{kind: 'wheel-up', column: 0, row: 0},
				{kind: 'wheel-down', column: 299, row: 1},
			],
			rest: '',
		},
	],
	['keys alone', 'j\x1b[A\x1bOP\x1b[200~x\x1b[201~', {keys: 'j\x1b[A\x1bOP\x1b[200~x\x1b[201~', events: [], rest: ''}],
	['the beginning of a report', 'j\x1b[<64;1', {keys: 'j', events: [], rest: '\x1b[<64;1'}],
	['what may be one', 'j\x1b', {keys: 'j', events: [], rest: '\x1b'}],
] as const)('takes %s', (_what, text, taken) => {
	expect(takeReports(text)).toEqual(taken);
});
