import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {stripVTControlCharacters} from 'node:util';
import {type TestContext, test} from 'vitest';
import {randomOf} from '../helpers/random.ts';
import {strangeSequences} from '../helpers/sequences.ts';
import {startMeshboard} from './start-demo.ts';

/*
 * 20,000 random keys in a real terminal, on the demo with its VMs: no crash, no lost run, and the terminal is as it was, however it ends. A seed
 * is played again with MONKEY_SEED=…, as far as the VMs take their time alike.
 */

const seed = Number(process.env['MONKEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomOf(seed);
const count = 20_000;
/** A sitting that got lost somewhere, as in a profile that connects nowhere, is not to take all of the keys. */
const mostOfASitting = 2500;
/** As a terminal sends them; without ctrl+z, since nobody would say fg, and without s, since nobody would leave the shell on a VM. */
const onwards = ['\r', ' ', 'o', 'y', '\t', 'j', '1', '\x13', 'd', 'm', 'c', '\x01'];
const others = [...'abcdefghiklmnoprtuvwxzGOR/?:!.=0123456789é世', '\x0e', '\x0f', '\x12', '\x15', '\x7f'];
const sequences = [
	'\x1b[A',
	'\x1b[B',
	'\x1b[C',
	'\x1b[D',
	'\x1b[5~',
	'\x1b[6~',
	'\x1b[H',
	'\x1b[F',
	'\x1b[Z',
	'\x1b[200~vm\x1b[2J\x07\x1b[201~',
];
const clicks = Array.from(
	{length: 200},
	() => `\x1b[<${random.of([0, 0, 0, 64, 65])};${1 + random.below(100)};${1 + random.below(30)}M`,
);
/** Where chance alone would seldom come: some bursts begin with one of these. */
const ways = ['gfo', 'gf\x01o', 'gfm', 'gfd', 'gf\x01d', 'gfc\r', 'gft', 'gfO', 'gr\r', 'gp\r'];
/** A burst ends with one of these: an escape is one only where nothing follows at once, and what comes after the last key is for the shell. */
const lasts = [...Array.from({length: 100}, (_, at) => (at % 8 === 0 ? '\x1b' : '')), 'q', '\x03'];

/** One demo: how many keys it took before it ended; at most `most`, then ctrl+c ends it. */
async function sitting(
	context: TestContext,
	most: number,
): Promise<{readonly pressed: number; readonly started: number}> {
	const {expect} = context;
	const demo = startMeshboard(context, ['demo', '--mouse'], {columns: 100, rows: 30});
	let over = false;
	void demo.exited.then(() => (over = true));
	await demo.waitFor('○ absent', 20_000);
	// From the first key on there is something to lose.
	demo.type('o');
	await demo.waitFor('can be onboarded', 20_000);
	demo.type('\r');
	let redrawn = 0;
	demo.screen.terminal.parser.registerCsiHandler({final: 'J'}, ([what]) => {
		if (what === 2) redrawn += 1;
		return false;
	});
	/** Draws the screen again, wherever the keys go: then all before it have been taken. Asks once more where another program took the key. */
	const settle = async () => {
		const before = redrawn;
		for (let waited = 0; !over && redrawn === before; waited++) {
			// What comes later is for the shell.
			if (waited % 500 === 0 && demo.screen.isAlternate()) demo.type('\x0c');
			await sleep(2);
		}
	};
	const started = new Map<string, string>();
	let pressed = 0;
	while (pressed < most && !over) {
		const burst = [
			...(random.below(5) === 0 ? random.of(ways) : ''),
			...Array.from({length: 1 + random.below(100)}, () =>
				random.of(random.of([onwards, onwards, others, sequences, clicks])),
			),
		];
		const last = random.of(lasts);
		demo.type([...burst, last].join(''));
		pressed += burst.length + (last === '' ? 0 : 1);
		// Longer than an escape waits for what may belong to it.
		if (last !== '') await sleep(40);
		await settle();
		seeRuns(demo.demo(), started);
	}
	// Asks while runs are under way; the second one leaves at once.
	for (; !over; await sleep(200)) if (demo.screen.isAlternate()) demo.type('\x03');
	const {exitCode, signal} = await demo.exited;
	const why = `MONKEY_SEED=${seed}, exit code ${exitCode}:\n${demo.screen.text()}`;
	expect(demo.isRestored(), why).toBe(true);
	expect(demo.screen.isPasteMarked(), why).toBe(false);
	expect([signal, [0, 1, 130].includes(exitCode)], why).toEqual([0, true]);
	expect(strangeSequences(demo.raw()), why).toEqual([]);
	expect(demo.raw(), why).not.toMatch(/bug of meshboard|internal error/);
	const summary = stripVTControlCharacters(demo.raw().slice(demo.raw().lastIndexOf('\x1b[?1049l')));
	const told = summary.split('\n').flatMap((line) => /[●✗○] [a-z ]+ (\S+) +[\dms ]+$/.exec(line.trimEnd())?.[1] ?? []);
	for (const target of started.values()) {
		// One line for each: what is told is taken away.
		const at = told.indexOf(target);
		expect(at, `a run of ${target} is lost: ${why}`).not.toBe(-1);
		told.splice(at, 1);
	}
	return {pressed, started: started.size};
}

/** Adds the runs that the demo has begun since, by their journals: which is of which target. */
function seeRuns(demo: string | undefined, known: Map<string, string>): void {
	const folder = join(demo ?? '', 'state', 'meshboard', 'runs');
	if (demo === undefined || !existsSync(folder)) return;
	for (const id of readdirSync(folder).filter((each) => !known.has(each))) {
		const file = join(folder, id, 'events.jsonl');
		const target = existsSync(file) ? /"target":"([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
		if (target !== undefined) known.set(id, target);
	}
}

test(`${count} random keys, seed ${seed}`, {timeout: 300_000}, async (context) => {
	let [sittings, runs] = [0, 0];
	for (let left = count; left > 0; sittings++) {
		const {pressed, started} = await sitting(context, Math.min(left, mostOfASitting));
		left -= pressed;
		runs += started;
	}
	context.expect(runs, 'runs that were begun').toBeGreaterThanOrEqual(sittings);
});
