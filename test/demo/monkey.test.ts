import {setTimeout as sleep} from 'node:timers/promises';
import {type TestContext, test} from 'vitest';
import {randomOf} from '../helpers/random.ts';
import {startMeshboard} from './start-demo.ts';

/* Random keys in a real terminal, on the demo with its VMs: however it ends, the terminal is as it was. A seed is played again with MONKEY_SEED=…. */

const seed = Number(process.env['MONKEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomOf(seed);
const count = 300;
/** As a terminal sends them; without ctrl+z, since nobody would say fg, and without s, since nobody would leave the shell on a VM. */
const onwards = ['\r', ' ', 'o', 'y', '\t', 'j', '1', '\x13', '\x1b'];
const others = [
	...'abcdefghiklmnprtuvwxzGOR/?:!.=0123456789é世',
	'\x03',
	'q',
	'\x0c',
	'\x0e',
	'\x0f',
	'\x12',
	'\x15',
	'\x7f',
];
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

/** One demo: how many keys it took before it ended; at most `most`, then ctrl+c ends it. */
async function sitting(context: TestContext, most: number): Promise<number> {
	const {expect} = context;
	const demo = startMeshboard(context, ['demo'], {columns: 100, rows: 30});
	let over = false;
	void demo.exited.then(() => (over = true));
	await demo.waitFor('○ absent', 20_000);
	let pressed = 0;
	for (; pressed < most && !over; pressed++) {
		// What comes later is for the shell.
		if (demo.screen.isAlternate()) demo.type(random.of(random.of([onwards, onwards, others, sequences])));
		await sleep(random.below(20));
	}
	// Asks while runs are under way; the second one leaves at once.
	for (; !over; await sleep(200)) if (demo.screen.isAlternate()) demo.type('\x03');
	const {exitCode, signal} = await demo.exited;
	const why = `MONKEY_SEED=${seed}, exit code ${exitCode}:\n${demo.screen.text()}`;
	expect(demo.isRestored(), why).toBe(true);
	expect(demo.screen.isPasteMarked(), why).toBe(false);
	expect([signal, [0, 1, 130].includes(exitCode)], why).toEqual([0, true]);
	expect(demo.raw()).not.toMatch(/bug of meshboard|internal error/);
	return pressed;
}

test(`${count} random keys, seed ${seed}`, {timeout: 180_000}, async (context) => {
	for (let left = count; left > 0; ) left -= await sitting(context, left);
});
