/*
 * From a key to the frame that answers it, in a real pseudo-terminal: on the list of 10,000 entries while eight runs write
 * 10,000 lines a second in total, on their output, sorted and grouped while entries change, and without any run for comparison; with the processor time and memory
 * that the screens take. Run with: npx tsx test/bench/terminal.ts [keys]
 */
import {rmSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {startBoard, startEightRuns} from '../helpers/board.ts';
import {buildFixture} from '../helpers/build-fixture.ts';
import {cpuSeconds, megabytes} from '../helpers/process-cost.ts';
import type {Pty} from '../helpers/pty.ts';

const keys = Number(process.argv[2] ?? 200);

const app = await buildFixture();
try {
	console.log(`budget: p95 under 50 ms, p99 under 100 ms`);
	await measure('10,000 entries, no run', {rows: 10_000}, async (pty) => {
		await pty.waitFor('vm-00000');
	});
	await measure('10,000, sorted, grouped, 50 changes a second', {rows: 10_000, news: 50}, async (pty) => {
		await pty.waitFor('vm-00000');
		// By the proxy's state, the biggest group first, in groups by namespace.
		pty.type('>>>>>>b');
		await pty.waitFor('▾ namespace team-00');
	});
	await measure('10,000 entries, 8 runs at 10,000 lines/s', {rows: 10_000, flood: 10_000}, async (pty) => {
		await startEightRuns(pty, 'of the flood');
		pty.type('\x1b');
		await pty.waitFor('NAMESPACE');
	});
	await measure('output of 8 runs at 10,000 lines/s', {rows: 10_000, flood: 10_000}, (pty) =>
		startEightRuns(pty, 'of the flood'),
	);
} finally {
	rmSync(app, {force: true});
}

async function measure(name: string, fixture: Record<string, unknown>, begin: (pty: Pty) => Promise<void>) {
	const pty = startBoard(app, fixture);
	try {
		await begin(pty);
		await sleep(1000);
		const times: number[] = [];
		const [cpuBefore, bytesBefore, started] = [cpuSeconds(pty.pid), pty.raw().length, performance.now()];
		for (let key = 0; key < keys; key += 1) {
			// Down seven times, then up seven times, at the uneven pace of a person.
			times.push(await answer(pty, key % 14 < 7 ? 'j' : 'k'));
			await sleep(30 + ((key * 37) % 90));
		}
		const seconds = (performance.now() - started) / 1000;
		const cpu = ((cpuSeconds(pty.pid) - cpuBefore) / seconds) * 100;
		const written = (pty.raw().length - bytesBefore) / 1024 / seconds;
		console.log(
			`${name.padEnd(44)} p50 ${at(times, 0.5)}  p95 ${at(times, 0.95)}  p99 ${at(times, 0.99)}  ` +
				`${cpu.toFixed(0)} % of a core, ${megabytes(pty.pid).toFixed(0)} MB, ${written.toFixed(0)} KB/s to the terminal`,
		);
	} finally {
		await pty.close();
	}
}

/** Milliseconds from typing a key until the cursor of the list is seen on another line. */
function answer(pty: Pty, key: string): Promise<number> {
	const cursor = () => pty.screen.lines().findIndex((line) => line.startsWith('▸'));
	const before = cursor();
	const {promise, resolve, reject} = Promise.withResolvers<number>();
	const late = setTimeout(() => reject(new Error(`no answer to ${key}:\n${pty.screen.text()}`)), 5000);
	const started = performance.now();
	const end = pty.onDraw(() => {
		if (cursor() === before) return;
		clearTimeout(late);
		end();
		resolve(performance.now() - started);
	});
	pty.type(key);
	return promise;
}

function at(times: readonly number[], share: number): string {
	const sorted = times.toSorted((a, b) => a - b);
	const time = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
	return `${time.toFixed(1)} ms`.padStart(8);
}
