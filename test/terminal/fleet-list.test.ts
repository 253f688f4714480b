import fc from 'fast-check';
import {afterEach, describe, expect, it} from 'vitest';
import {sortColumns} from '../../source/fleet/order.ts';
import type {FleetRow} from '../../source/fleet/row.ts';
import {compareRows} from '../../source/fleet/sorted-rows.ts';
import type {Examined} from '../../source/onboarding/doctor/examination.ts';
import type {RunState} from '../../source/onboarding/run.ts';
import {fieldOf} from '../../source/terminal/input/text-field.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {fitColumns, itemLine} from '../../source/terminal/screens/fleet/table.ts';
import {causesOf} from '../../source/terminal/state/causes.ts';
import {listOf, locate} from '../../source/terminal/state/list-state.ts';
import {shownItems} from '../../source/terminal/state/look.ts';
import {press} from '../../source/terminal/state/press.ts';
import {fleetHeight, itemUnder} from '../../source/terminal/state/reduce-fleet.ts';
import {initialUi, type Ui} from '../../source/terminal/state/ui.ts';
import type {World} from '../../source/terminal/state/world.ts';
import {lineWidth} from '../../source/terminal/text/line.ts';
import {defaultGlyphs} from '../../source/terminal/theme.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {entryNamed} from '../helpers/target.ts';
import {newProxy, soundProxy, stuckProxy} from './examined.ts';
import {createFakeSession} from './fake-session.ts';
import {manyRows, someRows} from './some-rows.ts';

function worldOf(rows: readonly FleetRow[], runs: readonly RunState[] = []): World {
	return {
		link: {kind: 'ready', context: 'kind-lab', server: '', namespaces: []},
		fleet: {rows, state: {kind: 'live'}, complete: true},
		times: new Map(),
		fresh: new Set(),
		runs,
		broken: [],
		question: undefined,
		examined: new Map(),
		raised: new Map(),
		profiles: [],
		keymap,
		contexts: [],
		history: [],
		output: () => undefined,
		size: {columns: 100, rows: 14},
		now: 1_000_000,
		readOnly: false,
		version: '0.1.0',
		canConnect: true,
		canSetUp: true,
		kept: true,
		offersDemo: true,
		tour: undefined,
	};
}

const states = ['synced', 'stale', 'rejected', 'absent', 'unknown'] as const;
const anyRow = fc
	.record({
		name: fc.stringMatching(/^[a-e]{1,2}$/),
		namespace: fc.constantFrom('a', 'b', 'c'),
		network: fc.constantFrom('', 'n1', 'n2'),
		state: fc.constantFrom(...states),
	})
	.map(
		({name, namespace, network, state}): FleetRow => ({
			ref: `${name}.${namespace}`,
			entry: entryNamed(name, namespace, {network}),
			proxy: {state, detail: ''},
		}),
	);
const anyRows = fc.uniqueArray(anyRow, {selector: ({ref}) => ref, minLength: 1, maxLength: 40});
const keys = fc.array(
	fc.constantFrom(
		'/',
		'a',
		'backspace',
		'j',
		'k',
		'G',
		'g',
		'2',
		'pgdn',
		'pgup',
		'>',
		'<',
		'I',
		'b',
		'space',
		'enter',
		'esc',
	),
	{
		maxLength: 25,
	},
);
const filters = fc.constantFrom('', 'a', '!d', '-f bc', '/^n/', 'synced');

function pressAll(path: readonly string[], world: World, from: Ui = initialUi()): Ui {
	return path.reduce((ui, key) => press(ui, key === ' ' ? 'space' : key, world).ui, from);
}
const sorted = (rows: readonly FleetRow[]) => rows.toSorted(compareRows);
const viewOf = (ui: Ui, world: World) => {
	const items = shownItems(ui, world);
	return {
		items,
		...locate(
			ui.fleet.list,
			listOf(items, ({ref}) => ref, ui.fleet.list.index),
			fleetHeight(ui, world),
		),
	};
};

