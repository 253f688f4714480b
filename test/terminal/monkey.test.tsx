import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test, vi} from 'vitest';
import {PaneBoundary} from '../../source/terminal/components/pane-boundary.tsx';
import {keymap} from '../../source/terminal/keymap.ts';
import {focusOf} from '../../source/terminal/state/focus.ts';
import {press} from '../../source/terminal/state/press.ts';
import {type ScreenName, screenOf, type Ui} from '../../source/terminal/state/ui.ts';
import type {World} from '../../source/terminal/state/world.ts';
import {randomOf} from '../helpers/random.ts';
import {show} from '../helpers/show.tsx';
import {createFakeSession} from './fake-session.ts';
import {someRows} from './some-rows.ts';

/*
 * Whatever is pressed: 8,000 random keys, pastes, sizes and turns of the world (20,000 go to the sandbox: test/demo/monkey.test.ts), a new sitting after each end. Nothing throws, no bug
 * is told, and every run is there from its start to its end. A seed is played again with MONKEY_SEED=….
 */

const seed = Number(process.env['MONKEY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const count = 8000;
const random = randomOf(seed);

// What is saved goes where it does no harm; the process of the tests is not to be stopped.
const folder = mkdtempSync(join(tmpdir(), 'monkey-'));
vi.spyOn(process, 'cwd').mockReturnValue(folder);
afterAll(() => rmSync(folder, {recursive: true, force: true}));
const undrawn = vi.spyOn(PaneBoundary, 'getDerivedStateFromError');
const visited = new Set<ScreenName>();
let started = 0;

const isHarmless = (key: string) => key !== 'ctrl+z';
const meant = [...new Set(keymap.flatMap(({keys}) => keys.flatMap((key) => key.split(' '))))].filter(isHarmless);
const typed = [...'abcdefghijklmnopqrstuvwxyz0123456789.,:/=-_!*[(\\ é世👩‍🚀', 'backspace', 'delete', 'left', 'right'];
const pastes = ['ratings-vm', '80,443', 'a\nb\x1b[2J\x00', '/(', '世'.repeat(50), 'x'.repeat(20_000), 'quit', ''];

/** Half of the keys mean something where they are pressed: chance alone would not get far. */
function anyKey(ui: Ui, world: World): string {
	const {areas} = focusOf(ui, world);
	const here = keymap
		.filter(({where}) => areas.includes(where))
		.flatMap(({keys}) => keys.flatMap((key) => key.split(' ')).filter(isHarmless));
	const key = random.of(random.below(2) === 0 ? here : random.below(2) === 0 ? typed : meant);
	// Sittings are to last: most of what would end one is another key.
	return ['q', 'ctrl+c'].includes(key) && random.below(5) > 0 ? 'tab' : key;
}

/** One sitting of at most `most` keys: how many were pressed. Ends when the screens do. */
async function sitting(most: number): Promise<number> {
	const failing = someRows().flatMap(({ref}, at) => (at % 2 === 0 ? [ref] : []));
	const session = createFakeSession({failing, interrupted: ['ledger-vm.payments', 'orders-vm.payments']});
	const {controller, settle, close} = await show(sizeOf(), session, {connect: undefined});
	const known = new Map<string, string>();
	let over = false;
	void controller.ended.then(() => (over = true));
	try {
		for (let pressed = 1; pressed <= most; pressed++) {
			const {ui, world} = controller.getSnapshot();
			const key = anyKey(ui, world);
			// The controller would tell a fault of a key as a notice: here it is to be thrown.
			press(ui, key, world);
			controller.press(key);
			if (random.below(40) === 0) controller.paste(random.of(pastes));
			if (random.below(100) === 0) controller.resize(sizeOf());
			if (random.below(4) === 0) session.step();
			if (random.below(200) === 0) void ask(session);
			// React draws when it has its turn, after each tenth key; the terminal is written to after each 50th.
			if (pressed % 10 === 0) await Promise.resolve();
			if (pressed % 50 === 0) await settle();
			const told = controller.getSnapshot().ui.notice?.text ?? '';
			expect(told).not.toContain('bug of meshboard');
			expect(undrawn).not.toHaveBeenCalled();
			expectNoneLost(session.runs.getSnapshot(), known);
			visited.add(screenOf(ui));
			if (over) return pressed;
		}
		return most;
	} finally {
		// Whatever became of the screens, what was under way comes to an end, and the summary tells of all.
		while (session.step());
		expectNoneLost(session.runs.getSnapshot(), known);
		expect(session.runs.getSnapshot().filter(({status}) => status === 'running')).toEqual([]);
		expect(controller.runs().map(({run}) => run.id)).toEqual([...known.keys()]);
		started += known.size;
		close();
	}
}

/** Every run that was ever seen is there, for the same target. */
function expectNoneLost(
	runs: ReadonlyArray<{readonly id: string; readonly target: string}>,
	known: Map<string, string>,
) {
	for (const {id, target} of runs) if (!known.has(id)) known.set(id, target);
	expect(runs.map(({id, target}) => [id, target])).toEqual([...known]);
}

/** A question of a run, as for a host key or a passphrase. */
async function ask({prompts}: ReturnType<typeof createFakeSession>): Promise<void> {
	const secret = random.below(2) === 0;
	await prompts.ask({
		kind: secret ? 'secret' : 'confirm',
		id: `q${random.below(1000)}`,
		title: 'Passphrase of the key?',
	});
}

function sizeOf() {
	const [columns, rows] = random.of([
		[80, 24],
		[120, 40],
		[200, 60],
		[60, 20],
		[1, 1],
		[40, 10],
		[39, 9],
	] as const);
	return {columns, rows};
}

test(`${count} random keys, seed ${seed}`, {timeout: 600_000}, async () => {
	let sittings = 0;
	for (let left = count; left > 0; sittings++)
		left -= await sitting(left).catch((error: Error) => expect.fail(`MONKEY_SEED=${seed}: ${error.stack}`));
	expect({sittings, started, visited: visited.size}, 'too little was reached to prove anything').toSatisfy(
		() => sittings > 3 && started > 5 && visited.size > 5,
	);
});
