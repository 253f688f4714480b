import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Client} from 'ssh2';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Write} from '../../../source/onboarding/action.ts';
import {writeFiles} from '../../../source/onboarding/perform/write.ts';
import type {ExecResult, RemoteHost} from '../../../source/ports.ts';
import {scriptedHost} from '../../helpers/scripted-host.ts';
import {makeKey, noSshd, startSshd, temporaryFolder} from '../../helpers/sshd.ts';

/* What a VM's shell makes of the command that puts files on it, run by the shells of this machine in a folder of their own. */

let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-write-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const shells = [['/bin/dash'], ['/bin/bash'], ['/bin/busybox', 'sh']].filter(([program = '']) => existsSync(program));
const token = `head.${'claims'.repeat(100)}.signature`;
const writing = (): Write => ({
	kind: 'write',
	as: 'user',
	directory: join(folder, "it's $(a) folder"),
	files: [
		{name: 'sidecar.env', mode: 0o640, content: "A='ü'\n\n"},
		{name: 'empty', mode: 0o600, content: ''},
		{name: 'istio-token', mode: 0o640, content: {secret: 'token'}},
	],
	changes: true,
});

/** A VM whose commands this machine runs; of their input only the first bytes arrive, then what `cut` does happens. */
function shellHost(shell: readonly string[], arrives = Infinity, cut: 'end' | 'SIGTERM' = 'end'): RemoteHost {
	return {
		...scriptedHost(() => ({})),
		async exec(command, {input = ''} = {}): Promise<ExecResult> {
			const [program = '', ...words] = shell;
			const child = spawn(program, [...words, '-c', command], {stdio: 'pipe', detached: true});
			let stderr = '';
			child.stderr.on('data', (chunk: Buffer) => {
				stderr += chunk.toString();
			});
			child.stdin.on('error', () => undefined);
			const bytes = Buffer.from(input as Uint8Array);
			child.stdin.write(bytes.subarray(0, arrives));
			if (cut === 'end' || bytes.length === 0) child.stdin.end();
			else {
				// As a command is cancelled: its whole process group, while it waits for more.
				const arrived = join(writing().directory, '.meshboard');
				while (sizeOf(arrived) === 0) await new Promise((go) => setTimeout(go, 5));
				process.kill(-(child.pid ?? 0), cut);
			}
			const [code] = (await once(child, 'close')) as [number | null];
			return {code: code ?? undefined, ended: code === null ? 'signalled' : 'exited', stdout: '', stderr};
		},
	};
}

const signal = new AbortController().signal;
const present = () =>
	Object.fromEntries(
		readdirSync(writing().directory).map((name) => {
			const path = join(writing().directory, name);
			return [name, [readFileSync(path, 'utf8'), (statSync(path).mode & 0o777).toString(8)]];
		}),
	);

describe.each(shells)('files put on a VM by %s', (...shell) => {
	it('are there, whole, with their modes, and nothing else is', async () => {
		expect(await writeFiles(shellHost(shell), writing(), token, signal)).toEqual({
			written: ['sidecar.env', 'empty', 'istio-token'],
		});
		expect(present()).toEqual({
			'sidecar.env': ["A='ü'\n\n", '640'],
			empty: ['', '600'],
			'istio-token': [token, '640'],
		});
	});

	it.each([
		['nothing', 0, 'end'],
		['the first byte', 1, 'end'],
		['the first file', 8, 'end'],
		['all but the last byte', 8 + token.length - 1, 'end'],
		['half, then a cancel', 100, 'SIGTERM'],
	] as const)('are as before where only %s arrives', async (_what, bytes, cut) => {
		await writeFiles(shellHost(shell), {...writing(), files: writing().files.slice(0, 1)}, token, signal);
		writeFileSync(join(writing().directory, 'istio-token'), 'old', {mode: 0o600});
		const before = present();
		await expect(writeFiles(shellHost(shell, bytes, cut), writing(), token, signal)).rejects.toMatchObject({
			code: 'ssh.copy-failed',
		});
		expect(present()).toEqual(before);
	});
});

describe.skipIf(noSshd !== undefined)(
	`files on their way to a real sshd${noSshd === undefined ? '' : ` (${noSshd})`}`,
	() => {
		it('are as before when the connection breaks, with which goes whoever reads what the command says', async () => {
			const key = makeKey(join(temporaryFolder(), 'key'));
			const sshd = await startSshd({authorized: [key.publicLine]});
			await writeFiles(shellHost(['/bin/sh']), {...writing(), files: writing().files.slice(0, 1)}, token, signal);
			const before = present();
			const scripted = scriptedHost(() => ({}));
			await writeFiles(scripted, writing(), token, signal);
			const [{command, input} = {command: '', input: ''}] = scripted.ran;

			const client = new Client();
			client.connect({host: sshd.host, port: sshd.port, username: sshd.user, privateKey: readFileSync(key.path)});
			await once(client, 'ready');
			client.exec(command, (error, channel) => {
				if (error !== undefined) throw error;
				channel.write(Buffer.from(input).subarray(0, 100));
			});
			await expect.poll(() => sizeOf(join(writing().directory, '.meshboard')), {timeout: 5000}).toBe(100);
			client.destroy();
			await expect.poll(present, {timeout: 5000}).toEqual(before);
			await sshd.stop();
		});
	},
);

function sizeOf(path: string): number {
	return statSync(path, {throwIfNoEntry: false})?.size ?? 0;
}
