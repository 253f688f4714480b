/*
 * What an idle screen costs: bytes to the terminal, and the processor, while nobody presses a key. Over SSH on a slow link each byte counts.
 * Run with: npx tsx test/bench/idle.ts [seconds]
 */
import {rmSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {startBoard, startEightRuns} from '../helpers/board.ts';
import {buildFixture} from '../helpers/build-fixture.ts';
import {cpuSeconds} from '../helpers/process-cost.ts';
import type {Pty} from '../helpers/pty.ts';

const seconds = Number(process.argv[2] ?? 60);

const app = await buildFixture();
try {
	console.log('budget: under 1 KB/s, under 1 % of a core');
	await measure('10,000 entries, live, nothing new', {rows: 10_000}, async () => {});
	await measure('10,000 entries, live, a change a second', {rows: 10_000, news: 1}, async () => {});
	await measure('40 entries, all seen, a change a second', {rows: 40, news: 1}, async () => {});
	await measure('8 runs that wait, seconds pass', {rows: 10_000}, (pty) => startEightRuns(pty, '8 running'));
} finally {
	rmSync(app, {force: true});
}

async function measure(name: string, fixture: Record<string, unknown>, begin: (pty: Pty) => Promise<void>) {
	const pty = startBoard(app, fixture);
	try {
		await pty.waitFor('vm-00000');
		await begin(pty);
		await sleep(3000);
		const [cpu, from] = [cpuSeconds(pty.pid), pty.raw().length];
		await sleep(seconds * 1000);
		const share = ((cpuSeconds(pty.pid) - cpu) / seconds) * 100;
		const written = Buffer.byteLength(pty.raw().slice(from)) / seconds;
		console.log(
			`${name.padEnd(44)} ${written.toFixed(0).padStart(5)} bytes/s  ${share.toFixed(1).padStart(5)} % of a core`,
		);
	} finally {
		await pty.close();
	}
}
