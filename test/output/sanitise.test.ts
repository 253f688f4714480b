import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {sanitise} from '../../source/output/sanitise.ts';

describe('a stranger’s line', () => {
	it.each([
		['plain text', 'Status: Downloaded newer image', 'Status: Downloaded newer image'],
		['other scripts', 'größer 世界 😀 e\u0301', 'größer 世界 😀 e\u0301'],
		['colours', '\x1b[1;31merror\x1b[0m: no', 'error: no'],
		['cursor moves and erasing', 'a\x1b[2K\x1b[1Gb\x1b[10;20Hc', 'abc'],
		['a title (OSC, BEL)', '\x1b]0;owned\x07text', 'text'],
		['the clipboard (OSC 52, ST)', '\x1b]52;c;ZWNobw==\x1b\\text', 'text'],
		['a link (OSC 8)', '\x1b]8;;https://example.com\x1b\\here\x1b]8;;\x1b\\', 'here'],
		['an OSC that never ends', 'a\x1b]0;owned', 'a'],
		['a device control string', '\x1bP1$r0m\x1b\\text', 'text'],
		['8-bit CSI and OSC', '\x9b31mred\x9d0;t\x9c!', 'red!'],
		['reset and character sets', '\x1bca\x1b(0b\x1b=c', 'abc'],
		['a lone escape at the end', 'a\x1b', 'a'],
		['an escape before another', '\x1b\x1b[31mred', 'red'],
		['tabs', 'a\tbcdefghi\tc', 'a       bcdefghi        c'],
		['tabs after a colour', '\x1b[31ma\x1b[0m\tb', 'a       b'],
		['other controls', 'a\0b\x08c\x7fd', 'a␀b␈c␡d'],
		['line ends inside', 'a\r\nb\u2028c', 'a␍␊b␊c'],
		['bidirectional overrides', 'user\u202etxt.exe\u202c\u2066\u2069', 'usertxt.exe'],
		['zero-width characters and BOM', '\ufeffpa\u200bss\u2060word', 'password'],
		['skin tones and keycaps', '👍🏽 1\ufe0f\u20e3 ☝\u20e3🏿', '👍 1 ☝'],
		['tag characters', 'a\u{e0041}b', 'ab'],
		['half of a surrogate pair', 'a\ud800b', 'a\ufffdb'],
	])('%s', (_, line, clean) => {
		expect(sanitise(line)).toBe(clean);
	});

	const nasty = fc.string({
		unit: fc.oneof(
			fc.constantFrom(
				'\x1b',
				'👍',
				'🏽',
				'\u20e3',
				'[',
				']',
				'P',
				';',
				'3',
				'1',
				'm',
				'\x07',
				'\\',
				'\x9b',
				'\x9d',
				'\x9c',
				'\t',
				'\u202e',
				'\u200b',
			),
			fc.string({unit: 'binary', minLength: 1, maxLength: 1}),
		),
	});

	it('holds no control, whatever comes', () => {
		fc.assert(
			fc.property(nasty, (line) => {
				expect(sanitise(line)).not.toMatch(
					/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]/,
				);
			}),
		);
	});

	it('stays as it is when it is clean already', () => {
		fc.assert(
			fc.property(nasty, (line) => {
				expect(sanitise(sanitise(line))).toBe(sanitise(line));
			}),
		);
	});
});
