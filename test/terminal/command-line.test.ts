import fc from 'fast-check';
import {afterEach, describe, expect, it} from 'vitest';
import {commands} from '../../source/terminal/command-table.ts';
import {fieldOf} from '../../source/terminal/input/text-field.ts';
import {keymap} from '../../source/terminal/keymap.ts';
import {complete, emptyCommandLine, offersFor, recall} from '../../source/terminal/state/command-line.ts';
import type {Effect} from '../../source/terminal/state/effect.ts';
import {press} from '../../source/terminal/state/press.ts';
import {initialUi, type Ui} from '../../source/terminal/state/ui.ts';
import type {World} from '../../source/terminal/state/world.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeSession} from './fake-session.ts';
import {manyRows} from './some-rows.ts';

const session = createFakeSession({interrupted: ['old-vm.bookinfo']});
const world: World = {
	link: {kind: 'ready', context: 'kind-lab', server: '', namespaces: []},
	fleet: session.fleet.getSnapshot(),
	fresh: new Set(),
	runs: [],
	times: new Map(),
	broken: await session.runs.interrupted(),
	question: undefined,
	examined: new Map(),
	raised: new Map(),
	profiles: session.profiles.list(),
	keymap,
	contexts: ['kind-lab', 'staging', 'production'],
	history: ['ns bookinfo', 'check ratings-vm'],
	output: () => undefined,
	size: {columns: 100, rows: 30},
	now: 1_000_000,
	readOnly: false,
	version: '0.1.0',
	canConnect: true,
	canSetUp: true,
	kept: true,
	offersDemo: true,
	tour: undefined,
};

/** What keys do, from the fleet. */
function typeKeys(keys: readonly string[], where: World = world, from: Ui = initialUi()) {
	const effects: Effect[] = [];
	let ui = from;
	for (const key of keys) {
		const step = press(ui, key === ' ' ? 'space' : key, where);
		effects.push(...step.effects);
		ui = step.ui;
	}
	return {ui, effects: effects.filter(({kind}) => kind !== 'remember'), remembered: effects};
}
const command = (line: string, where: World = world, from?: Ui) => typeKeys([':', ...line, 'enter'], where, from);
const typed = (keys: readonly string[], where?: World) => typeKeys([':', ...keys], where).ui.command?.field.text;

