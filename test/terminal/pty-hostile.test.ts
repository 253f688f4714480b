import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {appOfFixture, type StartedApp} from '../helpers/start-app.ts';

const startApp = appOfFixture();

const megabyte = 'x'.repeat(1024 * 1024);

/** As a terminal marks what is pasted. */
const pasted = `\x1b[200~${megabyte}\x1b[201~`;

/** The screen is whole: a title, its keys, one table. */
function expectWhole({screen}: StartedApp): void {
	const lines = screen.lines();
	expect(lines[0]).toMatch(/^meshboard kind-lab/);
	expect(lines.at(-1)).toMatch(/q quit$/);
	expect(screen.text().match(/NAMESPACE/g)).toHaveLength(1);
}

describe('whatever comes', {timeout: 60_000}, () => {
	it('bears a hundred sizes a second, down to 1×1 and back', async () => {
		const started = startApp({rows: 300, news: 20});
		await started.waitFor('vm-00000');
		for (let turn = 0; turn < 300; turn += 1) {
			started.resize(turn % 2 === 0 ? {columns: 1, rows: 1} : {columns: 40 + (turn % 170), rows: 10 + (turn % 60)});
			await sleep(10);
		}
		started.resize({columns: 100, rows: 30});
		await started.waitFor('vm-00020');
		await started.waitFor(/q quit$/m);
		expectWhole(started);
		started.type('jj');
		await started.waitFor(/^▸ +team-00 +vm-00002/m);
		started.type('q');
		expect((await started.exited).exitCode).toBe(0);
		started.expectRestored();
	});

	it('draws over what another program has written, at ctrl+l', async () => {
		const started = startApp();
		await started.waitFor('details-vm');
		await started.screen.write('\x1b[20;50HBroadcast message\x1b[3;1Hfrom root');
		expect(started.screen.text()).toContain('Broadcast');
		started.type('\x0c');
		await started.waitFor((text) => !text.includes('Broadcast') && text.includes('q quit'));
		expect(started.screen.text()).not.toContain('from root');
		expectWhole(started);
	});

	it.each([
		['the list', '', '', pasted],
		['a filter', '/', '/x', pasted],
		['the command line', ':', ':x', pasted],
		['a new profile', 'pn', 'x', pasted],
		['a name to create', 'c\r', 'x', pasted],
		['the list of a terminal that marks nothing', '', '', megabyte],
		['a filter of a terminal that marks nothing', '/', '/x', megabyte],
	])('takes a paste of a megabyte into %s', async (_where, keys, seen, text) => {
		const started = startApp();
		await started.waitFor('details-vm');
		for (const key of keys) {
			started.type(key);
			await sleep(300);
		}
		started.type(text);
		if (seen !== '') await started.waitFor(new RegExp(`${seen}{10}`));
		started.resize({columns: 90, rows: 26});
		started.type('\x03');
		expect((await started.exited).exitCode).toBe(130);
		started.expectRestored();
	});

	it('takes a paste of a megabyte as a password, and shows none of it', async () => {
		const started = startApp({ask: 'secret'});
		await started.waitFor('Password of admin@10.128.0.2');
		started.type(pasted);
		await started.waitFor('••••');
		expect(started.raw()).not.toContain('xx');
		started.type('\x1b');
		await started.waitFor((text) => !text.includes('Password'));
		expectWhole(started);
	});

	it('draws what is current after the terminal has not read for a while', async () => {
		const started = startApp({rows: 300, flood: 5000, news: 50});
		await started.waitFor('vm-00000');
		started.type('o');
		await started.waitFor('can be onboarded');
		started.type('\r');
		await started.waitFor('of the flood');
		started.read(false);
		await sleep(3000);
		started.type('\x1b');
		started.read(true);
		await started.waitFor('NAMESPACE');
		started.type('G');
		await started.waitFor(/^▸ +team-00 +vm-00299/m);
		expectWhole(started);
	});

	it('lets no escape sequence of an object or a VM through', async () => {
		const started = startApp({strange: true, flood: 20}, {columns: 120, rows: 40});
		await started.waitFor('details-vm');
		started.type('\r');
		await started.waitFor('esc close');
		started.type('\x1b');
		await started.waitFor('NAMESPACE');
		started.type('o');
		await started.waitFor('can be onboarded');
		started.type('\r');
		await started.waitFor('of the flood');
		started.type('z');
		await sleep(500);
		// The title of the window, the clipboard, the screen, a report that would be typed, colours.
		expect(started.raw()).not.toMatch(/\x1b\]|\x1b\[2J|\x9b|\x1b\[6n|\x1bP|\x1b\[31;1m|\u202e/);
		expect(started.raw()).toContain('owned');
	});
});
