import {afterEach, describe, expect, it} from 'vitest';
import {UserError} from '../../source/errors.ts';
import type {Size} from '../helpers/screen.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeSession, type FakeOptions} from './fake-session.ts';
import {muchFound} from './much-found.ts';
import {manyRows, someRows} from './some-rows.ts';
import {walk} from './walk.ts';

let shown: Shown | undefined;
afterEach(() => {
	shown?.close();
	shown = undefined;
});

async function start(size: Size, options: FakeOptions = {}, more: Parameters<typeof show>[2] = {}): Promise<Shown> {
	shown = await show(size, createFakeSession(options), more);
	return shown;
}

const small: Size = {columns: 80, rows: 24};
const sizes: readonly Size[] = [
	small,
	{columns: 120, rows: 40},
	{columns: 60, rows: 20},
	{columns: 200, rows: 60},
	{columns: 40, rows: 10},
];

describe.each(sizes)('at $columns×$rows', (size) => {
	it.each(walk)('%s fills the screen and nothing more', async (_, keys, seen) => {
		const {screen, type, waitFor} = await start(
			size,
			{interrupted: ['old-vm.bookinfo']},
			{
				setUp: {home: '/home/me', given: {}, survey: async () => muchFound},
				connect: async () => createFakeSession(),
			},
		);
		await waitFor(size.columns < 60 ? 'meshboard' : 'live');
		for (const each of keys) await type(each);
		if (size.columns >= 60) await waitFor(seen);
		const lines = screen.lines();
		expect(screen.isAlternate()).toBe(true);
		expect(screen.terminal.buffer.active.baseY, 'the screen scrolled').toBe(0);
		expect(lines[0]).toMatch(/^meshboard kind-lab/);
		expect(lines.at(-1), 'keys at the bottom').toMatch(/\S/);
		// The last column stays free, and what is cut there says so.
		for (const line of lines) expect(line.length).toBeLessThan(size.columns);
	});
});

describe('the fleet', () => {
	it('says that it connects before there is a session, then shows the list', async () => {
		const late = Promise.withResolvers<ReturnType<typeof createFakeSession>>();
		const session = createFakeSession();
		shown = await show(small, session, {});
		shown.close();
		shown = await show(small, Object.assign(late.promise, session));
		expect(shown.screen.text()).toContain('connecting to kind-lab…');
		late.resolve(session);
		await shown.waitFor('details-vm');
	});

	it('tells every proxy state by a word', async () => {
		const {screen, waitFor} = await start(small);
		await waitFor('details-vm');
		for (const word of ['● synced', '▲ stale', '✗ rejected', '○ absent', '? unknown'])
			expect(screen.text()).toContain(word);
	});

	it('keeps the cursor on its entry, on its line, when news comes above it', async () => {
		const rows = manyRows(200);
		const {screen, session, type, waitFor, settle} = await start(small, {rows: rows.slice(50)});
		await waitFor('vm-00050');
		await type('jjjjj');
		const at = () => screen.lines().findIndex((line) => line.startsWith('▸'));
		const line = at();
		expect(screen.lines()[line]).toContain('vm-00055');
		session.fleet.set({rows, state: {kind: 'live'}, complete: true});
		await waitFor(/ 200 entries$/m);
		await settle();
		expect(at()).toBe(line);
		expect(screen.lines()[line]).toContain('vm-00055');
	});

	it('filters while typing, keeps marks that the filter hides, and clears it with esc', async () => {
		const {screen, type, waitFor} = await start(small);
		await waitFor('details-vm');
		await type(' ');
		await type('/ratings-vm');
		expect(screen.text()).not.toContain('details-vm');
		expect(screen.text()).toContain('1 of 5 entries');
		expect(screen.text()).toContain('1 marked');
		await type('zz');
		expect(screen.text()).toContain('Nothing matches "ratings-vmzz" among 5 entries');
		await type('\x1b');
		expect(screen.text()).toContain('✓ bookinfo');
	});

	it.each<[string, Parameters<ReturnType<typeof createFakeSession>['fleet']['set']>[0], RegExp]>([
		[
			'nothing there',
			{rows: [], state: {kind: 'live'}, complete: true},
			/no WorkloadEntry in any namespace of kind-lab/,
		],
		['still reading', {rows: [], state: {kind: 'live'}, complete: false}, /Reading the entries…/],
		[
			'denied',
			{rows: [], state: {kind: 'denied', reason: 'list is forbidden'}, complete: false},
			/list is forbidden.*\n.*meshboard -n/,
		],
		[
			'stale',
			{
				rows: someRows(),
				state: {kind: 'stale', since: new Date(2026, 1, 1, 12, 3, 4), reason: 'refused'},
				complete: true,
			},
			/stale since 12:03:04: refused/,
		],
	])('says what an empty or old list means: %s', async (_, snapshot, words) => {
		const {session, waitFor} = await start(small);
		session.fleet.set(snapshot);
		await waitFor(words);
	});

	it('stays readable when names hold escape sequences, wide characters and line breaks', async () => {
		const [first, ...rest] = someRows();
		if (first === undefined) throw new Error('no row');
		const entry = {...first.entry, network: '\x1b[2J\x1b]52;c;aGk=\x07日本語\nx', address: '例え.example'};
		const {screen, waitFor} = await start({columns: 120, rows: 40}, {rows: [{...first, entry}, ...rest]});
		await waitFor('日本語');
		expect(screen.text()).toMatch(/details-vm .* ● synced/);
		expect(screen.text()).toContain('ratings-vm');
		// The divider stands in the same column on every line.
		const columns = Array.from({length: 30}, (_, row) => {
			const cells = screen.terminal.buffer.active.getLine(row + 2);
			return Array.from({length: 120}, (__, x) => x).findLast((x) => cells?.getCell(x)?.getChars() === '│');
		});
		expect(new Set(columns).size).toBe(1);
	});

	it('puts the details beside the list from 120 columns on', async () => {
		const {screen, waitFor} = await start({columns: 120, rows: 40});
		await waitFor('details-vm');
		expect(screen.text()).toMatch(/details-vm.*│.*address/s);
		expect(screen.text()).toContain('sidecar-bootstrap.istio.io/ssh-user');
		const beside = screen.lines().map((line) => line.split('│')[1]?.trim());
		expect(beside[beside.indexOf('Proxy') - 1], 'a blank line before a heading').toBe('');
	});
});

