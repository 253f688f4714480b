import {afterEach, describe, expect, it} from 'vitest';
import type {Size} from '../helpers/screen.ts';
import {type Shown, show} from '../helpers/show.tsx';
import {createFakeSession, type FakeOptions} from './fake-session.ts';

let shown: Shown | undefined;
afterEach(() => {
	shown?.close();
	shown = undefined;
});

async function start(size: Size, options: FakeOptions = {}, more: Parameters<typeof show>[2] = {}): Promise<Shown> {
	shown = await show(size, createFakeSession(options), more);
	return shown;
}

describe('several runs', () => {
	const refs = ['details-vm.bookinfo', 'productpage-vm.bookinfo', 'ratings-vm.bookinfo'];

	async function withRuns(size: Size, options: FakeOptions = {}) {
		const given = await start(size, options);
		await given.waitFor('details-vm');
		for (const _ of refs) await given.type(' ');
		await given.type('o');
		await given.waitFor('can be onboarded');
		await given.type('\r');
		await given.waitFor('3 running');
		for (const [index, ref] of refs.entries()) given.session.print(`run-${index + 1}`, `the output of ${ref}`);
		return given;
	}
	/** In the panes: the last column of the list tells the newest line too. */
	const outputsShown = (lines: readonly string[]) =>
		refs.filter((ref) => lines.some((line) => line.split('│').some((part) => part.startsWith(`the output of ${ref}`))));
	const listed = (lines: readonly string[]) =>
		lines.flatMap((line) => /^. (\d) .*?(\S+-vm)\.bookinfo/.exec(line)?.slice(1, 3).join(' ') ?? []);

	it('those that failed float up, and the one in focus stays in focus', async () => {
		const {screen, session, waitFor} = await withRuns({columns: 120, rows: 40}, {failing: ['ratings-vm.bookinfo']});
		expect(listed(screen.lines())).toEqual(['1 details-vm', '2 productpage-vm', '3 ratings-vm']);
		while (session.step());
		await waitFor('1 failed');
		expect(listed(screen.lines())).toEqual(['1 ratings-vm', '2 details-vm', '3 productpage-vm']);
		expect(screen.lines().find((line) => line.startsWith('▸'))).toContain('details-vm');
	});

	it('two of them have all the room, though four were asked for', async () => {
		const {screen, type, waitFor} = await start({columns: 120, rows: 40});
		await waitFor('details-vm');
		for (const keys of [' ', ' ', 'o']) await type(keys);
		await waitFor('can be onboarded');
		await type('\r');
		await waitFor('2 running');
		await type('vv');
		expect(screen.lines().at(-2)).toContain('│');
	});

	it('show their outputs in one, two or four panes, as far as there is room', async () => {
		const {screen, type, waitFor} = await withRuns({columns: 120, rows: 40});
		await waitFor('the output of details-vm');
		expect(outputsShown(screen.lines())).toEqual(refs.slice(0, 1));
		await type('v');
		expect(outputsShown(screen.lines())).toEqual(refs.slice(0, 2));
		await type('v');
		expect(outputsShown(screen.lines())).toEqual(refs);
		await type('z');
		expect(outputsShown(screen.lines())).toEqual(refs.slice(0, 1));
		await type('z');
		await type('v');
		expect(outputsShown(screen.lines())).toEqual(refs.slice(0, 1));
	});

	it('keep their panes in place while the focus moves among them', async () => {
		const {screen, type, waitFor} = await withRuns({columns: 120, rows: 40});
		await waitFor('the output of details-vm');
		await type('v');
		const before = screen.lines().slice(6, 38);
		await type('2');
		expect(screen.lines().slice(6, 38)).toEqual(before);
		await type('3');
		expect(outputsShown(screen.lines())).toEqual(refs.slice(2));
	});

	it('say so where there is no room for a second pane', async () => {
		const {type, waitFor} = await withRuns({columns: 60, rows: 12});
		await type('v');
		await waitFor('There is no room for a second pane');
	});

	it('show the time of a line, and a line under what there is, when asked', async () => {
		const {screen, type, waitFor} = await withRuns({columns: 120, rows: 40});
		await waitFor('the output of details-vm');
		await type('t');
		expect(screen.text()).toMatch(/^\d\d:\d\d:\d\d the output of details-vm/m);
		await type('M');
		await waitFor('──────── 04:07:31 ────────');
		await type('t');
		expect(screen.text()).toMatch(/^the output of details-vm/m);
	});
});

describe('what is copied', () => {
	it('is what the pane shows, or the commands as they were run', async () => {
		const copied: string[] = [];
		const given = await start({columns: 120, rows: 40}, {}, {copy: (text) => copied.push(text)});
		const {session, type, waitFor} = given;
		await waitFor('details-vm');
		await type('o');
		await waitFor('can be onboarded');
		await type('\r');
		await waitFor('1 running');
		session.print('run-1', 'one line');
		session.print('run-1', 'another');
		await waitFor('another');
		await type('y');
		expect(copied).toEqual(['one line\nanother\n']);
		await type('\r');
		await type('y');
		await waitFor('details-vm.bookinfo has run no command yet.');
		while (session.step());
		await type('y');
		expect(copied.at(-1)).toBe(
			'# Pull the proxy image\n# on istio-proxy@10.128.0.2\ndocker pull docker.io/istio/proxyv2:1.31.0\n',
		);
	});
});
