/*
 * What it costs to take in output: bytes → lines → plain text → no secrets → ring buffer and file, beside writing the same
 * bytes to a file as `cat` would. Eight streams, as eight panes have. Run with: npx tsx test/bench/output.ts [seconds of output]
 */
import {closeSync, mkdtempSync, openSync, rmSync, writeSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createJournal} from '../../source/journal/journal.ts';
import {createCleanLines} from '../../source/output/clean-lines.ts';
import {createRedactor} from '../../source/output/redact.ts';
import {createRingBuffer} from '../../source/output/ring-buffer.ts';

const streams = 8;
const linesPerSecond = 10_000;
const seconds = Number(process.argv[2] ?? 20);
const total = linesPerSecond * seconds;

const samples = [
	'2021-11-05T06:02:29.885837Z\tinfo\tads\tAll caches have been synced up in 34.316371ms, marking server ready',
	'\x1b[32mGet:12\x1b[0m http://deb.example.org/debian bookworm/main amd64 docker.io amd64 20.10.24+dfsg1-1+b3 [36.2 MB]',
	'a1b2c3d4e5f6: Downloading [=====>        ]  12.4MB/98.1MB\ra1b2c3d4e5f6: Download complete',
	'[2021-06-03T18:33:47.453Z] "GET /hello HTTP/1.1" 200 - via_upstream - "-" 0 19 0 - "-" "curl/7.64.0" "helloworld:5000"',
];

/** Chunks as a network delivers them: 4 KiB, which end anywhere. */
function chunks(): readonly Buffer[] {
	const all = Buffer.from(`${Array.from({length: 1000}, (_, index) => samples[index % samples.length]).join('\n')}\n`);
	return Array.from({length: Math.ceil(all.length / 4096)}, (_, index) =>
		all.subarray(index * 4096, (index + 1) * 4096),
	);
}

function milliseconds(work: () => void): number {
	const start = process.hrtime.bigint();
	work();
	return Number(process.hrtime.bigint() - start) / 1e6;
}

const folder = mkdtempSync(join(tmpdir(), 'meshboard-bench-'));
const input = chunks();
const rounds = total / 1000;

const written = milliseconds(() => {
	const file = openSync(join(folder, 'cat'), 'w');
	for (let round = 0; round < rounds; round++) for (const chunk of input) writeSync(file, chunk);
	closeSync(file);
});

const redactor = createRedactor();
for (let secret = 0; secret < streams; secret++) redactor.add(`secret-of-stream-${secret}-${'x'.repeat(800)}`);
const journal = createJournal(folder);
let kept = 0;
const runs = Array.from({length: streams}, (_, stream) => {
	const run = journal.open(`bench-${stream}`);
	const ring = createRingBuffer();
	const lines = createCleanLines(redactor, (line) => {
		ring.push(line, 0);
		run.line('bootstrap.image', line);
		kept++;
	});
	return {run, lines};
});
const taken = milliseconds(() => {
	for (let round = 0; round < rounds; round++) {
		const lines = runs[round % streams]?.lines;
		for (const chunk of input) lines?.push(chunk);
	}
});
for (const {run} of runs) await run.close();
rmSync(folder, {recursive: true});

const rate = (spent: number) => `${Math.round(total / (spent / 1000)).toLocaleString('en')} lines/s`;
console.log(
	`${total.toLocaleString('en')} lines in ${streams} streams, ${kept === total ? 'all kept' : `${total - kept} LOST`}`,
);
console.log(`write only           ${rate(written)}`);
console.log(`split to ring, file  ${rate(taken)}, ${(taken / written).toFixed(1)} times the writing alone`);
console.log(
	`at ${linesPerSecond.toLocaleString('en')} lines/s    ${((taken / (seconds * 1000)) * 100).toFixed(1)} % of one core`,
);
if (kept !== total) process.exitCode = 1;
