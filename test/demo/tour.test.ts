import {describe, test} from 'vitest';
import {startFilm} from './picture.ts';
import {startMeshboard} from './start-demo.ts';

/* The guided tour of the demo, as somebody takes it who reads what it says. */

/** How long (in ms) the film of it stands still before a key. */
const reading = 1800;

describe('the guided tour', {timeout: 120_000}, () => {
	// How it is drawn at other sizes, test/terminal/tour.test.tsx shows.
	test('leads from three VMs to the stuck one and its remedy', async (context) => {
		const {expect} = context;
		const demo = startMeshboard(context, ['demo'], {columns: 80, rows: 24});
		/** What the tour says, on one line. */
		const says = (words: string, milliseconds = 10_000) =>
			demo.waitFor((text) => text.replaceAll(/\s+/g, ' ').includes(words), milliseconds);
		await demo.waitFor('○ absent', 20_000);
		const film = startFilm('tour', demo);
		/** Types as somebody does who has read what there is. */
		const type = async (keys: string) => {
			for (const key of keys) {
				await film.hold(reading);
				demo.type(key);
			}
		};
		await says('tour 1/4 Mark three VMs with space: 0 of 3 so far.');
		await type('   ');
		await says('o plans how the marked VMs come into the mesh.');
		await type('o');
		await says('Read what would be done on each VM; enter starts it.');
		await demo.waitFor('can be onboarded');
		await type('\r');
		await says('Look on: j shows the next VM, enter its steps.');
		await says('tour 2/4', 60_000);
		await says('But orders-vm is stuck: esc, then d on it.');
		await type('\x1b');
		await says('orders-vm has been stuck for days: go to it, d asks why.');
		await type('G');
		await demo.waitFor(/▸ .*orders-vm/);
		await type('d');
		await says('tour 3/4 The cause is token.expired: f plans what mends it.', 30_000);
		await type('f');
		await says('Read what would be done; enter starts it.');
		await demo.waitFor('can be fixed');
		await type('\r');
		await says('tour 4/4 Mended. d on orders-vm looks whether it is sound.', 30_000);
		await demo.waitFor(/▸ 4 ● fixed +orders-vm/);
		await type('d');
		await says('All in the mesh, orders-vm is sound: that is the job.', 30_000);
		await film.hold(2 * reading);
		film.end();
		demo.type('T');
		await demo.waitFor((text) => !text.includes('tour'));
		demo.type('q');
		expect((await demo.exited).exitCode).toBe(0);
		expect(demo.isRestored()).toBe(true);
	});
});
