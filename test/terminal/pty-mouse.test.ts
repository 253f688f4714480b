import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {appOfFixture, type StartedApp} from '../helpers/start-app.ts';

/* The mouse in a real terminal: SGR reports, as xterm sends them. That every way out gives it back is in pty-leave.test.ts. */

const startApp = appOfFixture();
const asked = {looks: {mouse: true}};

/** A press and a release on a cell, both counted from 1 as on the line of the terminal. */
const click = (column: number, row: number) => `\x1b[<0;${column};${row}M\x1b[<0;${column};${row}m`;
const wheel = (direction: 'up' | 'down', column: number, row: number) =>
	`\x1b[<${direction === 'up' ? 64 : 65};${column};${row}M`;
const tracking = ({screen}: StartedApp) => screen.terminal.modes.mouseTrackingMode;
/** The line of the terminal, from 1, on which a text stands. */
const lineOf = ({screen}: StartedApp, text: string | RegExp) =>
	1 + screen.lines().findIndex((line) => (typeof text === 'string' ? line.includes(text) : text.test(line)));

async function startRuns(): Promise<StartedApp> {
	const started = startApp({...asked, rows: 5, pace: 20}, {columns: 120, rows: 40});
	await started.waitFor('vm-00004');
	started.type('\x01o');
	await started.waitFor('can be onboarded');
	started.type('\r');
	await started.waitFor((text) => (text.match(/● done/g) ?? []).length === 5);
	return started;
}

describe('the mouse', {timeout: 40_000}, () => {
	it('is never asked for by itself', async () => {
		const started = startApp();
		await started.waitFor('details-vm');
		started.type('?');
		await started.waitFor('mark all shown');
		started.type('qq');
		await started.exited;
		expect(started.raw()).not.toMatch(/\x1b\[\?(?:\d+;)*(?:9|100[0-7]|101[56])[;h]/);
	});

	it('chooses a row with a click, opens it with a second one, and moves with the wheel', async () => {
		const started = startApp({...asked, rows: 100});
		await started.waitFor('vm-00004');
		expect(tracking(started)).toBe('vt200');
		started.type(click(20, lineOf(started, 'vm-00004')));
		await started.waitFor(/^▸ +team-00 +vm-00004/m);
		started.type(wheel('down', 20, 10));
		await started.waitFor(/^▸ +team-00 +vm-00007/m);
		started.type(wheel('up', 20, 10));
		await started.waitFor(/^▸ +team-00 +vm-00004/m);
		// A key between two clicks: the second is a first one again.
		started.type(`${click(20, lineOf(started, 'vm-00003'))}`);
		await started.waitFor(/^▸ +team-00 +vm-00003/m);
		started.type(`j${click(20, lineOf(started, 'vm-00003'))}`);
		await started.waitFor(/^▸ +team-00 +vm-00003/m);
		expect(started.screen.text()).not.toContain('› details');
		started.type(click(20, lineOf(started, 'vm-00003')));
		await started.waitFor(/fleet › details/);
		// Under a filter the rows stand one line lower.
		started.type('\x1b');
		await started.waitFor((text) => !text.includes('› details'));
		started.type('/0004\r');
		await started.waitFor((text) => text.includes('vm-00049') && !text.includes('vm-00005'));
		started.type(click(20, lineOf(started, 'vm-00042')));
		await started.waitFor(/^▸ +team-00 +vm-00042/m);
	});

	it('chooses runs and their panes, and scrolls the output that it is over', async () => {
		const started = await startRuns();
		started.type('vv');
		await started.waitFor((text) => (text.match(/── \S+\.team-00/g) ?? []).length === 4);
		started.type(click(10, lineOf(started, /^ *\d* *3 .*vm-00002/)));
		await started.waitFor(/▸.*vm-00002/);
		started.type(click(100, lineOf(started, /── .*── vm-00003/) + 2));
		await started.waitFor(/▸.*vm-00003/);
		const before = started.screen.text();
		started.type(wheel('up', 10, lineOf(started, /── .*── vm-00001/) + 2));
		await started.waitFor(/▸.*vm-00000/);
		await started.waitFor((text) => text !== before && /vm-00000\S+ ─+ lines \d+-\d+ of/.test(text));
		started.type(click(10, lineOf(started, /^ +2 .*vm-00001/)) + click(10, lineOf(started, /^ +2 .*vm-00001/)));
		await started.waitFor('runs › steps');
	});

	it('is no text, however its reports come', async () => {
		const started = startApp({...asked, rows: 100});
		await started.waitFor('vm-00004');
		started.type('/');
		await started.waitFor(/^\//m);
		for (const part of [
			'\x1b[<0;1',
			'0;5M',
			'\x1b',
			'[<64;10;5M',
			'\x1b[',
			'<65;10;5M',
			'\x1b[<0;10;5',
			'm',
			wheel('up', 3, 3),
		]) {
			started.type(part);
			await sleep(part.startsWith('\x1b[<') ? 60 : 10);
		}
		started.type('vm');
		await started.waitFor(/^\/vm/m);
		started.type('\x1b');
		await started.waitFor((text) => !/^\//m.test(text));
	});

	it("is the terminal's own while an editor or the shell has it, and asked for again after", async () => {
		const started = startApp(
			{...asked},
			{
				shell: ['/bin/bash', '--norc', '--noprofile', '-i'],
				env: {PS1: 'shell> ', VISUAL: 'sh -c "echo in the editor; sleep 1" #'},
			},
		);
		await started.waitFor('shell>');
		started.type('"$NODE" "$APP"\r');
		await started.waitFor('details-vm');
		expect(tracking(started)).toBe('vt200');
		started.type('e');
		await started.waitFor('in the editor');
		expect(tracking(started)).toBe('none');
		await started.waitFor('ratings-vm');
		await started.waitFor(() => tracking(started) === 'vt200');
		started.type('\x1a');
		await started.waitFor('Stopped');
		expect(tracking(started)).toBe('none');
		started.type('fg\r');
		await started.waitFor((text) => text.includes('details-vm') && text.includes('q quit'));
		await started.waitFor(() => tracking(started) === 'vt200');
		started.type('q');
		await started.waitFor('calls: close');
		expect(tracking(started)).toBe('none');
	});
});