describe('a command', () => {
	it.each<[string, object]>([
		['check ratings-vm', {kind: 'plan', refs: ['ratings-vm.bookinfo'], options: {task: 'check'}}],
		['check', {kind: 'plan', refs: ['details-vm.bookinfo']}],
		['offboard details-vm.bookinfo ratings-vm', {kind: 'plan', refs: ['details-vm.bookinfo', 'ratings-vm.bookinfo']}],
		['ctx staging', {kind: 'relink', change: {context: 'staging'}}],
		['ctx default', {kind: 'use-profile', name: 'default'}],
		['profile default', {kind: 'use-profile', name: 'default'}],
		['create sidecar', {kind: 'look-around', namespace: 'bookinfo'}],
		['q', {kind: 'quit'}],
	])(':%s', (line, effect) => {
		expect(command(line).effects).toMatchObject([effect]);
	});

	it.each<[string, Partial<Ui>]>([
		['profiles', {stack: ['fleet', 'profiles']}],
		['resume', {stack: ['fleet', 'broken']}],
		['fleet', {stack: ['fleet']}],
		['help', {help: 0}],
	])(':%s shows its screen', (line, shown) => {
		const {ui, effects} = command(line);
		expect(effects).toEqual([]);
		expect(ui).toMatchObject({command: undefined, ...shown});
	});

	it.each([
		['chekc ratings-vm', 'There is no command :chekc; did you mean :check?'],
		['xyzzy', 'There is no command :xyzzy; tab shows which there are.'],
		['ns', 'It is written :ns NAME|all.'],
		['ns No_Such', 'No namespace can be named "No_Such".'],
		['ctx stagin', 'The kubeconfig has no context "stagin", and no profile is named so; did you mean staging?'],
		['check ratings-wm', 'There is no entry "ratings-wm"; did you mean ratings-vm?'],
		['runs', 'No runs yet: mark entries with space, then o.'],
		['create pod', ':create makes entry, sidecar, service, group, not "pod".'],
		['quit now', 'It is written :quit.'],
	])('that cannot be done says why: %s', (line, sentence) => {
		const {ui, effects, remembered} = command(line);
		expect(ui.notice?.text).toBe(sentence);
		expect(effects).toEqual([]);
		// The arrow brings it back, to be mended.
		expect(remembered).toEqual([{kind: 'remember', line}]);
	});

	it('with a name that two namespaces have asks which', () => {
		const [row] = manyRows(1);
		if (row === undefined) throw new Error('no row');
		const twin = {...row, ref: 'vm-00000.other', entry: {...row.entry, namespace: 'other'}};
		const two = {...world, fleet: {...world.fleet, rows: [row, twin]}};
		expect(command('check vm-00000', two).ui.notice?.text).toBe(
			'2 entries are named vm-00000: write vm-00000.team-00, or vm-00000.other.',
		);
		expect(command('check vm-00000.other', two).effects).toMatchObject([{refs: ['vm-00000.other']}]);
	});

	it('shows one namespace of those that are listed, and reads others anew', () => {
		const seen = command('ns payments').ui;
		expect(seen.fleet.namespace).toBe('payments');
		expect(command('ns all', world, seen).ui.fleet.namespace).toBeUndefined();
		const few: World = {...world, link: {kind: 'ready', context: '', server: '', namespaces: ['bookinfo']}};
		expect(command('ns payments', few).effects).toEqual([{kind: 'relink', change: {namespaces: ['payments']}}]);
		expect(command('ns all', few).effects).toEqual([{kind: 'relink', change: {namespaces: []}}]);
		expect(command('ns payments', {...few, canConnect: false}).ui.notice?.text).toContain('meshboard -n payments');
	});

	it('takes no other cluster while runs are under way', async () => {
		session.runs.start(await session.plan(['ratings-vm.bookinfo'], {task: 'onboard', prepare: false, force: false}));
		const busy = {...world, runs: session.runs.getSnapshot()};
		for (const line of ['ctx staging', 'profile default']) {
			const {ui, effects} = command(line, busy);
			expect(effects).toEqual([]);
			expect(ui.notice?.text).toContain('Runs are under way');
		}
	});

	it('that needs a session says so before there is one', () => {
		const none: World = {...world, link: {kind: 'connecting', context: ''}};
		expect(command('check ratings-vm', none).ui.notice?.text).toContain('needs a connection');
		expect(command('ctx staging', none).effects).toHaveLength(1);
	});

	it('has one name for itself alone', () => {
		const names = commands.flatMap((each) => each.names);
		expect(names).toHaveLength(new Set(names).size);
	});
});