describe('the selection', () => {
	it('stays on its entry, on its line while there is room, whatever the watch brings, in any order and grouping', () => {
		fc.assert(
			fc.property(anyRows, anyRows, keys, filters, (rows, news, path, text) => {
				const before = worldOf(sorted(rows));
				const ui = pressAll(['/', ...text, 'enter', ...path], before);
				// Nobody has moved: then the cursor is on the first line, whichever that is.
				fc.pre(ui.fleet.list.key !== undefined);
				const was = viewOf(ui, before);
				const under = was.items[was.index];
				fc.pre(under !== undefined);
				const known = rows.filter(({ref}) => ref === under?.ref);
				const others = news.filter(({ref}) => ref !== under?.ref);
				const after = worldOf(sorted([...others, ...known]));
				const now = viewOf(ui, after);
				// A group may be gone with its last entry.
				fc.pre(now.items.some(({ref}) => ref === under?.ref));
				expect(now.items[now.index]?.ref).toBe(under?.ref);
				const isFree = now.top > 0 && now.top < now.items.length - fleetHeight(ui, after);
				if (isFree) expect(now.index - now.top).toBe(was.index - was.top);
			}),
			{numRuns: 400},
		);
	});

	it('is on a line that there is, and keys are for what is shown there', () => {
		fc.assert(
			fc.property(anyRows, keys, filters, (rows, path, text) => {
				const world = worldOf(sorted(rows));
				const ui = pressAll(path, world, {...initialUi(), fleet: {...initialUi().fleet, filter: fieldOf(text)}});
				const {items, index} = viewOf(ui, world);
				expect(itemUnder(ui, world)).toBe(items[index]);
				expect(index === -1).toBe(items.length === 0);
			}),
		);
	});
});

it('the cursor comes back to its entry when a filter that hid it is cleared while it is typed', () => {
	const world = worldOf(someRows());
	const typed = pressAll(['j', 'j', '/', ...'details'], world);
	expect(itemUnder(typed, world)?.ref).toBe('details-vm.bookinfo');
	expect(itemUnder(pressAll(['esc'], world, typed), world)?.ref).toBe('ratings-vm.bookinfo');
	expect(itemUnder(pressAll(['enter', 'esc'], world, typed), world)?.ref).toBe('details-vm.bookinfo');
});

describe('marks', () => {
	it('survive every filter, order and grouping', () => {
		fc.assert(
			fc.property(anyRows, keys, fc.array(filters, {maxLength: 4}), (rows, path, texts) => {
				const world = worldOf(sorted(rows));
				const marked = pressAll(['space', 'j', 'space'], world);
				let ui = marked;
				for (const text of texts) {
					ui = {...ui, fleet: {...ui.fleet, filter: fieldOf(text)}};
					ui = pressAll(
						path.filter((key) => !['space', 'esc'].includes(key)),
						world,
						ui,
					);
				}
				expect(ui.fleet.marks).toEqual(marked.fleet.marks);
			}),
		);
	});

	it('of a whole group are set and taken away at its heading', () => {
		const world = worldOf(someRows());
		const grouped = pressAll(['b', 'space'], world);
		expect(grouped.fleet.marks.size).toBe(5);
		expect(pressAll(['home', 'space'], world, grouped).fleet.marks.size).toBe(0);
	});
});

describe('the order', () => {
	it('goes through all columns and back to that of the list', () => {
		const world = worldOf(someRows());
		const orders = sortColumns.map(
			(_, at) =>
				pressAll(
					Array.from({length: at + 1}, () => '>'),
					world,
				).fleet.order?.column,
		);
		expect(orders).toEqual([...sortColumns]);
		expect(pressAll([...sortColumns.map(() => '>'), '>'], world).fleet.order).toBeUndefined();
		expect(pressAll(['<'], world).fleet.order).toEqual({column: 'age', descending: false});
		expect(pressAll(['>', '>', 'I'], world).fleet.order).toEqual({column: 'name', descending: true});
	});
});

describe('the columns', () => {
	it('fit the width in every order', () => {
		const column = fc.constantFrom(undefined, ...sortColumns);
		fc.assert(
			fc.property(anyRows, fc.integer({min: 39, max: 200}), column, (rows, width, order) => {
				const fitted = fitColumns(rows, width, order);
				const total = fitted.reduce((sum, each) => sum + each.width + 2, 2);
				expect(total).toBeLessThanOrEqual(Math.max(width, 20));
				expect(fitted.map(({id}) => id)).toContain('name');
			}),
		);
	});
});

it('a cause is what was found last of an entry, by its run or by the doctor, until one goes well', async () => {
	const session = createFakeSession({failing: ['ratings-vm.bookinfo']});
	session.runs.start(await session.plan(['ratings-vm.bookinfo'], {task: 'onboard', prepare: false, force: false}));
	while (session.step());
	const runs = session.runs.getSnapshot();
	const ended = Date.parse(runs[0]?.updatedAt ?? '');
	const seen = (...examined: readonly Examined[]) => [
		...causesOf({runs, examined: new Map(examined.map((one) => [one.target, one]))}),
	];
	const causes = causesOf({runs, examined: new Map()});
	const [ratings, reviews] = ['ratings-vm.bookinfo', 'reviews-vm.bookinfo'];
	expect([...causes]).toEqual([[ratings, 'vm.disk-unwritable']]);
	expect(causesOf({runs: [...runs], examined: new Map()})).toBe(causes);
	expect(seen(stuckProxy(ratings, {lookedAt: ended - 1}), newProxy(ratings))).toEqual([...causes]);
	expect(seen(stuckProxy(ratings, {lookedAt: ended + 1}), stuckProxy(reviews, {lookedAt: 1}))).toEqual([
		[ratings, 'token.expired'],
		[reviews, 'token.expired'],
	]);
	expect(seen(soundProxy(ratings, {lookedAt: ended + 1}))).toEqual([]);
});

