import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {buildFixture} from '../helpers/build-fixture.ts';
import {type Pty, startPty} from '../helpers/pty.ts';
import type {Size} from '../helpers/screen.ts';
import {strangeSequences} from '../helpers/sequences.ts';
import {svgOf} from '../helpers/svg.ts';
import {walk} from './walk.ts';

/*
 * Every screen in a real terminal that is made smaller and smaller: it fills the screen and nothing more, and what has no room ends with
 * an ellipsis. No sequence is written but those of test/helpers/sequences.ts. With MESHBOARD_MEDIA set (`npm run media`) each is kept as a picture in media/screens.
 */

const largest: Size = {columns: 200, rows: 60};
const sizes: readonly Size[] = [largest, {columns: 120, rows: 40}, {columns: 80, rows: 24}, {columns: 60, rows: 20}];
const media = join(import.meta.dirname, '..', '..', 'media', 'screens');

let app = '';
beforeAll(async () => {
	app = await buildFixture();
});
afterAll(() => rmSync(app, {force: true}));

/** What the matrix is looked at with: ways of every kind. */
const tried = {ways: true, pace: 20};

describe.concurrent('in a terminal of any size', {timeout: 60_000}, () => {
	test.each(walk)('%s', async (name, keys, seen) => {
		const fixture = JSON.stringify({interrupted: ['old-vm.bookinfo'], ...(name === 'matrix' ? tried : {})});
		const env = {FIXTURE: fixture, NODE_ENV: 'production', VISUAL: 'sed -i s/v1/v2/'};
		const pty = startPty(process.execPath, [app], {...largest, env});
		try {
			await pty.waitFor('live', 30_000);
			for (const each of keys) {
				pty.type(each);
				await settled(pty, largest);
			}
			await pty.waitFor(name === 'matrix' ? 'requests to services' : seen);
			await settled(pty, largest);
			const whole = new Set(wordsOf(pty.screen.lines()));
			for (const size of sizes) {
				pty.resize(size);
				await settled(pty, size);
				const lines = pty.screen.lines();
				expect(pty.screen.terminal.buffer.active.baseY, 'the screen scrolled').toBe(0);
				expect(lines[0], pty.screen.text()).toMatch(/^meshboard kind-lab/);
				expect(lines.at(-1), 'keys at the bottom').toMatch(/\S/);
				for (const line of lines) expect(line.length).toBeLessThan(size.columns);
				const strange = wordsOf(lines).filter((word) => !whole.has(word));
				expect(strange, `${size.columns}×${size.rows}\n${pty.screen.text()}`).toEqual([]);
				keep(name, pty, size);
			}
			expect(strangeSequences(pty.raw())).toEqual([]);
		} finally {
			await pty.close();
		}
	});
});

/** Nothing more has been drawn for a moment, and what is drawn is of this size; after ten seconds, whatever is drawn. */
async function settled({screen, raw}: Pty, {columns, rows}: Size): Promise<void> {
	const isWhole = () => {
		const lines = screen.lines();
		const ends = /^meshboard /.test(lines[0] ?? '') && lines.at(-1) !== '';
		return ends && lines.length === rows && lines.every((line) => line.length < columns);
	};
	const late = performance.now() + 10_000;
	for (let [before, calm] = [-1, 0]; (calm < 5 || !isWhole()) && performance.now() < late; calm++) {
		if (raw().length !== before) calm = 0;
		before = raw().length;
		await sleep(50);
	}
}

/** What a screen says only where it has no room for all of it. */
const ofPlace = /\d+ lines? (?:below|above)|\(\d+ of \d+\)/g;

/** The words of a screen that are whole: without frames, bars and what says that it is cut. A dialog stands before the rest. */
function wordsOf(lines: readonly string[]): readonly string[] {
	const [top, bottom] = ['╭', '╰'].map((corner) => lines.findIndex((line) => line.includes(corner)));
	const box = lines.slice(top, (bottom ?? 0) + 1);
	const [left = 0, right = 0] = ['╭', '╮'].map((corner) => box[0]?.indexOf(corner) ?? 0);
	const inFront = top === -1 ? lines : box.map((line) => line.slice(left, right));
	return inFront
		.flatMap((line) => line.replaceAll(ofPlace, '').split(/[\s─-╿█░▸]+/))
		.filter((word) => word !== '' && !word.includes('…') && !/^\d+s?$/.test(word));
}

function keep(name: string, {screen}: Pty, {columns, rows}: Size): void {
	if (!process.env['MESHBOARD_MEDIA']) return;
	mkdirSync(media, {recursive: true});
	const file = `${name.replaceAll(' ', '-')}-${columns}x${rows}.svg`;
	writeFileSync(join(media, file), svgOf(screen, {title: `${name}, ${columns}×${rows}`}));
}
