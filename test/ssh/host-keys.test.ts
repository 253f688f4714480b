import {execFileSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {SshDestination} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {evidenceOf, scriptedPrompts} from '../contract/remote-host.ts';
import {makeKey, noSshd, type Sshd, startSshd, type TestKey, temporaryFolder} from '../helpers/sshd.ts';

describe.skipIf(noSshd !== undefined)(`host keys${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const folder = temporaryFolder();
	let sshd: Sshd;
	let key: TestKey;
	const blob = ({publicLine}: TestKey) => publicLine.split(' ').slice(0, 2).join(' ');
	const hostKey = (kind: 'ed25519' | 'rsa' | 'ecdsa') => sshd.hostKeys[kind] ?? key;
	const name = () => `[127.0.0.1]:${sshd.port}`;
	const file = (...lines: string[]) => {
		const path = join(temporaryFolder(), 'known_hosts');
		writeFileSync(path, `${lines.join('\n')}\n`);
		return path;
	};
	const login = async (knownHosts: string, over: Partial<SshDestination> = {}, answer?: string) => {
		const {prompts, asked} = scriptedPrompts(answer);
		const connector = createConnector({env: {PATH: process.env.PATH}, home: folder});
		const {host, port, user} = sshd;
		const there = await connector.connect(
			{host, port, user, key: key.path, hostKeys: 'strict', knownHosts, ...over},
			{prompts},
		);
		there.close();
		return {hostKey: there.hostKey, asked};
	};
	const refusal = (...args: Parameters<typeof login>) =>
		login(...args).then(
			() => undefined,
			(error: unknown) => error,
		);

	beforeAll(async () => {
		key = makeKey(join(folder, 'key'));
		sshd = await startSshd({authorized: [key.publicLine], hostKeyKinds: ['ed25519', 'rsa', 'ecdsa']});
	});
	afterAll(() => sshd?.stop());

	it.each(['ed25519', 'rsa', 'ecdsa'] as const)('asks the server for the type that is recorded: %s', async (kind) => {
		expect((await login(file(`${name()} ${blob(hostKey(kind))}`))).hostKey).toBe(hostKey(kind).fingerprint);
	});

	it('reads hashed files, and hashes what it saves when ssh_config says so', async () => {
		const known = file(`${name()} ${blob(hostKey('ed25519'))}`);
		execFileSync('ssh-keygen', ['-H', '-f', known], {stdio: 'ignore'});
		expect((await login(known)).hostKey).toBe(hostKey('ed25519').fingerprint);
		const home = temporaryFolder();
		execFileSync('mkdir', ['-m', '700', join(home, '.ssh')]);
		writeFileSync(join(home, '.ssh', 'config'), 'Host *\n  HashKnownHosts yes\n', {mode: 0o600});
		const connector = createConnector({env: {PATH: process.env.PATH}, home});
		const {host, port, user} = sshd;
		const {prompts} = scriptedPrompts(undefined);
		(await connector.connect({host, port, user, key: key.path, hostKeys: 'accept-new'}, {prompts})).close();
		const saved = readFileSync(join(home, '.ssh', 'known_hosts'), 'utf8');
		expect(saved).toMatch(/^\|1\|/);
		expect(
			execFileSync('ssh-keygen', ['-F', name(), '-f', join(home, '.ssh', 'known_hosts')], {encoding: 'utf8'}),
		).toContain('found');
	});

	it('refuses a changed key with both fingerprints, file and line, though the answer is yes', async () => {
		const other = makeKey(join(temporaryFolder(), 'other'));
		const known = file('# mine', `${name()} ${blob(other)}`);
		for (const hostKeys of ['strict', 'accept-new', 'ask'] as const) {
			const error = await refusal(known, {hostKeys}, 'yes');
			expect(error).toMatchObject({code: 'ssh.host-key-changed', exitCode: 77});
			expect(evidenceOf(error)).toContain(`shows ssh-ed25519 ${hostKey('ed25519').fingerprint}`);
			expect(evidenceOf(error)).toContain(`${known}:2: records ssh-ed25519 ${other.fingerprint}`);
			expect(error).toMatchObject({hint: expect.stringContaining(`ssh-keygen -R '${name()}' -f ${known}`)});
		}
		expect(readFileSync(known, 'utf8').trim().split('\n')).toHaveLength(2);
	});

	it('refuses a revoked key, though it is recorded and the answer is yes', async () => {
		const known = file(`${name()} ${blob(hostKey('ed25519'))}`, `@revoked * ${blob(hostKey('ed25519'))}`);
		expect(await refusal(known, {hostKeys: 'ask'}, 'yes')).toMatchObject({
			code: 'ssh.host-key-changed',
			message: expect.stringContaining(`revoked in ${known}:2`),
		});
	});

	it('takes a host that is known by a key of another type for no new one', async () => {
		const gone = await startSshd({authorized: [key.publicLine], hostKeyKinds: ['ecdsa']});
		const known = file(`[127.0.0.1]:${gone.port} ${blob(hostKey('ed25519'))}`);
		const over = {port: gone.port};
		const error = await refusal(known, {...over, hostKeys: 'accept-new'});
		expect(error).toMatchObject({code: 'ssh.host-key-unknown'});
		expect(evidenceOf(error)).toContain('recorded with a key of another type');
		const {asked} = await login(known, {...over, hostKeys: 'ask'}, 'yes');
		expect(asked[0]?.detail).toContain('recorded with a key of another type');
		await gone.stop();
	});

	it('says that host certificates are not supported', async () => {
		const authority = makeKey(join(temporaryFolder(), 'ca'));
		const error = await refusal(file(`@cert-authority * ${blob(authority)}`));
		expect(error).toMatchObject({code: 'ssh.host-key-unknown'});
		expect(evidenceOf(error)).toContain('host certificates are not supported');
	});

	it('looks under HostKeyAlias, and in all files of ssh_config', async () => {
		const home = temporaryFolder();
		execFileSync('mkdir', ['-m', '700', join(home, '.ssh')]);
		const second = file(`one ${blob(hostKey('ed25519'))}`);
		writeFileSync(
			join(home, '.ssh', 'config'),
			`Host *\n  HostKeyAlias one\n  UserKnownHostsFile ${file('')} ${second}\n`,
			{mode: 0o600},
		);
		const connector = createConnector({env: {PATH: process.env.PATH}, home});
		const {host, port, user} = sshd;
		const there = await connector.connect(
			{host, port, user, key: key.path, hostKeys: 'strict'},
			scriptedPrompts(undefined),
		);
		there.close();
		expect(there.hostKey).toBe(hostKey('ed25519').fingerprint);
	});

	it('does not go on when the accepted key cannot be saved', async () => {
		expect(await refusal(join(file(''), 'below'), {hostKeys: 'accept-new'})).toMatchObject({
			code: 'configuration',
			exitCode: 78,
		});
	});
});
