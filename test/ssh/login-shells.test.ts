import {execFileSync, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, writeFileSync} from 'node:fs';
import {createServer as createHttpServer, get} from 'node:http';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {afterEach, beforeAll, describe, expect, it} from 'vitest';
import type {RemoteHost} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {scriptedPrompts} from '../contract/remote-host.ts';
import {makeKey, noSshd, type Sshd, startSshd, type TestKey, temporaryFolder} from '../helpers/sshd.ts';

const {prompts} = scriptedPrompts(undefined);
/** Marks the processes of this run among those of others. */
const seconds = 100_000 + process.pid;

describe.skipIf(noSshd !== undefined)(`an account on a real sshd${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const folder = temporaryFolder();
	const open: Array<{host: RemoteHost; sshd: Sshd}> = [];
	let key: TestKey;

	const hostWith = async (...config: string[]): Promise<RemoteHost> => {
		const sshd = await startSshd({authorized: [key.publicLine], config});
		const connector = createConnector({env: {PATH: process.env.PATH}, home: folder});
		const {port, user} = sshd;
		const host = await connector.connect(
			{host: '127.0.0.1', port, user, key: key.path, hostKeys: 'accept-new'},
			{prompts},
		);
		open.push({host, sshd});
		return host;
	};
	const script = (name: string, text: string) => {
		const path = join(folder, name);
		writeFileSync(path, text, {mode: 0o755});
		return path;
	};
	const processes = (text: string) =>
		execFileSync('ps', ['-A', '-o', 'args='], {encoding: 'utf8'})
			.split('\n')
			.filter((line) => line.trim() === text).length;

	beforeAll(() => {
		key = makeKey(join(folder, 'key'));
	});
	afterEach(async () => {
		for (const {host, sshd} of open.splice(0)) {
			host.close();
			await sshd.stop();
		}
	});

	it.each(['bash', 'dash', 'fish', 'csh', 'tcsh'])('may have %s as its login shell', async (shell) => {
		// Where a shell is not installed, /bin/sh stands in: the test of commands says which are missing.
		const installed = spawnSync(shell, ['-c', 'exit 0']).error === undefined ? shell : 'sh';
		const host = await hostWith(`ForceCommand exec ${installed} -c "$SSH_ORIGINAL_COMMAND"`);
		const result = await host.exec(`printf '%s\\n' "it's" '$HOME !!'; cat; exit 5`, {input: 'in'});
		expect(result).toEqual({code: 5, ended: 'exited', stdout: "it's\n$HOME !!\nin", stderr: ''});
		expect(await host.exec(`sleep ${seconds}`, {timeoutSeconds: 0.5})).toMatchObject({ended: 'timed-out'});
		expect(processes(`sleep ${seconds}`)).toBe(0);
	});

	it('may print whatever it likes before a command', async () => {
		const host = await hostWith(
			`ForceCommand echo "Welcome!"; printf "no end of line"; echo "warn" >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"`,
		);
		let seen = '';
		const result = await host.exec('echo out; echo err >&2', {
			onOutput: (stream, chunk) => {
				seen += `${stream}:${Buffer.from(chunk).toString()}`;
			},
		});
		expect(result).toEqual({code: 0, ended: 'exited', stdout: 'out\n', stderr: 'err\n'});
		expect(seen).toContain('stdout:out\n');
		expect(seen).not.toContain('Welcome');
		expect(seen).not.toContain('warn');
	});

	it('may have no shell: what it says is the output', async () => {
		const host = await hostWith('ForceCommand echo This account is currently not available.; exit 1');
		expect(await host.exec('true')).toEqual({
			code: 1,
			ended: 'exited',
			stdout: 'This account is currently not available.\n',
			stderr: '',
		});
	});

	it('may hang before the command: it ends at the limit nevertheless, and the command is not started later', async () => {
		const host = await hostWith('ForceCommand trap "" PIPE; sleep 5; exec sh -c "$SSH_ORIGINAL_COMMAND"');
		const mark = join(folder, 'started');
		const started = performance.now();
		expect(await host.exec(`touch ${mark}`, {timeoutSeconds: 0.3})).toMatchObject({ended: 'timed-out', stdout: ''});
		const left = 6000 - (performance.now() - started);
		expect(left).toBeGreaterThan(1000);
		await new Promise((resolve) => setTimeout(resolve, left));
		expect(existsSync(mark)).toBe(false);
	});

	it('tells a signal from an exit', async () => {
		const host = await hostWith();
		expect(await host.exec('kill -9 $$')).toMatchObject({ended: 'signalled', code: undefined});
		expect(await host.exec('exit 137')).toMatchObject({ended: 'exited', code: 137});
	});

	it.each([10, 1])('loses no session to commands that were ended (MaxSessions %i)', async (most) => {
		const host = await hostWith(`MaxSessions ${most}`);
		const run = () => host.exec(`trap "" TERM; sleep ${seconds}; sleep ${seconds}`, {timeoutSeconds: 0.3});
		const results = await Promise.all(Array.from({length: 3}, run));
		expect(results.map(({ended}) => ended)).toEqual(Array.from({length: 3}, () => 'timed-out'));
		expect(processes(`sleep ${seconds}`)).toBe(0);
		const after = await Promise.all(Array.from({length: 10}, () => host.exec('echo ok')));
		expect(after.every(({stdout}) => stdout === 'ok\n')).toBe(true);
	});

	it('is used with fewer sessions when the server allows fewer', async () => {
		const host = await hostWith('MaxSessions 1');
		const results = await Promise.all(Array.from({length: 6}, (_, index) => host.exec(`sleep 0.1; echo ${index}`)));
		expect(results.map(({stdout}) => stdout.trim())).toEqual(['0', '1', '2', '3', '4', '5']);
	});

	it('says so when the server allows no session', async () => {
		const host = await hostWith('MaxSessions 0');
		await expect(host.exec('true')).rejects.toMatchObject({code: 'ssh.sessions-exhausted', exitCode: 69});
	});

	it('dials for HTTP', async () => {
		const server = createHttpServer((request, response) => response.end(`you asked for ${request.url}`)).listen(
			0,
			'127.0.0.1',
		);
		await once(server, 'listening');
		const address = server.address();
		const host = await hostWith();
		const dialled = await host.dial('127.0.0.1', typeof address === 'object' && address ? address.port : 0);
		if (!dialled.ok) throw new Error(dialled.text);
		const body = await new Promise<string>((resolve, reject) => {
			get({path: '/ready', host: 'vm', createConnection: () => dialled.stream}, (response) => {
				response.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()), reject);
			}).on('error', reject);
		});
		server.close();
		expect(body).toBe('you asked for /ready');
	});

	it('hands on all that a dialled server said, however late it is read', async () => {
		const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const address = server.address();
		const port = typeof address === 'object' && address ? address.port : 0;
		const host = await hostWith();
		for (let round = 0; round < 30; round++) {
			const dialled = await host.dial('127.0.0.1', port);
			if (!dialled.ok) throw new Error(dialled.text);
			dialled.stream.end('there and back');
			if (round % 2 === 1) await new Promise((resolve) => setTimeout(resolve, 20));
			expect(Buffer.concat(await dialled.stream.toArray()).toString()).toBe('there and back');
		}
		server.close();
	});

	it('does not end with the commands that go on in the background', async () => {
		const host = await hostWith();
		const start = script('start.sh', `#!/bin/sh\nnohup sleep ${seconds} >/dev/null 2>&1 </dev/null &\n`);
		expect(await host.exec(start, {timeoutSeconds: 5})).toMatchObject({ended: 'exited', code: 0});
		expect(processes(`sleep ${seconds}`)).toBe(1);
		await host.exec(`kill $(pgrep -x -f "sleep ${seconds}")`);
	});
});
