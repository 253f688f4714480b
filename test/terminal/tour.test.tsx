import {afterEach, describe, expect, it} from 'vitest';
import type {Size} from '../helpers/screen.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {soundView, stuckProxy} from './examined.ts';
import {createFakeSession, type FakeOptions} from './fake-session.ts';

/* The guided tour off its path: whoever takes another way is met where they are. The path itself is walked in test/demo. */

const stuck = 'reviews-v1-vm.bookinfo';
let shown: Shown | undefined;
afterEach(() => {
	shown?.close();
	shown = undefined;
});

async function start(size: Size, options: FakeOptions = {}) {
	const now = await show(size, createFakeSession(options), {tour: {stuck}});
	shown = now;
	await now.waitFor('live');
	return {
		...now,
		/** What the tour says, on one line. */
		async says(words: string) {
			const said = () => now.screen.text().replaceAll(/\s+/g, ' ');
			for (const end = Date.now() + 5000; Date.now() < end && !said().includes(words); ) await now.settle();
			expect(said()).toContain(words);
		},
		async run() {
			while (now.session.step());
			await now.settle();
		},
	};
}

const sound = (ref: string) => ({...stuckProxy(ref), findings: [], explained: [], view: soundView});

describe.each([
	{columns: 80, rows: 24},
	{columns: 60, rows: 20},
	{columns: 120, rows: 40},
])('at $columns×$rows', (size) => {
	it('stands above the keys, is hidden and shown by a key, and leaves the rest whole', async () => {
		const {screen, type, says} = await start(size);
		await says('tour 1/4 Mark three VMs with space: 0 of 3 so far.');
		const lines = screen.lines();
		expect(lines).toHaveLength(size.rows);
		expect(lines[0]).toMatch(/^meshboard/);
		expect(lines.at(-1)).toContain('q quit');
		expect(lines.at(-2)).toMatch(/ T hides$/);
		await type('T');
		expect(screen.text()).not.toContain('tour');
		expect(screen.lines().at(-1)).toContain('q quit');
		await type(' T');
		await says('1 of 3 so far');
	});
});

it('gives way where every line counts', async () => {
	const {screen} = await start({columns: 60, rows: 12});
	expect(screen.text()).not.toContain('tour');
});

it('leads back from other screens, and says what to do with a run that failed', async () => {
	const {type, says, run, waitFor} = await start({columns: 80, rows: 24}, {failing: ['details-vm.bookinfo']});
	await type('p');
	await says('tour 1/4 esc leads back to the fleet.');
	await type('\x1b');
	await type('   ');
	await type('o');
	await says('Read what would be done on each VM; enter starts it.');
	await waitFor('can be onboarded');
	await type('\r');
	await says('Look on: j shows the next VM, enter its steps.');
	await type('\x1b');
	await says('They are on their way into the mesh: tab shows how far.');
	await type('\t');
	await run();
	await says('tour 1/4 A run has failed and says why: r tries it again.');
	await type('r');
	await run();
	await says('tour 2/4');
});

it('skips what was done in another way: the stuck one onboarded with the others is only looked at', async () => {
	const {type, says, run, waitFor} = await start({columns: 80, rows: 24}, {examined: sound});
	await type('\x01');
	await type('o');
	await waitFor('can be onboarded');
	await type('\r');
	await run();
	await says('tour 4/4 Mended. d on reviews-v1-vm looks whether it is sound.');
	await type(':doctor reviews-v1-vm\r');
	await says('All in the mesh, reviews-v1-vm is sound: that is the job.');
});

it('asks first whoever opens the doctor first', async () => {
	const {type, says} = await start({columns: 80, rows: 24});
	await type(':doctor reviews-v1-vm\r');
	await says('tour 1/4 esc leads back to the fleet.');
});
