import {describe, expect, it} from 'vitest';
import {newLines, pageOf} from '../../source/terminal/linear/page.ts';
import {toAscii} from '../../source/terminal/text/to-ascii.ts';
import {widthOf} from '../../source/terminal/text/width.ts';

const frame = `
meshboard  kind-lab , live
▸ ☑ bookinfo   details-vm   synced   4d6h
    bookinfo   ratings-vm   rejected 4d6h

  q quit`;
const told = (before: string, now: string, known: readonly string[] = []) =>
	newLines(pageOf(before), pageOf(now), new Set(known));

describe('a page as it is read out', () => {
	it('has parts in place of columns, words in place of signs, and no blank lines', () => {
		expect(told('', frame)).toEqual([
			'meshboard, kind-lab, live',
			'marked bookinfo, details-vm, synced, 4d6h',
			'bookinfo, ratings-vm, rejected 4d6h',
			'q quit',
		]);
	});

	it.each([
		['nothing when nothing is new', frame, []],
		['nothing when time passes', frame.replaceAll('4d6h', '4d7h'), []],
		['what has changed', frame.replace('rejected', 'synced  '), ['bookinfo, ratings-vm, synced, 4d6h']],
		[
			'the line under the cursor, not the one that it left',
			frame.replace('▸', ' ').replace('    bookinfo', '▸   bookinfo'),
			['bookinfo, ratings-vm, rejected 4d6h'],
		],
	])('tells %s', (_what, now, lines) => {
		expect(told(frame, now)).toEqual(lines);
	});

	it('tells no line again when a pane carries the sign of the cursor too', () => {
		const panes = frame.replace('meshboard', '▸ causes\nmeshboard');
		expect(told(panes, panes)).toEqual([]);
	});

	it('does not tell again what came with the page', () => {
		const notice = frame.replace('q quit', 'Saved 3 lines.');
		expect(told(frame, notice)).toEqual(['Saved 3 lines.']);
		expect(told(notice, frame)).toEqual(['q quit']);
		expect(told(notice, frame, ['q quit'])).toEqual([]);
	});

	it.each(['12 s', '3m20s', '23:10:01', '45%', '~3s'])('knows %s as a time that passes', (time) => {
		expect(told('1 running  7 s', `1 running  ${time}`)).toHaveLength(time.startsWith('~') ? 1 : 0);
	});

	it.each(['3 VMs', 'v2', '10.128.0.4', '4 marked'])('tells that something has become %s', (words) => {
		expect(told('ratings 1', `ratings ${words}`)).toHaveLength(1);
	});
});

it.each([
	['plain text', 'plain text'],
	['cut…', 'cut~'],
	['60×20 · ↓', '60x20 . v'],
	['Zürich naïve', 'Zurich naive'],
	['日本', '????'],
	['👍 ok', '?? ok'],
])('%s is %s in ASCII, as wide', (text, ascii) => {
	expect(toAscii(text)).toBe(ascii);
	expect(widthOf(toAscii(text))).toBe(widthOf(text));
});