describe('completion', () => {
	it('goes through what fits, forwards and back, and takes what stands alone', () => {
		expect(typed(['c', 'tab'])).toBe('ctx');
		expect(typed(['c', 'tab', 'tab'])).toBe('check');
		expect(typed(['c', 'tab', 'tab', 'shift+tab'])).toBe('ctx');
		expect(typed(['o', 'n', 'tab'])).toBe('onboard ');
		expect(typed(['p', 'r', 'o', 'tab'])).toBe('profiles ');
		expect(typed(['p', 'r', 'o', 'right', 'd', 'e', 'right'])).toBe('profiles default ');
		expect(typed([...'check rat', 'tab'])).toBe('check ratings-vm.bookinfo ');
		expect(typed([...'check ratings-vm.bookinfo rev', 'tab'])).toBe('check ratings-vm.bookinfo reviews-v1-vm.bookinfo');
		expect(typed([...'ns b', 'tab', 'tab'])).toBe('ns bookinfo ');
		expect(typed(['x', 'y', 'tab'])).toBe('xy');
	});

	it('offers what goes on from the text, then what holds it, and never more than is there', () => {
		const words = fc.uniqueArray(fc.stringMatching(/^[a-c]{1,4}$/), {maxLength: 30});
		fc.assert(
			fc.property(words, fc.stringMatching(/^[A-Ca-c]{0,3}$/), (all, text) => {
				const offered = offersFor(text, all);
				const fits = all.filter((word) => word.includes(text.toLowerCase()));
				expect(offered.toSorted()).toEqual(fits.toSorted());
				const firsts = offered.map((word) => word.startsWith(text.toLowerCase()));
				expect(firsts).toEqual(firsts.toSorted((a, b) => Number(b) - Number(a)));
			}),
		);
	});

	it('comes back to where it began after a round', () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), {minLength: 2, maxLength: 9}), (words) => {
				const offer = () => ({start: 0, words});
				let line = complete(emptyCommandLine, offer, 1);
				const first = line.field.text;
				for (let count = 0; count < words.length; count += 1) line = complete(line, offer, 1);
				expect(line.field.text).toBe(first);
				expect(complete(complete(line, offer, 1), offer, -1).field.text).toBe(first);
			}),
		);
	});
});

describe('the history', () => {
	it('goes back and forth, and ends with what was typed', () => {
		const keys = [':', ...'ru'];
		expect(typeKeys([...keys, 'up']).ui.command?.field.text).toBe('check ratings-vm');
		expect(typeKeys([...keys, 'up', 'up', 'up']).ui.command?.field.text).toBe('ns bookinfo');
		expect(typeKeys([...keys, 'up', 'up', 'down', 'down', 'down']).ui.command?.field.text).toBe('ru');
		expect(typeKeys([...keys, 'up'], {...world, history: []}).ui.command?.field.text).toBe('ru');
	});

	it('never loses what was typed', () => {
		const moves = fc.array(fc.constantFrom(1 as const, -1 as const), {maxLength: 20});
		fc.assert(
			fc.property(fc.array(fc.string({minLength: 1}), {maxLength: 8}), fc.string(), moves, (lines, text, path) => {
				let line = {...emptyCommandLine, field: fieldOf(text)};
				for (const by of path) line = recall(line, lines, by);
				for (let count = 0; count <= lines.length; count += 1) line = recall(line, lines, -1);
				expect(line.field.text).toBe(text);
			}),
		);
	});
});

describe('on the screen', () => {
	let shown: Shown | undefined;
	afterEach(() => shown?.close());

	it('what fits stands beside what is typed, and a sentence where nothing does', async () => {
		shown = await show({columns: 80, rows: 24}, createFakeSession(), {contexts: async () => ['staging']});
		const {screen, type, waitFor} = shown;
		await waitFor('details-vm');
		await type(':c');
		expect(screen.lines().at(-1)).toMatch(/^:c {3}ctx {2}check {2}create/);
		await type('tx ');
		expect(screen.lines().at(-1)).toMatch(/^:ctx {4}staging/);
		await type('\x1b');
		await type(':nonsense\r');
		expect(screen.lines().at(-1)).toBe('There is no command :nonsense; tab shows which there are.');
		await type(':\x1b[A');
		expect(screen.lines().at(-1)).toMatch(/^:nonsense/);
	});

	it('another namespace is shown with its name in the title', async () => {
		shown = await show({columns: 80, rows: 24}, createFakeSession({rows: manyRows(1000)}));
		const {screen, type, waitFor} = shown;
		await waitFor('vm-00000');
		await type(':ns team-01\r');
		expect(screen.lines()[0]).toMatch(/^meshboard kind-lab · team-01 · .* 500 of 1000 entries$/);
		await type(':ns nobody\r');
		expect(screen.text()).toContain('There is no WorkloadEntry in nobody.');
	});
});
