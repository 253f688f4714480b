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

	it.each([
		['escape sequences', '\x1b[2J\x1b]52;c;aGk=\x07x'],
		['line breaks and tabs', 'a\nb\tc'],
		['wide characters', '日本語 한국 ｶﾅ'],
		['emoji', '👍✅⚠️❤️🫶'],
		['skin tones and keycaps', '👍🏽1️⃣☝🏿'],
		['families and flags', '👩‍👩‍👧‍👦🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
		['combining marks', 'e\u0301\u0302\u0303Z\u0335\u0336ͤ'],
		['what turns the direction', '\u202eabc\u202c \u2067שלום\u2069'],
		['what cannot be seen', 'a\u200b\u00adb\ufeffc'],
		['half of a pair', '\ud83d x'],
	])('breaks no border when objects hold %s', async (_what, text) => {
		const long = text.repeat(30);
		const rows = someRows().map((row) => ({
			...row,
			entry: {
				...row.entry,
				network: text,
				address: `${text}.example`,
				serviceAccount: long,
				specLabels: {[text]: long, app: text},
				annotations: {note: long},
			},
			proxy: {...row.proxy, detail: text},
		}));
		const {screen, session, settle, waitFor} = await start({columns: 120, rows: 40}, {rows});
		await waitFor('details-vm');
		await settle();
		// The divider between the list and the detail stands in one column on every line.
		expect(new Set(columnsOf(screen, '│').map((columns) => columns.at(-1))).size).toBe(1);
		void session.prompts.ask({kind: 'confirm', id: 'q', title: text, detail: `${long}\n${text}`});
		await waitFor('y yes');
		await settle();
		// The sides of the box stand below its corners.
		const top = columnsOf(screen, '╮').findIndex((columns) => columns.length > 0);
		const bottom = columnsOf(screen, '╯').findIndex((columns) => columns.length > 0);
		const corners = ['╭', '╮'].flatMap((corner) => columnsOf(screen, corner)[top] ?? []);
		expect(bottom - top).toBeGreaterThan(4);
		for (const columns of columnsOf(screen, '│').slice(top + 1, bottom))
			expect(columns).toEqual(expect.arrayContaining(corners));
	});

	/** Where a sign stands, line by line, of those between title and footer. */
	function columnsOf({terminal}: Awaited<ReturnType<typeof start>>['screen'], sign: string): readonly number[][] {
		return Array.from({length: terminal.rows - 2}, (_, row) => {
			const cells = terminal.buffer.active.getLine(row + 1);
			return Array.from({length: terminal.cols}, (__, x) => x).filter((x) => cells?.getCell(x)?.getChars() === sign);
		});
	}

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

	it('tells the field of a profile that is typed in by a sign, not by colour alone', async () => {
		const {type, waitFor} = await start(small);
		await waitFor('details-vm');
		await type('p');
		await type('n');
		await waitFor(/^▸ name/m);
		await type('\t');
		await waitFor(/^ {2}name.*^▸ kubeconfig/ms);
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
