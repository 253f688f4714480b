import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {SshDestination} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {evidenceOf, scriptedPrompts} from '../contract/remote-host.ts';
import {freePort, makeKey, noSshd, type Sshd, startSshd, type TestKey, temporaryFolder} from '../helpers/sshd.ts';

describe.skipIf(noSshd !== undefined)(`jump hosts${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const folder = temporaryFolder();
	const {prompts} = scriptedPrompts(undefined);
	let key: TestKey;
	let bastion: Sshd;
	let inner: Sshd;

	const connect = (over: Partial<SshDestination>, home = folder) =>
		createConnector({env: {PATH: process.env.PATH}, home}).connect(
			{
				host: '127.0.0.1',
				port: inner.port,
				user: inner.user,
				key: key.path,
				hostKeys: 'accept-new',
				knownHosts: join(temporaryFolder(), 'known_hosts'),
				...over,
			},
			{prompts, connectTimeoutSeconds: 5},
		);
	const refusal = (over: Partial<SshDestination>) => connect(over).catch((error: unknown) => error);
	const throughBastion = () => [`${bastion.user}@127.0.0.1:${bastion.port}`];
	const logins = (sshd: Sshd) => sshd.log().match(/Accepted publickey/g)?.length ?? 0;

	beforeAll(async () => {
		key = makeKey(join(folder, 'key'));
		bastion = await startSshd({authorized: [key.publicLine]});
		inner = await startSshd({authorized: [key.publicLine]});
	});
	afterAll(async () => {
		await Promise.all([bastion?.stop(), inner?.stop()]);
	});

	it('carry the connection, each verified under its own name', async () => {
		const knownHosts = join(temporaryFolder(), 'known_hosts');
		const before = logins(bastion);
		const host = await connect({jump: throughBastion(), knownHosts});
		expect(logins(bastion)).toBe(before + 1);
		expect((await host.exec('echo "$SSH_CONNECTION"')).stdout).toMatch(new RegExp(`${inner.port}\n$`));
		expect(await host.dial('127.0.0.1', await freePort())).toMatchObject({failure: 'refused'});
		host.close();
		const saved = readFileSync(knownHosts, 'utf8');
		expect(saved).toContain(
			`[127.0.0.1]:${bastion.port} ${bastion.hostKeys.ed25519?.publicLine.split(' ', 2).join(' ')}`,
		);
		expect(saved).toContain(`[127.0.0.1]:${inner.port} ${inner.hostKeys.ed25519?.publicLine.split(' ', 2).join(' ')}`);
	});

	it('come from ssh_config too, with names, users and keys of their own', async () => {
		const home = temporaryFolder();
		mkdirSync(join(home, '.ssh'), {mode: 0o700});
		const config = `Host gate\n  HostName 127.0.0.1\n  Port ${bastion.port}\n  IdentityFile ${key.path}\nHost vm\n  HostName 127.0.0.1\n  Port ${inner.port}\n  ProxyJump gate\n  IdentityFile ${key.path}\n`;
		writeFileSync(join(home, '.ssh', 'config'), config, {mode: 0o600});
		const before = logins(bastion);
		const {host: name, ...rest} = {host: 'vm', hostKeys: 'accept-new'} as const;
		const host = await createConnector({env: {PATH: process.env.PATH}, home}).connect({host: name, ...rest}, {prompts});
		expect(host.description).toBe(`${inner.user}@127.0.0.1:${inner.port}`);
		expect(logins(bastion)).toBe(before + 1);
		host.close();
	});

	it('take the connection with them when they are gone, and let go of it when it is closed', async () => {
		const gate = await startSshd({authorized: [key.publicLine]});
		const host = await connect({jump: [`127.0.0.1:${gate.port}`]});
		host.close();
		await expect.poll(() => gate.log()).toMatch(/Disconnected from user|Received disconnect/);
		const other = await connect({jump: [`127.0.0.1:${gate.port}`]});
		const {promise: started, resolve} = Promise.withResolvers<void>();
		const running = other.exec('echo started; exec sleep 5', {onOutput: () => resolve()});
		await started;
		const master = readFileSync(join(gate.folder, 'pid'), 'utf8').trim();
		execFileSync('pkill', ['-KILL', '-P', master]);
		expect(await other.closed).toMatch(/closed|ECONNRESET|lost/);
		expect(await running).toMatchObject({ended: 'lost', code: undefined});
		await gate.stop();
	});

	it('are named when they cannot reach the host, or may not', async () => {
		const port = await freePort();
		const refused = await refusal({jump: throughBastion(), port});
		expect(refused).toMatchObject({code: 'ssh.refused', exitCode: 69, message: expect.stringContaining(`:${port}`)});
		expect(evidenceOf(refused)).toContain(`127.0.0.1:${bastion.port} (jump host): Connection refused`);
		expect(await refusal({jump: throughBastion(), host: 'no-such-host.invalid'})).toMatchObject({
			code: 'ssh.host-unresolved',
		});
		const closed = await startSshd({authorized: [key.publicLine], config: ['AllowTcpForwarding no']});
		const forbidden = await refusal({jump: [`127.0.0.1:${closed.port}`]});
		expect(forbidden).toMatchObject({code: 'ssh.timeout'});
		expect(evidenceOf(forbidden)).toMatch(/prohibited|open failed/);
		await closed.stop();
	});

	it('are named when they cannot be reached themselves', async () => {
		const port = await freePort();
		expect(await refusal({jump: [`127.0.0.1:${port}`]})).toMatchObject({
			code: 'ssh.refused',
			message: expect.stringContaining(`:${port}`),
		});
		expect(await refusal({jump: ['-oProxyCommand=x']})).toMatchObject({code: 'entry.invalid'});
	});
});
