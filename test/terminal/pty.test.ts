import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {buildFixture} from '../helpers/build-fixture.ts';
import {type Pty, type PtyOptions, startPty} from '../helpers/pty.ts';

let app = '';
const environment = () => ({NODE: process.execPath, APP: app, NODE_ENV: 'production'});
let pty: Pty | undefined;
let folder: string | undefined;

afterEach(async () => {
	await pty?.close();
	pty = undefined;
	if (folder !== undefined) rmSync(folder, {recursive: true});
	folder = undefined;
});

beforeAll(async () => {
	app = await buildFixture();
});

afterAll(() => rmSync(app, {force: true}));

/** The screens on the fake session, run by a shell that prints the terminal's settings before and after. */
function startApp(options: Record<string, unknown> = {}, terminal: Partial<PtyOptions> = {}): Pty {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-'));
	const script = 'stty -a >before; "$NODE" "$APP" $WORDS; code=$?; stty -a >after; echo "code $code"; exit $code';
	pty = startPty('/bin/sh', ['-c', script], {
		cwd: folder,
		...terminal,
		env: {...environment(), FIXTURE: JSON.stringify(options), ...terminal.env},
	});
	return pty;
}

function children(pid: number): readonly number[] {
	return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], {encoding: 'utf8'})
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map(Number);
}

