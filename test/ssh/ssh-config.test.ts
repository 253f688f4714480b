import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {parseSshConfig} from '../../source/ssh/parse-ssh-config.ts';
import {route} from '../../source/ssh/route.ts';
import {parseSshAddress} from '../../source/ssh/ssh-address.ts';
import {readSshConfig} from '../../source/ssh/ssh-config.ts';
import {temporaryFolder} from '../helpers/sshd.ts';

const env = {PATH: process.env.PATH, SSH_AUTH_SOCK: '/run/agent'};

function homeWith(config: string, files: Record<string, string> = {}): string {
	const home = temporaryFolder();
	mkdirSync(join(home, '.ssh'), {mode: 0o700});
	writeFileSync(join(home, '.ssh', 'config'), config, {mode: 0o600});
	for (const [name, text] of Object.entries(files)) writeFileSync(join(home, '.ssh', name), text, {mode: 0o600});
	return home;
}

describe('ssh_config', () => {
	it('is what `ssh -G` says, with Include, tokens and patterns', async () => {
		const home = temporaryFolder();
		const ssh = join(home, '.ssh');
		mkdirSync(ssh, {mode: 0o700});
		writeFileSync(join(ssh, 'more'), 'Host vm-*\n  User deploy\n  ProxyJump bastion\n');
		writeFileSync(
			join(ssh, 'config'),
			[
				`Include ${ssh}/more`,
				'Host vm-1',
				'  HostName %h.example',
				'  Port 2222',
				'  IdentityFile ~/.ssh/%r-at-%h',
				'  IdentitiesOnly yes',
				'  IdentityAgent none',
				`  UserKnownHostsFile ${ssh}/kh "${ssh}/with space"`,
				'  HostKeyAlias one',
				'  HashKnownHosts yes',
			].join('\n'),
		);
		expect(await readSshConfig({host: 'vm-1'}, env, home)).toMatchObject({
			original: 'vm-1',
			host: 'vm-1.example',
			port: 2222,
			user: 'deploy',
			identityFiles: [`${ssh}/deploy-at-vm-1.example`],
			userKnownHosts: [`${ssh}/kh`, `${ssh}/with space`],
			identitiesOnly: true,
			agent: undefined,
			proxyJump: 'bastion',
			hostKeyAlias: 'one',
			hashKnownHosts: true,
		});
		expect(await readSshConfig({host: 'vm-1', port: 22, user: 'me'}, env, home)).toMatchObject({port: 22, user: 'me'});
	});

	it('gives OpenSSH defaults without the ssh program', async () => {
		const home = temporaryFolder();
		expect(await readSshConfig({host: 'vm', user: 'me'}, {...env, PATH: '/nowhere'}, home)).toEqual({
			original: 'vm',
			host: 'vm',
			port: 22,
			user: 'me',
			identityFiles: ['id_rsa', 'id_ecdsa', 'id_ed25519', 'id_dsa'].map((name) => join(home, '.ssh', name)),
			identitiesOnly: false,
			agent: '/run/agent',
			proxyJump: undefined,
			userKnownHosts: [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')],
			globalKnownHosts: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
			hostKeyAlias: undefined,
			hashKnownHosts: false,
		});
	});

	it('has the same default files with the ssh program', async () => {
		const home = homeWith('');
		const settings = await readSshConfig({host: 'vm'}, env, home);
		expect(settings.identityFiles).toContain(join(home, '.ssh/id_ed25519'));
		expect(settings.userKnownHosts).toEqual([join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')]);
		expect(settings).toMatchObject({port: 22, agent: '/run/agent', proxyJump: undefined, hostKeyAlias: undefined});
	});

	it.each([
		['identityagent SSH_AUTH_SOCK', '/run/agent'],
		['identityagent $OTHER', '/run/other'],
		[`identityagent ${'$'}{OTHER}.2`, '/run/other.2'],
		['identityagent "~/agent dir/%h.sock"', '/home/me/agent dir/vm.sock'],
		['identityagent none', undefined],
	])('%s is the agent %s', (line, agent) => {
		const surroundings = {env: {...env, OTHER: '/run/other'}, home: '/home/me', systemHome: '/root', localUser: 'me'};
		expect(parseSshConfig(`${line}\n`, {host: 'vm'}, surroundings).agent).toBe(agent);
	});

	it('runs no ProxyCommand', async () => {
		const mark = join(temporaryFolder(), 'mark');
		const home = homeWith(`Host vm\n  ProxyCommand touch ${mark}\nHost direct\n  ProxyCommand none\n`);
		await expect(readSshConfig({host: 'vm'}, env, home)).rejects.toMatchObject({code: 'configuration', exitCode: 78});
		expect((await readSshConfig({host: 'direct'}, env, home)).host).toBe('direct');
	});

	it('tells of a broken file in the words of ssh', async () => {
		await expect(readSshConfig({host: 'vm'}, env, homeWith('Bogus yes\n'))).rejects.toMatchObject({
			code: 'configuration',
			message: expect.stringMatching(/vm cannot be read: .*bad configuration options/),
		});
	});

	it.each(['-oProxyCommand=reboot', 'a b', 'a\nb', 'a\u001b[2J', '', '$(id)', "a'b", 'x'.repeat(256)])(
		'takes %j for no host',
		async (host) => {
			await expect(readSshConfig({host}, env, '/nowhere')).rejects.toMatchObject({code: 'entry.invalid', exitCode: 65});
		},
	);

	it.each(['-l', 'a b', 'a\nb', '', '`id`'])('takes %j for no user', async (user) => {
		await expect(readSshConfig({host: 'vm', user}, env, '/nowhere')).rejects.toMatchObject({code: 'entry.invalid'});
	});
});

describe('jump hosts', () => {
	it.each([
		['bastion', {host: 'bastion'}],
		['me@bastion:2222', {host: 'bastion', port: 2222, user: 'me'}],
		['me@corp.example@bastion', {host: 'bastion', user: 'me@corp.example'}],
		['[fe80::1%eth0]:22', {host: 'fe80::1%eth0', port: 22}],
		['fe80::1', {host: 'fe80::1'}],
		['ssh://me@bastion:2222', {host: 'bastion', port: 2222, user: 'me'}],
	])('reads %s', (text, address) => {
		expect(parseSshAddress(text)).toEqual(address);
	});

	it.each(['-J', 'a@-b', 'bastion:0', 'bastion:70000', 'bastion:x', '@bastion', 'a b'])('refuses %s', (text) => {
		expect(() => parseSshAddress(text)).toThrow(expect.objectContaining({code: 'entry.invalid'}));
	});

	const surroundings = {env: {}, home: '/home/me', systemHome: '/home/me', localUser: 'me'};
	const reader = (jumps: Record<string, string>) => async (query: {host: string; port?: number; user?: string}) =>
		parseSshConfig(jumps[query.host] === undefined ? '' : `proxyjump ${jumps[query.host]}\n`, query, surroundings);
	const hosts = async (jumps: Record<string, string>, jump?: readonly string[]) =>
		(await route({host: 'vm', hostKeys: 'strict', ...(jump ? {jump} : {})}, reader(jumps))).map(({host}) => host);

	it('are those of ssh_config, or those given; the first may have its own', async () => {
		expect(await hosts({})).toEqual(['vm']);
		expect(await hosts({vm: 'a,b'})).toEqual(['a', 'b', 'vm']);
		expect(await hosts({vm: 'a', a: 'outer'})).toEqual(['outer', 'a', 'vm']);
		expect(await hosts({vm: 'a,b', b: 'ignored'})).toEqual(['a', 'b', 'vm']);
		expect(await hosts({vm: 'a'}, ['c'])).toEqual(['c', 'vm']);
		expect(await hosts({vm: 'a'}, [])).toEqual(['vm']);
	});

	it('are left out for a host that is its own, and may not lead in a circle', async () => {
		expect(await hosts({vm: 'vm'})).toEqual(['vm']);
		await expect(hosts({vm: 'a', a: 'b', b: 'a'})).rejects.toMatchObject({code: 'configuration', exitCode: 78});
	});
});
