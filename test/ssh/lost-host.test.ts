import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test, vi} from 'vitest';
import type {ExecResult, RemoteHost, SshDestination} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {makeKey, noSshd, type Sshd, startSshd, temporaryFolder} from '../helpers/sshd.ts';

/* A host that is gone: stopped in its tracks (a VM off the network says nothing, not even goodbye), or its sshd killed. */

const nobody = {ask: async () => undefined};

describe.skipIf(noSshd !== undefined)(`a host that is lost${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const sshds: Sshd[] = [];
	const hosts: RemoteHost[] = [];
	let stopped: number[] = [];
	const key = makeKey(join(temporaryFolder(), 'key'));

	const start = async () => {
		const sshd = await startSshd({authorized: [key.publicLine]});
		sshds.push(sshd);
		return sshd;
	};
	const connect = async (sshd: Sshd, more: Partial<SshDestination> = {}) => {
		const connector = createConnector({env: {PATH: process.env.PATH}, home: temporaryFolder()});
		const {host, port, user} = sshd;
		const knownHosts = join(temporaryFolder(), 'known_hosts');
		const destination = {host, port, user, key: key.path, knownHosts, hostKeys: 'accept-new', ...more} as const;
		const connected = await connector.connect(destination, {prompts: nobody});
		hosts.push(connected);
		return connected;
	};
	/** The processes that serve the connections of an sshd. */
	const served = ({folder}: Sshd) =>
		execFileSync('ps', ['--ppid', readFileSync(join(folder, 'pid'), 'utf8').trim(), '-o', 'pid='], {encoding: 'utf8'})
			.split('\n')
			.filter((line) => line.trim() !== '')
			.map(Number);
	const freeze = (sshd: Sshd) => {
		stopped = served(sshd);
		expect(stopped).not.toEqual([]);
		for (const pid of stopped) process.kill(pid, 'SIGSTOP');
	};

	// Half a minute of silence passes at once; sockets and all else are real.
	beforeEach(() => void vi.useFakeTimers({toFake: ['setInterval', 'clearInterval']}));
	afterEach(async () => {
		vi.useRealTimers();
		for (const pid of stopped) process.kill(pid, 'SIGKILL');
		stopped = [];
		for (const host of hosts.splice(0)) host.close();
		await Promise.all(sshds.splice(0).map((sshd) => sshd.stop()));
	});
	/** Lets what came over the network arrive. */
	const settle = () => new Promise((resolve) => setTimeout(resolve, 100));
	/** Starts a command that says `before`; resolves once it was heard. */
	const saying = (host: RemoteHost, command: string) =>
		new Promise<readonly [Promise<ExecResult>]>((resolve) => {
			const onOutput = () => resolve([running]);
			const running = host.exec(`echo before; ${command}`, {timeoutSeconds: 900, onOutput});
		});
	const isOpen = async (host: RemoteHost) =>
		(await Promise.race([host.closed, settle().then(() => undefined)])) === undefined;

	test('is told after 20 s of silence, and whatever was asked of it then ends', async () => {
		const sshd = await start();
		const host = await connect(sshd);
		const [running] = await saying(host, 'sleep 31');
		freeze(sshd);
		const asked = host.exec('true', {timeoutSeconds: 900}).catch((error: unknown) => error);
		const dialled = host.dial('127.0.0.1', sshd.port, {timeoutSeconds: 900});
		await settle();
		vi.advanceTimersByTime(19_000);
		expect(await isOpen(host)).toBe(true);
		vi.advanceTimersByTime(1000);
		expect(await host.closed).toBe('no sign of life for 20 s (Keepalive timeout)');
		expect(await running).toMatchObject({ended: 'lost', code: undefined, stdout: 'before\n'});
		expect(await asked).toMatchObject({code: 'ssh.connection-lost'});
		expect(await dialled).toMatchObject({ok: false, failure: 'lost'});
		await expect(host.exec('true')).rejects.toMatchObject({code: 'ssh.connection-lost'});
	});

	test('is not told while it answers, however long a command says nothing', async () => {
		const host = await connect(await start());
		const running = host.exec('sleep 32', {timeoutSeconds: 900});
		for (let seconds = 0; seconds < 60; seconds += 5) {
			await settle();
			vi.advanceTimersByTime(5000);
		}
		expect(await isOpen(host)).toBe(true);
		host.close();
		await running;
	});

	test('is told at once when its sshd is killed, also behind a jump host', async () => {
		const [jump, target] = [await start(), await start()];
		const knownHosts = join(temporaryFolder(), 'known_hosts');
		const direct = await connect(target);
		const behind = await connect(target, {jump: [`${jump.user}@127.0.0.1:${jump.port}`], knownHosts});
		const running = await Promise.all([direct, behind].map((host) => saying(host, 'sleep 33')));
		for (const pid of served(target)) process.kill(pid, 'SIGKILL');
		for (const result of await Promise.all(running.flat()))
			expect(result).toMatchObject({ended: 'lost', stdout: 'before\n'});
		expect(await Promise.all([direct.closed, behind.closed])).toEqual([
			'the server closed the connection',
			'the server closed the connection',
		]);
	});
});
