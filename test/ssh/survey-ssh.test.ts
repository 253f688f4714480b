import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, it} from 'vitest';
import {surveySsh} from '../../source/ssh/survey-ssh.ts';
import {temporaryFolder} from '../helpers/sshd.ts';

const survey = (home: string) => surveySsh({env: {PATH: process.env.PATH, HOME: home}, home});

/** A home with these files below `~/.ssh`. */
function homeWith(files: Readonly<Record<string, string>>): string {
	const home = temporaryFolder();
	for (const [name, text] of Object.entries(files)) {
		const path = join(home, '.ssh', name);
		mkdirSync(dirname(path), {recursive: true, mode: 0o700});
		writeFileSync(path, text, {mode: 0o600});
	}
	return home;
}

it('tells the ways to hosts by how many they lead to, with what Include, Match and patterns say of them', async () => {
	const home = homeWith({
		config: [
			'Include conf.d/*.conf nowhere',
			'host=lone',
			'  User "somebody"',
			'Match host db-?',
			'  User postgres',
			'Host *',
			'  IdentityFile ~/.ssh/missing',
		].join('\n'),
		'conf.d/a.conf': 'Include ../deep\nHost "db-1" db-2 !db-3 db-*\n  IdentityFile ~/.ssh/db\n  ProxyJump bastion\n',
		'conf.d/b.txt': 'Host not-included\n',
		deep: 'Host bastion git.example\n  Hostname 10.0.0.1\nHost git.example\n  User git\n',
		db: 'a key',
		id_rsa: 'a key',
		'id_rsa.pub': 'its public half',
		'spare.pub': 'a public half alone',
	});
	expect(await survey(home)).toMatchObject({
		agentKeys: [],
		keyFiles: [{path: join(home, '.ssh', 'id_rsa'), standard: true}],
		ways: [
			{hosts: ['db-1', 'db-2'], user: 'postgres', key: join(home, '.ssh', 'db'), jump: ['bastion']},
			{hosts: ['lone'], user: 'somebody', key: undefined, jump: []},
		],
		problems: [],
	});
});

it('finds nothing in an empty home, and says nothing of it', async () => {
	expect(await survey(temporaryFolder())).toMatchObject({
		agentKeys: [],
		keyFiles: [],
		ways: [],
		problems: [],
	});
});

it('comes to an end where files include each other', async () => {
	const home = homeWith({config: 'Include config\nHost vm\n  User ubuntu\n'});
	const {ways, problems} = await survey(home);
	expect(problems).toMatchObject([expect.stringContaining('cannot be read')]);
	expect(ways).toEqual([]);
});