/** The terminal is as it was: screen, cursor, marked paste, line settings. */
function expectRestored({screen, raw}: Pty) {
	expect(screen.isAlternate()).toBe(false);
	expect(screen.isPasteMarked()).toBe(false);
	if (raw().includes('\x1b[?25l'))
		expect(raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(raw().lastIndexOf('\x1b[?25l'));
	// The size is the terminal's own.
	const line = (name: string) => readFileSync(join(folder ?? '', name), 'utf8').replace(/rows \d+; columns \d+;/, '');
	expect(line('after')).toBe(line('before'));
}

describe('in a real terminal', {timeout: 40_000}, () => {
	it('onboards two VMs with keys, and leaves a summary on the normal screen', async () => {
		const started = startApp({pace: 30, failing: ['productpage-vm.bookinfo']});
		await started.waitFor('details-vm');
		started.type('  o');
		await started.waitFor('Onboard 2 VMs');
		await started.waitFor('can be onboarded');
		started.type('\r');
		await started.waitFor(/● done +details-vm.bookinfo/);
		await started.waitFor(/✗ failed +productpage-vm.bookinfo/);
		// What failed has floated up, above the selection.
		started.type('kr');
		await started.waitFor(/● done +productpage-vm.bookinfo/);
		started.type('q');
		expect((await started.exited).exitCode).toBe(0);
		expectRestored(started);
		expect(started.screen.text()).toMatch(/● done +details-vm\.bookinfo/);
		expect(started.screen.text()).toContain('logs: /state/runs/run-1');
		expect(started.screen.text()).toMatch(/retry productpage-vm\.b\s*ookinfo, close/);
	});

	it('draws while it connects, says why it could not, and tries again', async () => {
		const started = startApp({connectFails: true, connectAfter: 400});
		await started.waitFor('connecting to kind-lab…');
		await started.waitFor('The API server https://10.0.0.1:6443 does not answer.');
		await started.waitFor('Is the VPN up?');
		started.type('r');
		await started.waitFor('details-vm');
	});

	it('leaves at once with ctrl+c when nothing is under way', async () => {
		const started = startApp();
		await started.waitFor('details-vm');
		started.type('\x03');
		expect((await started.exited).exitCode).toBe(130);
		expectRestored(started);
	});

	it('asks at ctrl+c while a run is under way; the second leaves at once and keeps the run for later', async () => {
		const started = startApp();
		await started.waitFor('details-vm');
		started.type('o');
		await started.waitFor('can be onboarded');
		started.type('\r');
		await started.waitFor('1 running');
		started.type('\x03');
		await started.waitFor('Quit while a run is under way?');
		started.type('\x03');
		expect((await started.exited).exitCode).toBe(130);
		expectRestored(started);
		expect(started.screen.text()).toMatch(/○ broken off details-vm\.bookinfo.*1 run broken off/s);
		expect(started.screen.text()).not.toContain('cancel details-vm');
	});

	it('asks at q while a run is under way, and cancels it before it leaves', async () => {
		const started = startApp();
		await started.waitFor('details-vm');
		started.type('o');
		await started.waitFor('can be onboarded');
		started.type('\rq');
		await started.waitFor('Quit while a run is under way?');
		started.type('n');
		await started.waitFor((text) => !text.includes('Quit while'));
		started.type('qy');
		expect((await started.exited).exitCode).toBe(1);
		expectRestored(started);
		expect(started.screen.text()).toContain('cancel details-vm.bookinfo');
	});

	it.each([
		['SIGTERM', 143],
		['SIGHUP', 129],
		['SIGINT', 130],
	] as const)('restores the terminal at %s', async (signal, code) => {
		const started = startApp();
		await started.waitFor('details-vm');
		for (const pid of children(started.pid)) process.kill(pid, signal);
		expect((await started.exited).exitCode).toBe(code);
		expectRestored(started);
	});

	it('restores the terminal when something throws, and tells it afterwards', async () => {
		const started = startApp({throwAfter: 1500});
		await started.waitFor('details-vm');
		expect((await started.exited).exitCode).toBe(1);
		expectRestored(started);
		expect(started.screen.text()).toContain('a fault of the fixture');
	});

	it('lets nothing be printed into the screen, and prints it afterwards', async () => {
		const started = startApp({ask: 'secret'});
		await started.waitFor('Password of admin@10.128.0.2');
		started.type('hunter2\r');
		await started.waitFor((text) => !text.includes('Password'));
		expect(started.screen.text()).not.toContain('answer:');
		started.type('q');
		await started.exited;
		expect(started.screen.text()).toContain('answer: hunter2');
	});

	it('follows the size of the terminal, down to one that is too small and back', async () => {
		const started = startApp({rows: 300}, {columns: 120, rows: 40});
		await started.waitFor('vm-00000');
		for (const [columns, rows] of [
			[60, 20],
			[30, 8],
			[200, 60],
			[1, 1],
			[80, 24],
		] as const)
			started.resize({columns, rows});
		await started.waitFor('vm-00020');
		await started.waitFor(/q quit/);
		started.resize({columns: 30, rows: 8});
		await started.waitFor(/too small \(30×8,/);
		started.resize({columns: 80, rows: 24});
		const text = await started.waitFor('q quit');
		expect(text.split('\n')[0]).toMatch(/^meshboard kind-lab/);
		expect(text.match(/NAMESPACE/g)).toHaveLength(1);
	});

	it('saves the output of a run to a file that it names', async () => {
		const started = startApp({pace: 20});
		await started.waitFor('details-vm');
		started.type('o');
		await started.waitFor('can be onboarded');
		started.type('\r');
		await started.waitFor('● done');
		started.type('\x13');
		await started.waitFor(/Saved \d+ lines to /);
		const [name = ''] = readdirSync(folder ?? '').filter((file) => file.endsWith('.log'));
		expect(name).toBe('details-vm.bookinfo-run-1.log');
		expect(readFileSync(join(folder ?? '', name), 'utf8')).toContain('$ docker pull docker.io/istio/proxyv2:1.31.0\n');
	});

	it('stops at ctrl+z and comes back whole with fg', async () => {
		folder = mkdtempSync(join(tmpdir(), 'meshboard-'));
		// An interactive shell, since only that one has jobs.
		const started = startPty('/bin/bash', ['--norc', '--noprofile', '-i'], {
			cwd: folder,
			env: {...environment(), PS1: 'shell> ', FIXTURE: '{}'},
		});
		pty = started;
		await started.waitFor('shell>');
		started.type('"$NODE" "$APP"\r');
		await started.waitFor('details-vm');
		started.type('\x1a');
		await started.waitFor(/Stopped/);
		expect(started.screen.isAlternate()).toBe(false);
		started.type('fg\r');
		await started.waitFor((text) => text.includes('details-vm') && text.includes('q quit'));
		expect(started.screen.isAlternate()).toBe(true);
		started.type('jj');
		await started.waitFor(/▸ +bookinfo +ratings-vm/);
	});

	it('gives the terminal to the editor and to ssh, whose ctrl+c is theirs, and draws itself whole again', async () => {
		folder = mkdtempSync(join(tmpdir(), 'meshboard-'));
		const bin = join(folder, 'bin');
		mkdirSync(bin);
		const ssh =
			'#!/bin/sh\n[ -e been ] && echo no shell here && exit 1\ntouch been\ntrap "echo interrupted" INT\necho "shell: $*"\nread line\nread line\necho "$line"\n';
		writeFileSync(join(bin, 'ssh'), ssh, {mode: 0o755});
		// The shell outlives the ctrl+c, so that it can look at the terminal afterwards.
		const script =
			'trap : INT; stty -a >before; "$NODE" "$APP"; code=$?; stty -a >after; echo "code $code"; exit $code';
		const started = startPty('/bin/sh', ['-c', script], {
			cwd: folder,
			env: {
				...environment(),
				FIXTURE: '{}',
				PATH: `${bin}:${process.env['PATH']}`,
				VISUAL: 'sed -i s/v1/v2/',
			},
		});
		pty = started;
		await started.waitFor('details-vm');
		started.type('e');
		await started.waitFor('would be changed like this');
		started.type('y');
		await started.waitFor('Changed details-vm.bookinfo');

		started.type('s');
		await started.waitFor('shell: -- details-vm.bookinfo');
		expect(started.screen.isAlternate()).toBe(false);
		expect(started.screen.text()).toContain('$ ssh -- details-vm.bookinfo');
		started.type('\x03');
		await started.waitFor('interrupted');
		started.resize({columns: 100, rows: 30});
		started.type('bye\r');
		await started.waitFor('Back from the VM of details-vm.bookinfo');
		await started.waitFor(() => started.screen.isAlternate());
		expect(started.screen.lines()).toHaveLength(30);
		// What ends at once can be read before it is gone.
		started.type('s');
		await started.waitFor('exit code 1. Enter returns to meshboard.');
		expect(started.screen.text()).toContain('no shell here');
		started.type('\r');
		await started.waitFor('Back from the VM of details-vm.bookinfo');
		started.type('\x0c');
		await started.waitFor('ratings-vm');
		started.type('q');
		expect(await started.exited).toMatchObject({exitCode: 0});
		expect(started.screen.text()).toContain('calls: rehearse edit, apply edit');
		expectRestored(started);
	});

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
			'bookinfo, productpage-vm, 10.128.0.3, vm-net, bookinfo-ratings, stale, 4d6h',
		]);
		expect(await toldAfter(' ', 'marked bookinfo')).toContain(
			'marked bookinfo, productpage-vm, 10.128.0.3, vm-net, bookinfo-ratings, stale, 4d6h',
		);
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
		expectRestored(started);
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

/** A colour of the sixteen, of 256 or of 24 bits, before or behind the text. */
const anyColour = /\x1b\[(?:\d+;)*(?:[349][0-7]|10[0-7]|[34]8;)/;

it('refuses to start without a terminal, with a sentence', () => {
	const run = () =>
		execFileSync(process.execPath, [app], {
			stdio: 'pipe',
			encoding: 'utf8',
			env: {...process.env, FIXTURE: '{}'},
		});
	expect(run).toThrow(/The screens need a terminal for input and output\./);
}, 20_000);