describe('on the screen', () => {
	let shown: Shown | undefined;
	afterEach(() => shown?.close());

	it('the sorted column tells its direction, and groups have headings with their number', async () => {
		shown = await show({columns: 80, rows: 24}, createFakeSession());
		const {screen, type, waitFor} = shown;
		await waitFor('details-vm');
		await type('>>');
		expect(screen.text()).toMatch(/NAMESPACE {2}NAME↑ +ADDRESS/);
		expect(screen.lines().at(-1)).toBe('Sorted by name.');
		await type('I');
		expect(screen.lines().at(-1)).toBe('Sorted by name, the other way round.');
		expect(screen.text()).toMatch(/NAME↓[\s\S]*reviews-v2-vm[\s\S]*reviews-v1-vm[\s\S]*details-vm/);
		await type('bbb');
		expect(screen.lines().at(-1)).toBe('Sorted by name, the other way round; grouped by state.');
		expect(screen.text()).toMatch(/▾ proxy rejected {2}1\n +bookinfo +ratings-vm[\s\S]*▾ proxy synced {2}1/);
		expect(screen.lines()[0]).toMatch(/ 5 entries$/);
		await type('gg\r');
		expect(screen.text()).toMatch(/▸ {3}▹ proxy rejected {2}1\n {4}▾ proxy stale/);
	});

	it('ten thousand entries are grouped at once, and one group is opened alone', async () => {
		shown = await show({columns: 120, rows: 24}, createFakeSession({rows: manyRows(10_000)}));
		const {screen, type, waitFor} = shown;
		await waitFor('vm-00000');
		await type(':group namespace\r');
		expect(screen.text()).toContain('▾ namespace team-00  500');
		// Beside the list stands how the group is.
		expect(screen.text()).toMatch(/team-00 500 entries/);
		expect(screen.text()).toMatch(/72 +▲ stale/);
	});

	it('what changes flashes once', async () => {
		shown = await show({columns: 80, rows: 24}, createFakeSession());
		const {controller, session, waitFor, settle} = shown;
		await waitFor('ratings-vm');
		const fresh = () => [...controller.getSnapshot().world.fresh];
		expect(fresh()).toEqual([]);
		const {rows, ...rest} = session.fleet.getSnapshot();
		const change = (state: FleetRow['proxy']['state']) =>
			session.fleet.set({
				...rest,
				rows: rows.map((row) => (row.entry.name === 'ratings-vm' ? {...row, proxy: {state, detail: ''}} : row)),
			});
		change('synced');
		await waitFor(/ratings-vm.*● synced/);
		expect(fresh()).toEqual(['ratings-vm.bookinfo']);
		const [row] = rows;
		if (row === undefined) throw new Error('no row');
		const look = {cursor: false, marked: false, fresh: true, now: 0, width: 79, glyphs: defaultGlyphs};
		const line = itemLine(row, fitColumns(rows, 80), look);
		expect(line.every(({bold}) => bold === true)).toBe(true);
		for (const end = Date.now() + 5000; fresh().length > 0 && Date.now() < end; ) await settle();
		expect(fresh()).toEqual([]);
	});

	it('the line of the cursor stands out from one end to the other', () => {
		const rows = someRows();
		const [row] = rows;
		if (row === undefined) throw new Error('no row');
		const look = {cursor: true, marked: false, fresh: false, now: 0, width: 199, glyphs: defaultGlyphs};
		const line = itemLine(row, fitColumns(rows, 199), look);
		expect(lineWidth(line)).toBe(199);
		expect(line.every(({inverse}) => inverse === true)).toBe(true);
	});

	it('the title tells the way, and the footer what a chord may become', async () => {
		shown = await show({columns: 80, rows: 24}, createFakeSession());
		const {screen, type, waitFor} = shown;
		await waitFor('details-vm');
		expect(screen.lines()[0]).toMatch(/^meshboard kind-lab · all namespaces · ● live/);
		await type('p?');
		expect(screen.lines()[0]).toMatch(/^meshboard kind-lab · fleet › profiles › help · ● live/);
		await type('\x1b');
		await type('3g');
		expect(screen.lines().at(-1)).toMatch(
			/^3g… {2}g to the beginning {2}f to the fleet {2}r to the runs {2}p to the profiles/,
		);
		await type('f');
		expect(screen.lines()[0]).toMatch(/all namespaces/);
	});
});
