/*
 * Whether memory grows: ten thousand entries and eight runs, with the output and the news of an hour at the budget's pace (10,000 lines a
 * second, a change of an entry a second) hurried into minutes. What is kept of them has its bounds, so that the last reading is like the first.
 * Run with: npx tsx test/bench/memory.ts [hours]
 */
import {rmSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {startBoard, startEightRuns} from '../helpers/board.ts';
import {buildFixture} from '../helpers/build-fixture.ts';
import {megabytes} from '../helpers/process-cost.ts';

const hours = Number(process.argv[2] ?? 1);
/** Lines and changes a second at the budget's pace, and how much faster they come here. */
const [lines, changes, hurry] = [10_000, 1, 20];
const readings = 6;

const app = await buildFixture();
const pty = startBoard(app, {rows: 10_000, flood: lines * hurry, news: changes * hurry});
try {
	await startEightRuns(pty, 'of the flood');
	const seen: number[] = [];
	for (let reading = 1; reading <= readings; reading++) {
		await sleep((hours * 3600 * 1000) / hurry / readings);
		seen.push(megabytes(pty.pid));
		const number = /line (\d+) of the flood/.exec(pty.screen.text())?.[1];
		console.log(`after ${number} lines: ${seen.at(-1)?.toFixed(0)} MB`);
	}
	console.log(`budget: 250 MB; the last beside the first: ${((seen.at(-1) ?? 0) / (seen[0] ?? 1)).toFixed(2)}`);
} finally {
	await pty.close();
	rmSync(app, {force: true});
}
