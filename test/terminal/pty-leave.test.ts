import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {appOfFixture, children} from '../helpers/start-app.ts';

const start = appOfFixture();
/** With the mouse, which is not to stay behind either. */
const startApp: typeof start = (fixture = {}, terminal) => start({looks: {mouse: true}, ...fixture}, terminal);

describe('however it is left, the terminal is as it was', {timeout: 40_000}, () => {
	it('leaves at once with ctrl+c when nothing is under way', async () => {
		const started = startApp();
		await started.waitFor('details-vm');
		expect(started.screen.terminal.modes.mouseTrackingMode).toBe('vt200');
		started.type('\x03');
		expect((await started.exited).exitCode).toBe(130);
		started.expectRestored();
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
		started.expectRestored();
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
		started.expectRestored();
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
		started.expectRestored();
	});

	it('restores the terminal when something throws, and tells it afterwards', async () => {
		const started = startApp({throwAfter: 1500});
		await started.waitFor('details-vm');
		expect((await started.exited).exitCode).toBe(1);
		started.expectRestored();
		expect(started.screen.text()).toContain('a fault of the fixture');
	});

	it('goes on when one screen throws, and restores the terminal', async () => {
		const started = startApp({broken: 'screen'});
		await started.waitFor('This part of the screen cannot be drawn, which is a bug of meshboard: a fault');
		started.type('?');
		await started.waitFor('mark all shown');
		started.type('\x1b');
		await started.waitFor('This part of the screen');
		started.type('q');
		expect((await started.exited).exitCode).toBe(0);
		started.expectRestored();
	});

	it('restores the terminal when the frame around the screens throws, and tells it afterwards', async () => {
		const started = startApp({broken: 'frame'});
		expect((await started.exited).exitCode).toBe(1);
		started.expectRestored();
		expect(started.screen.text()).toContain('a fault of the frame');
	});

	it('ends when its parent is killed, and leaves the terminal to the shell above', async () => {
		const script =
			'stty -a >before; sh -c \'"$NODE" "$APP"; true\'; while [ ! -e gone ]; do sleep 0.1; done; stty -a >after';
		const started = startApp({}, {shell: ['/bin/sh', '-c', script]});
		await started.waitFor('details-vm');
		const [parent = 0] = children(started.pid);
		const [app = 0] = children(parent);
		process.kill(parent, 'SIGKILL');
		await started.waitFor(() => !isThere(app));
		writeFileSync(join(started.folder, 'gone'), '');
		await started.exited;
		started.expectRestored();
		expect(started.screen.text()).toContain('calls: close');
	});

	it('gives the prompt back when its parent is killed under a shell with jobs', async () => {
		const started = startApp({}, {shell: ['/bin/bash', '--norc', '--noprofile', '-i'], env: {PS1: 'shell> '}});
		await started.waitFor('shell>');
		started.type('stty -a >before; sh -c \'"$NODE" "$APP"; true\'\r');
		await started.waitFor('details-vm');
		const [parent = 0] = children(started.pid);
		const [app = 0] = children(parent);
		process.kill(parent, 'SIGKILL');
		await started.waitFor(() => !isThere(app));
		started.type('stty -a >after; exit\r');
		await started.exited;
		// Readline has settings of its own, before and after.
		started.expectRestored();
	});

	it('ends when the terminal goes away', async () => {
		const started = startApp({}, {shell: [process.execPath, '--eval', 'import(process.env.APP)']});
		await started.waitFor('details-vm');
		started.hangUp();
		for (const end = Date.now() + 5000; isThere(started.pid) && Date.now() < end; ) await sleep(50);
		expect(isThere(started.pid)).toBe(false);
	});
});

/** True while the process runs; one that has ended and that nobody has asked for is gone too. */
function isThere(pid: number): boolean {
	return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

it.each([
	['a file is read', '"$NODE" "$APP" </dev/null'],
	['nothing is read', '"$NODE" "$APP" <&-'],
	['a pipe is read', 'true | "$NODE" "$APP"'],
	['a pipe is written', '"$NODE" "$APP" | cat'],
	['nothing is written', '"$NODE" "$APP" >&-'],
])('does not start, with a sentence, where %s', async (_where, script) => {
	const started = startApp({}, {shell: ['/bin/sh', '-c', script]});
	await started.exited;
	expect(started.screen.text()).toContain('The screens need a terminal for input and output.');
	expect(started.raw()).not.toContain('\x1b');
});
