import {spawnSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {appOfFixture} from '../helpers/start-app.ts';

/* Inside of tmux, on a server of the test's own. Without tmux there is nothing to be inside of. */

const startApp = appOfFixture();
const isMissing = spawnSync('tmux', ['-V']).error !== undefined;

describe.skipIf(isMissing)('inside tmux', {timeout: 40_000}, () => {
	/** What docs/terminal.md says that tmux needs for the clipboard. */
	const settings = 'set -s set-clipboard on';

	function start() {
		const script = `tmux -f /dev/null start-server \\; ${settings} \\; new-session '"$NODE" "$APP"; echo left; sleep 60'; echo detached; sleep 60`;
		// TMUX_TMPDIR is where its socket lies: the folder of the test, with which it goes.
		const started = startApp(
			{rows: 300, pace: 20},
			{
				shell: ['/bin/sh', '-c', `export TMUX_TMPDIR="$PWD"; ${script}`],
				columns: 100,
				rows: 30,
				env: {TMUX: undefined},
			},
		);
		const tmux = (...words: readonly string[]) =>
			spawnSync('tmux', words, {env: {...process.env, TMUX_TMPDIR: started.folder}, encoding: 'utf8'}).stdout.trim();
		return {started, tmux};
	}

	it('is whole, follows a split and its end, and survives being detached', async () => {
		const {started, tmux} = start();
		try {
			await started.waitFor('vm-00020');
			await started.waitFor('q quit');
			// Tmux has the last line for itself.
			expect(started.screen.lines()[0]).toMatch(/^meshboard kind-lab/);
			expect(started.screen.lines().at(-2)).toMatch(/q quit$/);
			tmux('split-window', '-v', 'sleep 60');
			await started.waitFor((text) => !text.includes('vm-00020') && text.includes('q quit'));
			tmux('kill-pane', '-t', '1');
			await started.waitFor('vm-00020');
			started.type('jj');
			await started.waitFor(/^▸ +team-00 +vm-00002/m);
			tmux('detach-client');
			await started.waitFor('detached');
			expect(tmux('capture-pane', '-p')).toMatch(/^meshboard kind-lab.*▸ +team-00 +vm-00002.*q quit$/s);
			tmux('send-keys', 'q');
			for (let tries = 0; tries < 100 && !tmux('capture-pane', '-p').includes('left'); tries += 1)
				await new Promise((resolve) => setTimeout(resolve, 50));
			// The normal screen, with the summary and the shell's cursor.
			expect(tmux('capture-pane', '-p')).toMatch(/^calls: close\nleft/);
			expect(tmux('display-message', '-p', '#{alternate_on} #{cursor_flag} #{mouse_any_flag}')).toBe('0 1 0');
		} finally {
			tmux('kill-server');
		}
	});

	it('hands what is copied to the buffer of tmux, and by it to the terminal', async () => {
		const {started, tmux} = start();
		try {
			await started.waitFor('vm-00020');
			started.type('o');
			await started.waitFor('can be onboarded');
			started.type('\r');
			await started.waitFor('● done');
			started.type('y');
			await started.waitFor("Sent to the terminal's clipboard");
			const copied = tmux('show-buffer');
			expect(copied).toContain('docker pull');
		} finally {
			tmux('kill-server');
		}
	});
});
