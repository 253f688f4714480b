import {describe, expect, it} from 'vitest';
import {widthRules} from '../helpers/screen.ts';
import {appOfFixture, type StartedApp} from '../helpers/start-app.ts';

/* Names in characters on whose width terminals disagree: whatever this one takes them for, what follows them stands in its column. */

const startApp = appOfFixture();

const words = [
	'क्षत्रिय श्री कोि निी',
	'नमस्ते தமிழ் ไทย ကမ္ဘာ',
	'\u1112\u1161\u11ab\u1100\u1173\u11af \ud55c\uae00',
	'👩‍👩‍👧‍👦🇩🇪🇫🇷🏴󠁧󠁢󠁥󠁮󠁧󠁿',
	'👍🏽1️⃣☝🏿⚠️❤️🫶🏿',
	'\ue0b0\uf09b\u{f0001} ﷽ ⸻ 𒐫',
	'日本語 ｶﾞｷﾞ 한국',
	'e\u0301\u0302Z\u0335ͤ é Ω Жё ßñ',
	'꧁༺ Z̷͎a̸̡l ꧂',
	'① ½ ™ ※ ★ ☎ ⌚ ⏳',
];

/** The columns in which a sign stands, line by line, of those between title and footer. */
function columnsOf({screen: {terminal}}: StartedApp, sign: string): ReadonlyArray<readonly number[]> {
	const columns = Array.from({length: terminal.cols}, (_, x) => x);
	return Array.from({length: terminal.rows - 2}, (_, row) => {
		const cells = terminal.buffer.active.getLine(row + 1);
		return columns.filter((x) => cells?.getCell(x)?.getChars() === sign);
	});
}

describe.each(widthRules)('by the rule %j', {timeout: 40_000}, (rule) => {
	function start(fixture: Record<string, unknown>): StartedApp {
		const started = startApp({words, ...fixture}, {columns: 120, rows: 40});
		started.screen.terminal.unicode.activeVersion = rule;
		return started;
	}

	it('no column is left, and no border between two', async () => {
		const started = start({});
		const oneColumn = (columns: ReadonlyArray<number | undefined>) => new Set(columns).size === 1;
		for (let row = 0; row < words.length; row += 1) {
			await started.waitFor(new RegExp(`^▸.*vm-0000${row}[^]*q quit`, 'm'));
			// Of the list beside the detail, and of what stands in one column of the list.
			await started.waitFor(() => oneColumn(columnsOf(started, '│').map((columns) => columns.at(-1))));
			const states = columnsOf(started, '●').filter((columns) => columns.length > 0);
			expect(oneColumn(states.slice(0, words.length).map(([first]) => first)), started.screen.text()).toBe(true);
			expect(started.screen.terminal.buffer.active.baseY, 'it scrolled').toBe(0);
			started.type('j');
		}
	});

	it('the sides of a box stand below its corners', async () => {
		const started = start({ask: 'confirm'});
		await started.waitFor('y yes');
		await started.waitFor(() => columnsOf(started, '╯').some((columns) => columns.length > 0));
		const [left, right] = ['╭', '╮'].map((corner) => columnsOf(started, corner));
		const top = left?.findIndex((columns) => columns.length > 0) ?? 0;
		const bottom = columnsOf(started, '╯').findIndex((columns) => columns.length > 0);
		expect(bottom - top).toBeGreaterThan(words.length);
		const corners = [...(left?.[top] ?? []), ...(right?.[top] ?? [])];
		for (const columns of columnsOf(started, '│').slice(top + 1, bottom))
			expect(columns, started.screen.text()).toEqual(expect.arrayContaining(corners));
	});
});
