import {describe, expect, it} from 'vitest';
import {appOfFixture} from '../helpers/start-app.ts';

const startApp = appOfFixture();

/** A colour of the sixteen, of 256 or of 24 bits, before or behind the text. */
const anyColour = /\x1b\[(?:\d+;)*(?:[349][0-7]|10[0-7]|[34]8;)/;

describe('on terminals of all kinds', {timeout: 40_000}, () => {
	it.each([
		['--ascii', {looks: {ascii: true}}, {}],
		['a locale of nothing else', {}, {LANG: 'C', LC_ALL: 'C', LC_CTYPE: 'C'}],
	] as const)('draws nothing but ASCII with %s, boxes and keys too', async (_name, options, env) => {
		const started = startApp({...options, pace: 300}, {env});
		await started.waitFor('+ synced');
		started.type('?');
		await started.waitFor('mark all shown');
		started.type('\x04');
		await started.waitFor(/^ +j down/m);
		started.type('\x1b');
		await started.waitFor('+ synced');
		started.type('o');
		await started.waitFor('can be onboarded');
		started.type('\rq');
		await started.waitFor(/\| Quit while a run is under way\? +\|/);
		await started.waitFor(/^ +\+-{20,}\+$/m);
		started.type('y');
		await started.exited;
		expect(started.raw().match(/[^\x00-\x7f]+/g) ?? []).toEqual([]);
		expect(started.screen.text()).toContain('cancelled');
	});

	it('says on a dumb terminal what to use instead, and draws nothing', async () => {
		const started = startApp({}, {env: {TERM: 'dumb'}});
		await started.exited;
		expect(started.raw()).toContain('This terminal (TERM=dumb) cannot move its cursor, which the screens need.');
		expect(started.raw()).not.toContain('\x1b');
	});

	it('reads out on a dumb terminal what is new, in lines that only grow', async () => {
		const started = startApp(
			{looks: {screenReader: true}, pace: 200, failing: ['details-vm.bookinfo']},
			{env: {TERM: 'dumb'}, columns: 110, rows: 200},
		);
		/** What is printed from a key on, until these words. */
		const toldAfter = async (keys: string, words: string) => {
			const from = started.raw().length;
			started.type(keys);
			await started.waitFor(() => started.raw().slice(from).includes(words));
			return started.raw().slice(from).trim().split('\r\n');
		};
		await started.waitFor('q quit');
		await started.waitFor('at bookinfo, details-vm');
		expect(await toldAfter('j', 'productpage')).toEqual([
			expect.stringMatching(/^bookinfo, productpage-vm, 10.128.0.3, vm-net, bookinfo-ratings, stale, \w+$/),
		]);
		await toldAfter(' ', 'marked bookinfo, productpage-vm, 10.128.0.3, vm-net, bookinfo-ratings, stale, ');
		expect(await toldAfter('/', 'keep the filter')).toEqual(['/', 'enter keep the filter, esc clear it']);
		await toldAfter('details', '/details');
		await toldAfter('\r ', 'marked bookinfo, details-vm');
		await toldAfter('o', 'enter start');
		await toldAfter('\r', ', following');
		expect(await toldAfter('q', '(enter, esc)')).toEqual(
			expect.arrayContaining(['Quit while 2 runs are under way?', 'y yes, n no (enter, esc)']),
		);
		started.type('n');
		await started.waitFor('failed, details-vm.bookinfo');
		await started.waitFor('done, productpage-vm.bookinfo');
		// The page again.
		expect(await toldAfter('\x0c', 'q quit')).toEqual(
			expect.arrayContaining([expect.stringMatching(/^meshboard kind-lab/)]),
		);
		started.type('q');
		await started.exited;
		expect(started.raw()).not.toMatch(/[^\x20-\x7e\r\n]/);
		started.expectRestored();
	});

	it.each([
		['NO_COLOR', {env: {NO_COLOR: '1'}}, {}],
		['--no-color', {env: {WORDS: '--no-color'}}, {looks: {colour: false}}],
		['FORCE_COLOR=0', {env: {FORCE_COLOR: '0'}}, {}],
	] as const)('uses no colour with %s, and still shows what is selected', async (_name, terminal, options) => {
		const started = startApp(options, terminal);
		await started.waitFor('● synced');
		expect(started.raw()).not.toMatch(anyColour);
		// The line of the cursor is inverse, the title bold.
		expect(started.raw()).toMatch(/\x1b\[7m[^\x1b]*details-vm/);
		expect(started.raw()).toContain('\x1b[1m');
	});

	it.each([
		['the sixteen', {TERM: 'xterm'}, {theme: 'dark'}, /\x1b\[32m/, /\x1b\[[34]8;/],
		['256', {TERM: 'xterm-256color'}, {theme: 'light'}, /\x1b\[38;5;22m/, /\x1b\[(3[0-7]|38;2)/],
		['24 bits', {COLORTERM: 'truecolor'}, {theme: 'light'}, /\x1b\[38;5;22m/, /\x1b\[(3[0-7]m|38;2)/],
		['high contrast', {COLORTERM: 'truecolor'}, {theme: 'high-contrast'}, /\x1b\[48;5;124m/, /\x1b\[2m/],
		['high contrast in the sixteen', {TERM: 'xterm'}, {theme: 'high-contrast'}, /\x1b\[41m\x1b\[97m/, /\x1b\[2m/],
	] as const)('draws in %s', async (_name, env, looks, has, hasNot) => {
		const started = startApp({looks, connectFails: true}, {env: {COLORTERM: undefined, ...env}});
		await started.waitFor('✗ not connected');
		started.type('r');
		await started.waitFor('● synced');
		expect(started.raw()).toMatch(has);
		expect(started.raw()).not.toMatch(hasNot);
	});
});
