import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import process from 'node:process';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it} from 'vitest';
import {appOfFixture, children} from '../helpers/start-app.ts';

/* Inside of GNU screen, and over mosh from this machine to itself. Without them there is nothing to be inside of. */

const startApp = appOfFixture();
const isMissing = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0;
const size = {columns: 100, rows: 30};

describe.skipIf(isMissing('screen'))('inside GNU screen', {timeout: 40_000}, () => {
	/** What docs/terminal.md says that screen needs. */
	const settings = 'altscreen on\nstartup_message off\n';
	const script = `export SCREENDIR="$PWD/sockets"; stty -a >before
screen -c rc -S board -T screen-256color sh -c '"$NODE" "$APP"; echo left; read -r _'; echo "back once"; read -r _
screen -c rc -r board; echo "back twice"; stty -a >after; read -r _`;

	it('is whole, follows the size, and survives being detached', async () => {
		const started = startApp(
			{rows: 300},
			{
				shell: ['/bin/sh', '-c', script],
				...size,
				env: {STY: undefined},
				before(folder) {
					writeFileSync(join(folder, 'rc'), settings);
					mkdirSync(join(folder, 'sockets'), {mode: 0o700});
				},
			},
		);
		const isWhole = (rows: number) => (text: string) =>
			/^meshboard kind-lab/.test(text) && /q quit$/.test(text.trimEnd()) && text.trimEnd().split('\n').length === rows;
		await started.waitFor(isWhole(30));
		started.type('jj');
		await started.waitFor(/^▸ +team-00 +vm-00002/m);
		started.resize({columns: 80, rows: 24});
		await started.waitFor(isWhole(24));
		started.resize(size);
		await started.waitFor(isWhole(30));
		// The first is screen's own, the second ours: ctrl+a marks all entries.
		started.type('\x01a');
		await started.waitFor('300 marked');
		started.type('\x01d');
		await started.waitFor('back once');
		started.type('\r');
		await started.waitFor(isWhole(30));
		expect(started.screen.text()).toMatch(/^▸.*team-00 +vm-00002/m);
		started.type('q');
		// The window's normal screen, with the summary alone.
		expect(await started.waitFor('left')).toMatch(/^\s*calls: close\nleft/);
		started.type('\r');
		await started.waitFor('back twice');
		started.expectRestored();
	});
});

describe.skipIf(isMissing('mosh-server') || isMissing('mosh-client'))('over mosh', {timeout: 40_000}, () => {
	const script = `stty -a >before; mosh-server new -i 127.0.0.1 -- "$NODE" "$APP" >connect 2>/dev/null
set -- $(grep 'MOSH CONNECT' connect); MOSH_KEY=$4 mosh-client 127.0.0.1 "$3"; stty -a >after; echo "here again"; read -r _`;

	it('is whole, follows the size, and shows what was missed after an interruption', async () => {
		const started = startApp({rows: 300, pace: 20}, {shell: ['/bin/sh', '-c', script], ...size});
		await started.waitFor(/^meshboard kind-lab.*q quit$/ms);
		const [client = 0] = children(started.pid);
		started.resize({columns: 80, rows: 24});
		await started.waitFor((text) => text.includes('vm-00020') && !text.includes('vm-00021'));
		started.resize(size);
		await started.waitFor('vm-00025');
		started.type('o');
		await started.waitFor('can be onboarded');
		process.kill(client, 'SIGSTOP');
		started.type('\r');
		await sleep(500);
		process.kill(client, 'SIGCONT');
		await started.waitFor('● done');
		started.type('y');
		await started.waitFor("Sent to the terminal's clipboard");
		await started.waitFor(() => /\x1b\]52;c;[\w+/]+=*\x07/.test(started.raw()));
		started.type('q');
		await started.waitFor('here again');
		started.expectRestored();
	});
});