describe('at the edges', () => {
	it('says that the terminal is too small, and takes no key but those to leave', async () => {
		const {screen, session, type} = await start({columns: 30, rows: 8});
		await type('o\ry');
		expect(screen.lines().join(' ')).toContain('terminal too small (30×8, needs 40×10)');
		expect(session.calls).toEqual([]);
	});

	it.each([60, 61, 70, 71])('shows only keys that it has room for at %i columns', async (columns) => {
		const {screen, type, waitFor} = await start({columns, rows: 20});
		await waitFor('details-vm');
		for (const keys of ['  ', 'o', '\r']) await type(keys);
		await waitFor('2 running');
		expect(screen.lines().at(-1)).toMatch(/ {2}q quit$/);
	});

	it('answers each key of a fast chunk', async () => {
		const {screen, type, waitFor} = await start(small, {rows: manyRows(50)});
		await waitFor('vm-00000');
		await type('jjjjjkk');
		expect(screen.lines().find((line) => line.startsWith('▸'))).toContain('vm-00003');
	});

	it('says why a key cannot be used', async () => {
		const {type, waitFor} = await start(small);
		await waitFor('details-vm');
		await type('\t');
		await waitFor('No runs yet: mark entries with space, then o.');
		await type('R');
		await waitFor('No run was broken off.');
	});

	it('shows a failed connection with its hint, and connects again', async () => {
		const session = createFakeSession();
		const fault = new UserError({
			code: 'cluster.unreachable',
			message: 'The API server does not answer.',
			hint: 'Is the VPN up?',
			exitCode: 69,
		});
		const failed = Promise.reject<never>(fault);
		shown = await show(small, Object.assign(failed, session), {connect: async () => session});
		await shown.waitFor(/cluster\.unreachable.*The API server does not answer\..*Is the VPN up\?/s);
		await shown.type('r');
		await shown.waitFor('details-vm');
	});

	it('keeps the other keys alive when one of them fails', async () => {
		const {session, type, waitFor} = await start(small);
		await waitFor('details-vm');
		Object.assign(session, {
			plan: () => {
				throw new Error('a bug');
			},
		});
		await type('o');
		await waitFor('This is a bug of meshboard: a bug');
		await type('\x1b');
		await type('p');
		await waitFor('in use');
	});
});
