import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {expectForm} from '../helpers/expect-form.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, profiles} from './process.ts';

/* What one ctrl+c does to the built program. A library that sends a signal on would make two of it, and the second leaves at once. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

test('one interrupt cancels a run in good order: its end is told', {timeout: 60_000}, async () => {
	const home = newHome(profiles(JSON.stringify({version: 1, profiles: {default: sandbox.profile}})));
	const words = ['onboard', 'ledger-vm.payments', '--prepare', '--yes', '-o', 'ndjson'];
	const child = spawn(process.execPath, [cli, ...words], {
		env: {...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state')},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const text = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const)
		child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
	const ended = new Promise((resolve) => child.on('close', resolve));
	await expect.poll(() => text.stdout, {timeout: 30_000}).toContain('"event":"command"');
	child.kill('SIGINT');
	expect(await ended).toBe(130);
	expect(text.stderr).toContain('Cancelling; a second interrupt leaves at once');
	expectForm(words, text.stdout);
	expect(text.stdout.trimEnd().split('\n').at(-1)).toMatch(/"event":"run\.finished".*"outcome":"cancelled"/);
});
