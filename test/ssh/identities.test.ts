import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {copyFileSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Prompts, SshDestination} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {evidenceOf, scriptedPrompts} from '../contract/remote-host.ts';
import {type KeyKind, makeKey, noSshd, type Sshd, startSshd, type TestKey, temporaryFolder} from '../helpers/sshd.ts';

const nobody = scriptedPrompts(undefined).prompts;
const wrong = scriptedPrompts('wrong');

describe.skipIf(noSshd !== undefined)(`identities${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const folder = temporaryFolder();
	const keys: Record<string, TestKey> = {};
	let sshd: Sshd;
	let agent: Awaited<ReturnType<typeof startAgent>>;

	const key = (name: string): TestKey => keys[name] ?? fail(`no key ${name}`);
	const destination = (over: Partial<SshDestination> = {}): SshDestination => ({
		host: sshd.host,
		port: sshd.port,
		user: sshd.user,
		hostKeys: 'accept-new',
		...over,
	});
	/** A connector of a person with this agent and this home. */
	const person = (home = temporaryFolder(), socket?: string) =>
		createConnector({env: {PATH: process.env.PATH, ...(socket === undefined ? {} : {SSH_AUTH_SOCK: socket})}, home});
	const login = async (
		connector: ReturnType<typeof person>,
		over: Partial<SshDestination> = {},
		prompts: Prompts = nobody,
	) => {
		const host = await connector.connect(destination(over), {prompts});
		const {stdout} = await host.exec('echo in');
		host.close();
		return stdout;
	};
	const refusal = (
		connector: ReturnType<typeof person>,
		over: Partial<SshDestination> = {},
		prompts: Prompts = nobody,
	) =>
		login(connector, over, prompts).then(
			() => fail('it logged in'),
			(error: unknown) => error,
		);
	const homeWith = (name: string, as: string) => {
		const home = temporaryFolder();
		mkdirSync(join(home, '.ssh'), {mode: 0o700});
		copyFileSync(key(name).path, join(home, '.ssh', as));
		return home;
	};

	beforeAll(async () => {
		for (const kind of ['ed25519', 'rsa', 'ecdsa'] as const) keys[kind] = makeKey(join(folder, kind), kind);
		keys.encrypted = makeKey(join(folder, 'encrypted'), 'ed25519', {passphrase: 'open sesame'});
		keys.old = makeKey(join(folder, 'old'), 'rsa', {passphrase: 'open sesame', format: 'PEM'});
		keys.stranger = makeKey(join(folder, 'stranger'));
		const known = ['ed25519', 'rsa', 'ecdsa', 'encrypted', 'old'].map((name) => key(name).publicLine);
		sshd = await startSshd({authorized: known});
		agent = await startAgent();
	});
	afterAll(async () => {
		agent?.stop();
		await sshd?.stop();
	});

	it.each(['ed25519', 'rsa', 'ecdsa'] satisfies KeyKind[])('logs in with a key file: %s', async (kind) => {
		expect(await login(person(), {key: key(kind).path})).toBe('in\n');
	});

	it.each(['ed25519', 'rsa', 'ecdsa'] satisfies KeyKind[])('logs in with a key in the agent: %s', async (kind) => {
		agent.hold(key(kind));
		expect(await login(person(undefined, agent.socket))).toBe('in\n');
	});

	it('asks for the passphrase of an encrypted key once, masked, for all connections', async () => {
		const {prompts, asked} = scriptedPrompts('open sesame');
		const connector = person();
		const over = {key: key('encrypted').path};
		await Promise.all([
			login(connector, over, prompts),
			login(connector, over, prompts),
			login(connector, over, prompts),
		]);
		await login(connector, over, prompts);
		expect(asked).toMatchObject([{kind: 'secret', title: `Passphrase for ${over.key}`}]);
	});

	it('asks for the passphrase of an old PEM key that has no public half beside it', async () => {
		rmSync(`${key('old').path}.pub`);
		const {prompts, asked} = scriptedPrompts('open sesame');
		expect(await login(person(), {key: key('old').path}, prompts)).toBe('in\n');
		expect(asked).toHaveLength(1);
	});

	it('asks again after a wrong passphrase, three times in all', async () => {
		let attempt = 0;
		const second = scriptedPrompts(() => (++attempt === 1 ? 'wrong' : 'open sesame'));
		expect(await login(person(), {key: key('encrypted').path}, second.prompts)).toBe('in\n');
		expect(new Set(second.asked.map(({id}) => id)).size).toBe(2);
		const error = await refusal(person(), {key: key('encrypted').path}, wrong.prompts);
		expect(error).toMatchObject({code: 'ssh.key-unusable', exitCode: 77});
		expect(wrong.asked).toHaveLength(3);
		expect(JSON.stringify(error)).not.toContain('"wrong"');
	});

	it('does not ask for the passphrase of a key that the server does not want, nor of one that the agent holds', async () => {
		const unwanted = makeKey(join(temporaryFolder(), 'unwanted'), 'ed25519', {passphrase: 'x'});
		const {prompts, asked} = scriptedPrompts('x');
		expect(await refusal(person(), {key: unwanted.path}, prompts)).toMatchObject({code: 'ssh.auth-failed'});
		const plain = join(temporaryFolder(), 'copy');
		copyFileSync(key('encrypted').path, plain);
		execFileSync('ssh-keygen', ['-q', '-p', '-P', 'open sesame', '-N', '', '-f', plain], {stdio: 'ignore'});
		agent.hold({...key('encrypted'), path: plain});
		expect(await login(person(undefined, agent.socket), {key: key('encrypted').path}, prompts)).toBe('in\n');
		expect(asked).toEqual([]);
	});

	it('says that an encrypted key needs a passphrase when nobody is there', async () => {
		expect(await refusal(person(), {key: key('encrypted').path})).toMatchObject({
			code: 'ssh.key-unusable',
			message: expect.stringContaining('encrypted, and no passphrase was given'),
		});
	});

	it.each([
		['missing', undefined, /there is no such file/],
		[
			'damaged',
			'-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1r\n-----END OPENSSH PRIVATE KEY-----\n',
			/cannot be used: .*[Mm]alformed|damaged/,
		],
		['no key', 'hello\n', /damaged, or no key/],
	])('names an explicit key file that is %s', async (name, content, message) => {
		const path = join(temporaryFolder(), name);
		if (content !== undefined) writeFileSync(path, content);
		expect(await refusal(person(), {key: path})).toMatchObject({
			code: 'ssh.key-unusable',
			message: expect.stringMatching(message),
		});
	});

	it('finds the default names, and what ssh_config names', async () => {
		expect(await login(person(homeWith('ecdsa', 'id_ecdsa')))).toBe('in\n');
		const home = homeWith('rsa', 'work');
		expect(await refusal(person(home))).toMatchObject({code: 'ssh.auth-failed'});
		writeFileSync(join(home, '.ssh', 'config'), `Host vm\n  HostName 127.0.0.1\n  IdentityFile ~/.ssh/work\n`, {
			mode: 0o600,
		});
		expect(await login(person(home), {host: 'vm'})).toBe('in\n');
	});

	it('tells methods, fingerprints and sources of what was refused, and what it could not offer', async () => {
		const home = homeWith('stranger', 'id_ed25519');
		copyFileSync(`${key('stranger').path}.pub`, join(home, '.ssh', 'id_ed25519.pub'));
		writeFileSync(join(home, '.ssh', 'id_ed25519-cert.pub'), '');
		writeFileSync(join(home, '.ssh', 'id_rsa'), 'rubbish');
		agent.hold(makeKey(join(temporaryFolder(), 'held')));
		const error = await refusal(person(home, agent.socket));
		const evidence = evidenceOf(error);
		expect(error).toMatchObject({code: 'ssh.auth-failed', exitCode: 77});
		expect(evidence).toContain('methods that the server takes: publickey');
		expect(evidence).toContain(`tried: ssh-ed25519 ${key('stranger').fingerprint} from ${home}/.ssh/id_ed25519`);
		expect(evidence).toMatch(/tried: ssh-ed25519 SHA256:\S+ from ssh-agent \(ed25519 test\)/);
		expect(evidence).toMatch(/id_ed25519-cert.pub: not offered: certificates are not supported/);
		expect(evidence).toMatch(/id_rsa: not offered: it is damaged/);
	});

	it('explains certificates in the agent', async () => {
		const authority = makeKey(join(temporaryFolder(), 'ca'));
		const user = makeKey(join(temporaryFolder(), 'user'));
		execFileSync('ssh-keygen', ['-q', '-s', authority.path, '-I', 'me', '-n', 'me', `${user.path}.pub`], {
			stdio: 'ignore',
		});
		agent.hold(user);
		expect(evidenceOf(await refusal(person(undefined, agent.socket)))).toMatch(
			/ssh-ed25519-cert-v01@openssh.com; certificates are not supported/,
		);
	});

	it('explains hardware keys', async () => {
		const file = join(temporaryFolder(), 'id_sk');
		const field = (data: string | Buffer) => {
			const bytes = Buffer.from(data);
			return Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
		};
		const blob = Buffer.concat([field('sk-ssh-ed25519@openssh.com'), field(Buffer.alloc(32)), field('ssh:')]);
		const body = Buffer.concat([
			Buffer.from('openssh-key-v1\0'),
			field('none'),
			field('none'),
			field(''),
			Buffer.from([0, 0, 0, 1]),
			field(blob),
			field(''),
		]);
		writeFileSync(
			file,
			`-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`,
		);
		expect(await refusal(person(), {key: file})).toMatchObject({
			code: 'ssh.key-unusable',
			message: expect.stringContaining('hardware key'),
		});
	});

	it('does not mind an agent that is gone', async () => {
		const home = homeWith('ed25519', 'id_ed25519');
		expect(await login(person(home, '/nowhere/agent'))).toBe('in\n');
		expect(evidenceOf(await refusal(person(undefined, '/nowhere/agent')))).toContain(
			'ssh-agent /nowhere/agent: not used',
		);
	});

	it('offers a configured key that the agent holds before its others, and only it with IdentitiesOnly', async () => {
		agent.hold(...Array.from({length: 7}, (_, index) => makeKey(join(temporaryFolder(), `k${index}`))), key('ed25519'));
		expect(await refusal(person(undefined, agent.socket))).toMatchObject({
			code: 'ssh.auth-failed',
			evidence: expect.arrayContaining([
				{source: 'server', text: expect.stringContaining('Too many authentication failures')},
			]),
		});
		const home = temporaryFolder();
		mkdirSync(join(home, '.ssh'));
		copyFileSync(`${key('ed25519').path}.pub`, join(home, '.ssh', 'work.pub'));
		writeFileSync(join(home, '.ssh', 'config'), `Host *\n  IdentityFile ~/.ssh/work.pub\n`, {mode: 0o600});
		expect(await login(person(home, agent.socket))).toBe('in\n');
		expect(await person(home, agent.socket).publicKey(destination())).toBe(key('ed25519').publicLine);
	});

	it('tells the public key that it would offer first', async () => {
		const publicKey = (connector: ReturnType<typeof person>, path?: string) =>
			connector.publicKey(destination(path === undefined ? {} : {key: path}));
		expect(await publicKey(person(), key('ecdsa').path)).toBe(key('ecdsa').publicLine);
		expect(await publicKey(person(), key('encrypted').path)).toBe(key('encrypted').publicLine);
		const bare = join(temporaryFolder(), 'bare');
		copyFileSync(key('rsa').path, bare);
		expect(await publicKey(person(), bare)).toBe(key('rsa').publicLine);
		agent.hold(key('ed25519'));
		expect(await publicKey(person(undefined, agent.socket))).toBe(key('ed25519').publicLine);
		await expect(publicKey(person())).rejects.toMatchObject({code: 'ssh.key-unusable', exitCode: 77});
		await expect(publicKey(person(), '/nowhere/key')).rejects.toMatchObject({code: 'ssh.key-unusable'});
	});
});

function fail(message: string): never {
	throw new Error(message);
}

/** A real ssh-agent; `hold` replaces what it holds. */
async function startAgent() {
	const socket = join(temporaryFolder(), 'agent');
	const child = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'ignore']});
	await once(child.stdout, 'data');
	const run = (...args: string[]) =>
		execFileSync('ssh-add', args, {env: {...process.env, SSH_AUTH_SOCK: socket}, stdio: 'ignore'});
	return {
		socket,
		hold: (...held: TestKey[]) => {
			run('-D');
			for (const {path} of held) run(path);
		},
		stop: () => void child.kill(),
	};
}
