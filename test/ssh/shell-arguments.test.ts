import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, it} from 'vitest';
import type {SshDestination} from '../../source/ports.ts';
import {shellArguments} from '../../source/ssh/shell-arguments.ts';

// ssh leaves out a key that is not there.
const folder = mkdtempSync(join(tmpdir(), 'shell-'));
writeFileSync(join(folder, 'key of lab'), '');
afterAll(() => rmSync(folder, {recursive: true}));

const destination: SshDestination = {
	host: '10.128.0.2',
	port: 2222,
	user: 'admin',
	key: join(folder, 'key of lab'),
	jump: ['ops@gate.example:2200', '[2001:db8::1]:22'],
	hostKeys: 'accept-new',
	knownHosts: '/tmp/known hosts',
};

it('ssh itself reads them as they are meant', () => {
	const [program, ...words] = shellArguments(destination);
	expect(program).toBe('ssh');
	const settings = execFileSync('ssh', ['-G', '-F', '/dev/null', ...words], {encoding: 'utf8'}).toLowerCase();
	for (const line of [
		'hostname 10.128.0.2',
		'port 2222',
		'user admin',
		`identityfile ${folder}/key of lab`.toLowerCase(),
		'stricthostkeychecking accept-new',
		'identitiesonly yes',
		'proxyjump ops@gate.example:2200,[2001:db8::1]:22',
	])
		expect(settings).toContain(line);
	expect(settings).toMatch(/userknownhostsfile "?\/tmp\/known hosts"?/);
});

it.each<[SshDestination['hostKeys'], string]>([
	['strict', 'yes'],
	['ask', 'ask'],
	['ignore', 'ask'],
])('a host key is judged as in meshboard, and never left unseen: %s', (hostKeys, word) => {
	expect(shellArguments({host: 'vm', hostKeys})).toEqual(['ssh', '-o', `StrictHostKeyChecking=${word}`, '--', 'vm']);
});

it.each<Partial<SshDestination>>([
	{host: '-oProxyCommand=sh'},
	{user: '-l root'},
	{jump: ['-oProxyCommand=sh']},
	{host: 'a b'},
])('a name that is none is refused: %j', (part) => {
	expect(() => shellArguments({host: 'vm', hostKeys: 'strict', ...part})).toThrow('is not a valid SSH');
});
