import {expect, test} from 'vitest';
import {durationSeconds, protoDuration} from '../../source/mesh/duration.ts';

test.each([
	['24h0m0s', 86_400],
	['60s', 60],
	['1m30s', 90],
	['1.5h', 5400],
	['500ms', 0.5],
	['3600', 3600],
	['0', 0],
	['-5s', -5],
	['', undefined],
	['1d', undefined],
	['10 s', undefined],
	['never', undefined],
])('%j is %j seconds', (text, seconds) => {
	expect(durationSeconds(text)).toBe(seconds);
});

test('in the mesh a plain number is no duration, but for 0', () => {
	expect(['0', '60', '1m0.5s', '-500ms', 'x'].map(protoDuration)).toEqual([
		'0s',
		undefined,
		'60.500s',
		'-0.500s',
		undefined,
	]);
});
