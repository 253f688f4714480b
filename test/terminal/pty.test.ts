import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {appOfFixture} from '../helpers/start-app.ts';

const startApp = appOfFixture();

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
		started.expectRestored();
		// The mouse stays the terminal's (X10 to SGR, xterm's control sequences): text is selected with it.
		expect(started.raw()).not.toMatch(/\x1b\[\?(9|100\d|101[56])h/);
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

	it.each([
		['nothing happens', {rows: 40}, ''],
		['an entry changes each second', {rows: 40, news: 1}, ''],
		['eight runs wait', {rows: 40}, '        o'],
	])('writes under 1 KB/s while %s', async (_what, fixture, keys) => {
		const started = startApp(fixture, {columns: 200, rows: 50});
		await started.waitFor('vm-00000');
		if (keys !== '') {
			started.type(keys);
			await started.waitFor('can be onboarded');
			started.type('\r');
			await started.waitFor('8 running');
		}
		await sleep(1500);
		const from = started.raw().length;
		await sleep(5000);
		expect(Buffer.byteLength(started.raw().slice(from)) / 5).toBeLessThan(1000);
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
		const [name = ''] = readdirSync(started.folder).filter((file) => file.endsWith('.log'));
		expect(name).toBe('details-vm.bookinfo-run-1.log');
		expect(readFileSync(join(started.folder, name), 'utf8')).toContain(
			'$ docker pull docker.io/istio/proxyv2:1.31.0\n',
		);
	});

	it('stops at ctrl+z and comes back whole with fg', async () => {
		// An interactive shell, since only that one has jobs.
		const started = startApp({}, {shell: ['/bin/bash', '--norc', '--noprofile', '-i'], env: {PS1: 'shell> '}});
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
		const ssh =
			'#!/bin/sh\n[ -e been ] && echo no shell here && exit 1\ntouch been\ntrap "echo interrupted" INT\necho "shell: $*"\nread line || read line\necho "$line"\n';
		// The shell outlives the ctrl+c, so that it can look at the terminal afterwards.
		const script =
			'trap : INT; stty -a >before; "$NODE" "$APP"; code=$?; stty -a >after; echo "code $code"; exit $code';
		const started = startApp(
			{},
			{
				shell: ['/bin/sh', '-c', script],
				env: {PATH: `./bin:${process.env['PATH']}`, VISUAL: 'sed -i s/v1/v2/'},
				before(folder) {
					mkdirSync(join(folder, 'bin'));
					writeFileSync(join(folder, 'bin', 'ssh'), ssh, {mode: 0o755});
				},
			},
		);
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
		started.expectRestored();
	});
});
