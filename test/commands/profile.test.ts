import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Command} from 'commander';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {addConnectionFlags, addGlobalFlags} from '../../source/commands/flags.ts';
import {registerProfile} from '../../source/commands/profile.ts';
import {createProfiles} from '../../source/profiles/profiles.ts';

let directory: string;
beforeEach(() => {
	directory = join(mkdtempSync(join(tmpdir(), 'profile-command-')), 'meshboard');
});
afterEach(() => {
	rmSync(join(directory, '..'), {recursive: true, force: true});
});

async function profile(...words: string[]): Promise<string> {
	const texts: string[] = [];
	const program = addConnectionFlags(addGlobalFlags(new Command('meshboard'))).exitOverride();
	program.configureOutput({writeErr: () => undefined});
	registerProfile(program, () => createProfiles({directory}), {write: (text) => texts.push(text)});
	await program.parseAsync(['profile', ...words], {from: 'user'});
	return texts.join('');
}

test('settings come from words and flags, and go with an empty word', async () => {
	expect(
		await profile('set', 'lab', 'namespaces=bookinfo,shop', 'readOnly=yes', '--ssh-user', 'ops', '--ssh-port', '2222'),
	).toBe('Made profile "lab": namespaces=bookinfo,shop sshUser=ops sshPort=2222 readOnly=true\n');
	expect(await profile('set', 'lab', 'readOnly=', 'sshUser=admin')).toContain('Changed profile "lab"');
	expect(JSON.parse(await profile('show', 'lab', '-o', 'json'))).toEqual({
		namespaces: ['bookinfo', 'shop'],
		sshUser: 'admin',
		sshPort: 2222,
	});
	expect(await profile('show', 'lab')).toMatch(/^sshPort {6}2222 {12}SSH port of the VMs$/m);
});

test('list marks the profile in use', async () => {
	expect(await profile('list')).toContain('There is no profile yet');
	await profile('set', 'a', '--context', 'kind');
	await profile('set', 'b');
	expect(await profile('use', 'b')).toBe('Profile "b" is in use.\n');
	expect(await profile('list')).toMatch(/^ {4}a {6}kind {6}<none>/m);
	expect(await profile('list')).toMatch(/^\* {3}b /m);
	expect(await profile('list', '-o', 'name')).toBe('a\nb\n');
	expect(await profile('show')).toBe('Profile "b" sets nothing: flags, annotations and defaults are used.\n');
});

test('remove prints the command that brings the profile back', async () => {
	await profile('set', 'a', "context=it's mine", 'jump=ops@bastion:22');
	const said = await profile('remove', 'a');
	expect(said).toContain(`meshboard profile set a context='it'\\''s mine' jump=ops@bastion:22`);
	expect(await profile('list', '-o', 'name')).toBe('');
});

test.each([
	[['set', 'a', 'sshuser=x'], '"sshuser" is not a setting.'],
	[['set', 'a', 'sshUser'], 'Write sshUser=VALUE.'],
	[['set', 'a', 'sshPort=many'], 'Profile "a" was not saved: sshPort must be a port, 1 to 65535, not "many".'],
	[['set', 'a', 'hostKeys=off'], 'hostKeys must be strict, accept-new, ask, not "off"'],
	[['set', 'a/b'], 'A profile cannot be named "a/b".'],
	[['use', 'a'], 'There is no profile "a".'],
	[['show', 'a'], 'There is no profile "a".'],
	[['remove', 'a'], 'There is no profile "a".'],
])('%j is refused', async (words, sentence) => {
	await expect(profile(...words)).rejects.toMatchObject({exitCode: 64, message: expect.stringContaining(sentence)});
});

test('an unknown form of output is a usage error', async () => {
	await expect(profile('list', '-o', 'xml')).rejects.toMatchObject({code: 'commander.invalidArgument'});
});

test('repair tells what was left out, and where the damaged file is', async () => {
	mkdirSync(directory, {recursive: true});
	writeFileSync(join(directory, 'config.json'), '{"profiles": {"a": {"sshPort": 0}}}');
	await expect(profile('list')).rejects.toMatchObject({code: 'config.damaged'});
	const said = await profile('repair');
	expect(said).toContain('left out: profile "a", sshPort: must be a port');
	const copy = readdirSync(directory).find((name) => name.startsWith('config.json.damaged-'));
	expect(said).toContain(join(directory, copy ?? 'no copy'));
	expect(await profile('list', '-o', 'name')).toBe('a\n');
	expect(await profile('repair')).toContain('Nothing is wrong');
});
