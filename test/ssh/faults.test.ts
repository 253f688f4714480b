import {readFileSync} from 'node:fs';
import {connect as connectTcp, createServer, type Socket, type Server as TcpServer} from 'node:net';
import {join} from 'node:path';
import ssh2, {type Connection, type ServerConfig} from 'ssh2';
import {afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import type {Prompts, SshDestination} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {evidenceOf, scriptedPrompts} from '../contract/remote-host.ts';
import {freePort, makeKey, type TestKey, temporaryFolder} from '../helpers/sshd.ts';

/* Servers that misbehave: ssh2's own, and plain TCP. */

const nobody = scriptedPrompts(undefined).prompts;
const folder = temporaryFolder();
const closing: Array<() => void> = [];
let key: TestKey;
let hostKey: TestKey;

beforeAll(() => {
	key = makeKey(join(folder, 'key'));
	hostKey = makeKey(join(folder, 'host'), 'ecdsa');
});
afterEach(() => {
	for (const close of closing.splice(0)) close();
});
afterAll(() => {
	for (const close of closing.splice(0)) close();
});

function portOf(server: {address(): unknown}): number {
	const address = server.address();
	if (typeof address === 'object' && address !== null && 'port' in address) return Number(address.port);
	throw new Error('not listening');
}

/** A TCP server; returns its port. */
function tcp(onConnection: (socket: Socket) => void): Promise<number> {
	return new Promise((resolve) => {
		const sockets: Socket[] = [];
		const server: TcpServer = createServer((socket) => {
			sockets.push(socket);
			socket.on('error', () => undefined);
			onConnection(socket);
		}).listen(0, '127.0.0.1', () => resolve(portOf(server)));
		closing.push(() => {
			server.close();
			for (const socket of sockets) socket.destroy();
		});
	});
}

/** An SSH server; without `onAuthentication` it lets everybody in. */
function ssh(
	onReady: (connection: Connection) => void,
	onAuthentication?: (connection: Connection) => void,
	config: Partial<ServerConfig> = {},
): Promise<number> {
	return new Promise((resolve) => {
		const connections: Connection[] = [];
		const server = new ssh2.Server({hostKeys: [readFileSync(hostKey.path)], ...config}, (connection) => {
			connections.push(connection);
			connection.on('error', () => undefined);
			connection.on('ready', () => onReady(connection));
			if (onAuthentication) onAuthentication(connection);
			else connection.on('authentication', (context) => context.accept());
		}).listen(0, '127.0.0.1', () => resolve(portOf(server)));
		closing.push(() => {
			server.close();
			for (const connection of connections) connection.end();
		});
	});
}

function connect(port: number, over: Partial<SshDestination> = {}, prompts: Prompts = nobody, seconds = 1) {
	const connector = createConnector({env: {PATH: process.env.PATH}, home: folder});
	const knownHosts = join(temporaryFolder(), 'known_hosts');
	return connector.connect(
		{host: '127.0.0.1', port, user: 'me', key: key.path, hostKeys: 'accept-new', knownHosts, ...over},
		{prompts, connectTimeoutSeconds: seconds},
	);
}

const refusal = (...args: Parameters<typeof connect>) =>
	connect(...args).then(
		() => undefined,
		(error: unknown) => error,
	);

describe('a server that cannot be reached', () => {
	it('refuses', async () => {
		const port = await freePort();
		const error = await refusal(port);
		expect(error).toMatchObject({
			code: 'ssh.refused',
			exitCode: 69,
			message: expect.stringContaining(`127.0.0.1:${port}`),
		});
		expect(evidenceOf(error)).toContain('ECONNREFUSED');
	});

	it('has a name that does not resolve', async () => {
		const error = await refusal(22, {host: 'no-such-host.invalid'}, nobody, 8);
		expect(error).toMatchObject({code: 'ssh.host-unresolved', exitCode: 69});
		expect(evidenceOf(error)).toMatch(/ENOTFOUND|EAI_AGAIN/);
	});

	it('accepts and says nothing', async () => {
		const error = await refusal(await tcp(() => undefined));
		expect(error).toMatchObject({code: 'ssh.timeout', exitCode: 69});
		expect(evidenceOf(error)).toContain('nothing within 1 s');
		expect(evidenceOf(error)).toContain('TCP: connected');
	});

	it('accepts and hangs up, each time', async () => {
		const error = await refusal(await tcp((socket) => socket.destroy()), {}, nobody, 4);
		expect(error).toMatchObject({
			code: 'ssh.timeout',
			message: expect.stringContaining('hangs up at once'),
			hint: expect.stringContaining('MaxStartups'),
		});
		expect(evidenceOf(error)).toContain('attempts: 3');
	});

	it('hangs up twice of three times, as sshd does with too many logins at once', async () => {
		const target = await ssh((connection) => connection.on('session', () => undefined));
		let count = 0;
		const port = await tcp((socket) => {
			count++;
			if (count === 1) return socket.destroy();
			if (count === 2) return socket.end('Exceeded MaxStartups\r\n');
			const through = createConnectionTo(target);
			socket.pipe(through).pipe(socket);
		});
		(await connect(port, {}, nobody, 8)).close();
		expect(count).toBe(3);
	});

	it('refuses while it starts again', async () => {
		const port = await freePort();
		const target = await ssh((connection) => connection.on('session', () => undefined));
		const connecting = connect(port, {}, nobody, 8);
		const server = createServer((socket) => socket.pipe(createConnectionTo(target)).pipe(socket));
		setTimeout(() => server.listen(port, '127.0.0.1'), 700);
		closing.push(() => server.close());
		(await connecting).close();
	});

	it('is not asked again where it is heard out', async () => {
		let count = 0;
		const port = await tcp((socket) => {
			count++;
			socket.end('220 mail.example ESMTP\r\n');
		});
		expect(await refusal(port, {}, nobody, 4)).toMatchObject({
			message: expect.stringContaining('not as an SSH server'),
		});
		expect(count).toBe(1);
	});

	it('speaks something else', async () => {
		const error = await refusal(await tcp((socket) => socket.write('220 mail.example ESMTP\u001b[2J\r\n')));
		expect(error).toMatchObject({code: 'ssh.timeout', message: expect.stringContaining('not as an SSH server')});
		expect(evidenceOf(error)).toContain('first bytes: 220 mail.example ESMTP');
		expect(evidenceOf(error)).not.toContain('\u001b');
	});

	it('stops in the middle of the handshake', async () => {
		const error = await refusal(await tcp((socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n')));
		expect(error).toMatchObject({
			code: 'ssh.timeout',
			message: expect.stringContaining('does not finish the SSH handshake'),
		});
	});

	it.each([
		['key exchange', {kex: ['diffie-hellman-group14-sha1']}, /\(remote\) KEX method: .*group14-sha1/],
		['host key', {serverHostKey: ['ssh-rsa']}, /\(remote\) Host key format: ssh-rsa/],
		['MAC', {hmac: ['hmac-sha1'], cipher: ['aes128-ctr']}, /\(remote\) C->S MAC: hmac-sha1/],
	] as const)('has only an old %s: both lists are told', async (_what, algorithms, offer) => {
		const rsa = makeKey(join(temporaryFolder(), 'rsa'), 'rsa');
		const server = {hostKeys: [readFileSync(rsa.path)], algorithms} as unknown as Partial<ServerConfig>;
		const error = await refusal(await ssh(() => undefined, undefined, server));
		expect(error).toMatchObject({code: 'ssh.no-common-algorithm', exitCode: 69});
		expect(evidenceOf(error)).toMatch(offer);
		expect(evidenceOf(error)).toMatch(/\(local\)/);
	});

	/** A server that hangs up at the first time, while a person still compares the fingerprint; and that person. */
	async function impatient(answer: string | undefined) {
		let first = true;
		const target = await ssh((connection) => connection.on('session', () => undefined));
		const port = await tcp((socket) => {
			const through = createConnectionTo(target);
			socket.pipe(through).pipe(socket);
			if (first) setTimeout(() => socket.destroy(), 300);
			first = false;
		});
		const asked: string[] = [];
		const slow: Prompts = {
			ask: async ({title}) => {
				asked.push(title);
				await new Promise((resolve) => setTimeout(resolve, 1500));
				return answer;
			},
		};
		return {port, asked, slow};
	}

	it('hangs up while a person compares the fingerprint: the answer counts for a second attempt', async () => {
		const {port, asked, slow} = await impatient('yes');
		const host = await connect(port, {hostKeys: 'ask'}, slow);
		expect(asked).toHaveLength(1);
		expect(host.hostKey).toBe(hostKey.fingerprint);
		host.close();
	});

	it('hangs up while a person compares the fingerprint, who does not know it: that is all', async () => {
		// One would end the program, with all of its runs.
		const stray: unknown[] = [];
		const hear = (error: unknown) => stray.push(error);
		process.on('unhandledRejection', hear);
		onTestFinished(() => void process.off('unhandledRejection', hear));
		const {port, asked, slow} = await impatient(undefined);
		await expect(connect(port, {hostKeys: 'ask'}, slow)).rejects.toMatchObject({code: 'ssh.host-key-unknown'});
		expect(asked).toHaveLength(1);
		await new Promise((resolve) => setTimeout(resolve, 50));
		expect(stray).toEqual([]);
	});
});

describe('a login', () => {
	it('by password is asked for, masked, three times, and never told', async () => {
		const port = await ssh(
			() => undefined,
			(connection) =>
				connection.on('authentication', (context) =>
					context.method === 'password' && context.password === 'right'
						? context.accept()
						: context.reject(['password']),
				),
		);
		const wrong = scriptedPrompts('wrong horse');
		const error = await refusal(port, {}, wrong.prompts);
		expect(error).toMatchObject({code: 'ssh.auth-failed', exitCode: 77});
		expect(wrong.asked.map(({kind}) => kind)).toEqual(['secret', 'secret', 'secret']);
		expect(new Set(wrong.asked.map(({id}) => id)).size).toBe(3);
		expect(`${evidenceOf(error)}${String(error)}`).not.toContain('horse');
		(await connect(port, {}, scriptedPrompts('right').prompts)).close();
		expect(evidenceOf(await refusal(port))).toContain('nobody gave one');
	});

	it('by keyboard-interactive answers each prompt, cleaned of control characters', async () => {
		const port = await ssh(
			() => undefined,
			(connection) =>
				connection.on('authentication', (context) => {
					if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
					context.prompt(
						[
							{prompt: 'Password: \u001b[31m', echo: false},
							{prompt: 'Code: ', echo: true},
						],
						'Two factors',
						(answers) => (answers.join() === 'p,1234' ? context.accept() : context.reject(['keyboard-interactive'])),
					);
				}),
		);
		const person = scriptedPrompts(({title}) => (title.startsWith('Code') ? '1234' : 'p'));
		(await connect(port, {}, person.prompts)).close();
		expect(person.asked.map(({title}) => title)).toEqual([
			`Password for me@127.0.0.1:${port}`,
			`Code for me@127.0.0.1:${port}`,
		]);
		expect(person.asked[0]?.detail).toBe('Two factors');
	});

	it('by key and then a second factor', async () => {
		const port = await ssh(
			() => undefined,
			(connection) => {
				let keyed = false;
				connection.on('authentication', (context) => {
					if (context.method === 'publickey' && !keyed) {
						if (context.signature === undefined) return context.accept();
						keyed = true;
						return context.reject(['keyboard-interactive'], true);
					}
					if (!keyed) return context.reject(['publickey']);
					if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive']);
					context.prompt({prompt: 'Code:', echo: false}, ([answer]) =>
						answer === '1' ? context.accept() : context.reject(),
					);
				});
			},
		);
		const person = scriptedPrompts('1');
		(await connect(port, {}, person.prompts)).close();
		expect(person.asked).toHaveLength(1);
	});
});

describe('a connection', () => {
	it('that breaks in the middle of a command gives what it said, as lost', async () => {
		const port = await ssh((connection) =>
			connection.on('session', (accept) =>
				accept().on('exec', (acceptExec) => {
					const channel = acceptExec();
					channel.write('half a li');
					setTimeout(() => connection.end(), 100);
				}),
			),
		);
		const host = await connect(port);
		expect(await host.exec('true')).toEqual({code: undefined, ended: 'lost', stdout: 'half a li', stderr: ''});
		expect(await host.closed).toMatch(/closed/);
	});

	it('that never opens a channel is given up by who waits', async () => {
		const port = await ssh((connection) => connection.on('session', () => undefined));
		const host = await connect(port);
		const started = performance.now();
		expect(await host.exec('true', {signal: AbortSignal.timeout(200)})).toMatchObject({ended: 'cancelled'});
		expect(performance.now() - started).toBeLessThan(2000);
		host.close();
	});

	it('that gives one session at a time is used one at a time', async () => {
		let open = 0;
		let most = 0;
		const port = await ssh((connection) =>
			connection.on('session', (accept, reject) => {
				if (open > 0) return reject();
				most = Math.max(most, ++open);
				const session = accept();
				session.on('exec', (acceptExec) => {
					const channel = acceptExec();
					channel.write('ok');
					setTimeout(() => {
						channel.exit(0);
						channel.end();
					}, 20);
				});
				session.on('close', () => {
					open--;
				});
			}),
		);
		const host = await connect(port);
		const results = await Promise.all(Array.from({length: 6}, () => host.exec('true')));
		expect(results.map(({stdout}) => stdout)).toEqual(Array.from({length: 6}, () => 'ok'));
		expect(most).toBe(1);
		host.close();
	});

	it('that forbids commands or sessions says so', async () => {
		const refusesExec = await ssh((connection) =>
			connection.on('session', (accept) => accept().on('exec', (_accept, reject) => reject())),
		);
		const host = await connect(refusesExec);
		await expect(host.exec('true')).rejects.toMatchObject({code: 'ssh.sessions-exhausted', exitCode: 69});
		host.close();
	});

	it('whose forwards are not answered is filtered after the limit; a late answer does no harm', async () => {
		const port = await ssh((connection) => connection.on('tcpip', (accept) => void setTimeout(() => accept(), 400)));
		const host = await connect(port);
		expect(await host.dial('10.0.0.1', 80, {timeoutSeconds: 0.2})).toEqual({
			ok: false,
			failure: 'filtered',
			text: 'no answer within 0.2 s',
		});
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(await host.dial('10.0.0.1', 80, {signal: AbortSignal.timeout(50)})).toMatchObject({
			ok: false,
			failure: 'lost',
		});
		host.close();
	});

	it('that breaks under a dialled stream ends the stream', async () => {
		const port = await ssh((connection) =>
			connection.on('tcpip', (accept) => {
				accept().write('hello');
				setTimeout(() => connection.end(), 100);
			}),
		);
		const host = await connect(port);
		const dialled = await host.dial('10.0.0.1', 80);
		if (!dialled.ok) throw new Error(dialled.text);
		expect(Buffer.concat(await dialled.stream.toArray()).toString()).toBe('hello');
		await expect.poll(() => dialled.stream.destroyed).toBe(true);
	});
});

function createConnectionTo(port: number): Socket {
	const socket = connectTcp(port, '127.0.0.1');
	socket.on('error', () => undefined);
	return socket;
}
