import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {UserError} from '../../source/errors.ts';
import {createProfiles} from '../../source/profiles/profiles.ts';

let directory: string;
beforeEach(() => {
	directory = join(mkdtempSync(join(tmpdir(), 'profiles-')), 'meshboard');
});
afterEach(() => {
	rmSync(join(directory, '..'), {recursive: true, force: true});
});

const file = () => join(directory, 'config.json');
const onDisk = () => JSON.parse(readFileSync(file(), 'utf8'));
function write(text: string): void {
	mkdirSync(directory, {recursive: true});
	writeFileSync(file(), text);
}
function errorOf(action: () => unknown): UserError {
	try {
		action();
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
	throw new Error('nothing was thrown');
}

describe('a store of profiles', () => {
	test('looking at it writes nothing', () => {
		const profiles = createProfiles({directory});
		expect(profiles.list()).toEqual([]);
		expect(profiles.get('prod')).toBeUndefined();
		expect(profiles.current()).toBe('default');
		expect(() => statSync(directory)).toThrow('ENOENT');
	});

	test('what is saved is there for the next process, for the owner alone', () => {
		createProfiles({directory}).save('prod.eu', {
			context: 'admin@eu.example.com',
			jump: ['ops@bastion:2222'],
			sshPort: 22,
		});
		expect(createProfiles({directory}).get('prod.eu')).toEqual({
			context: 'admin@eu.example.com',
			jump: ['ops@bastion:2222'],
			sshPort: 22,
		});
		expect(statSync(file()).mode & 0o777).toBe(0o600);
		expect(statSync(directory).mode & 0o777).toBe(0o700);
		expect(onDisk()).toMatchObject({version: 1});
	});

	test('a save keeps the other profiles, also those that another process saved meanwhile', () => {
		const one = createProfiles({directory});
		one.save('a', {sshUser: 'a'});
		createProfiles({directory}).save('b', {sshUser: 'b'});
		one.save('c', {sshUser: 'c'});
		expect(one.list().map(({name}) => name)).toEqual(['a', 'b', 'c']);
	});

	test('the profile in use is the one last chosen, and default again when it is removed', () => {
		const profiles = createProfiles({directory});
		profiles.save('prod', {});
		profiles.use('prod');
		expect(profiles.list()).toEqual([{name: 'prod', profile: {}, current: true}]);
		profiles.remove('prod');
		expect(profiles.current()).toBe('default');
		profiles.use('default');
		expect(errorOf(() => profiles.use('prod'))).toMatchObject({code: 'usage', exitCode: 64});
	});

	test.each([
		['prod', {sshPort: 70_000}, 'sshPort must be a port, 1 to 65535, not 70000'],
		['prod', {sshKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nabc'}, 'sshKey must be the name of a file'],
		['../etc', {}, 'A profile cannot be named "../etc"'],
		['__proto__', {}, 'A profile cannot be named "__proto__"'],
	])('%s with %j is not saved', (name, profile, sentence) => {
		const profiles = createProfiles({directory});
		expect(errorOf(() => profiles.save(name, profile)).message).toContain(sentence);
		expect(profiles.list()).toEqual([]);
	});
});

describe('keys of the screens', () => {
	test('stand beside the profiles, and stay there whatever becomes of those', () => {
		write('{"version": 1, "profiles": {"prod": {}}, "keys": {"fleet.onboard": "ctrl+o", "help": ["?", "f1"]}}');
		const profiles = createProfiles({directory});
		const keys = {'fleet.onboard': ['ctrl+o'], help: ['?', 'f1']};
		expect(profiles.keys()).toEqual(keys);
		profiles.save('lab', {context: 'lab'});
		profiles.use('lab');
		profiles.remove('prod');
		expect(onDisk()).toMatchObject({current: 'lab', profiles: {lab: {context: 'lab'}}, keys});
		expect(createProfiles({directory: join(directory, 'none')}).keys()).toEqual({});
	});

	test.each(['["o"]', '{"fleet.onboard": 7}', '{"fleet.onboard": ["o", null]}'])('that are none: %s', (keys) => {
		write(`{"version": 1, "profiles": {"prod": {"context": "prod"}}, "keys": ${keys}}`);
		const profiles = createProfiles({directory});
		const {code, exitCode, message} = errorOf(() => profiles.keys());
		expect({code, exitCode}).toEqual({code: 'config.damaged', exitCode: 78});
		expect(message).toContain('keys: must');
		expect(profiles.repair().kept).toEqual(['prod']);
		expect(profiles.get('prod')).toEqual({context: 'prod'});
	});
});

describe('a file that cannot be used', () => {
	test.each([
		['{"profiles": {"prod": {"sshPort": "22"}}}', 'profile "prod", sshPort: must be a port, 1 to 65535, not "22"'],
		['{"profiles": {"prod": {"ssh-user": "x"}}}', 'profile "prod", ssh-user: is not a setting; did you mean sshUser?'],
		['{"profiles": {"prod": 3}}', 'profile "prod": must be an object with settings'],
		['{"current": "prod", "profiles": {}}', 'current: names a profile that does not exist: "prod"'],
		['{"version": "one"}', 'version: must be 1'],
		['[]', 'it must hold a JSON object'],
		['', 'it is empty'],
		['{\n\t"profiles": {\n\t\t"prod": {"sshUser": "a",}\n', 'it is not JSON'],
	])('%j is explained, and stays as it is', (text, sentence) => {
		write(text);
		const profiles = createProfiles({directory});
		for (const action of [
			() => profiles.list(),
			() => profiles.current(),
			() => profiles.save('new', {}),
			() => profiles.remove('prod'),
			() => profiles.use('default'),
		]) {
			const error = errorOf(action);
			expect(error).toMatchObject({code: 'config.damaged', exitCode: 78});
			expect(error.message).toContain(sentence);
			expect(error.message).toContain(file());
			expect(error.hint).toContain('meshboard profile repair');
		}
		expect(readFileSync(file(), 'utf8')).toBe(text);
	});

	test('repair keeps a copy and saves what can be read', () => {
		const text =
			'{"version": 1, "current": "prod", "profiles": {"prod": {"sshUser": "ops", "sshPort": 0}, "dev": {"context": "kind"}}}';
		write(text);
		const profiles = createProfiles({directory});
		const {copy, kept, lost} = profiles.repair();
		expect(kept).toEqual(['prod', 'dev']);
		expect(lost).toEqual(['profile "prod", sshPort: must be a port, 1 to 65535, not 0']);
		expect(readFileSync(copy ?? '', 'utf8')).toBe(text);
		expect(profiles.get('prod')).toEqual({sshUser: 'ops'});
		expect(profiles.get('dev')).toEqual({context: 'kind'});
		expect(profiles.current()).toBe('prod');
	});

	test('repair of a file that was cut off keeps the profiles before the cut', () => {
		const whole = {version: 1, profiles: {a: {sshUser: 'one'}, b: {sshUser: 'two', gateway: '10.0.0.1'}}};
		write(JSON.stringify(whole, null, '\t').slice(0, -25));
		const profiles = createProfiles({directory});
		const {kept, lost} = profiles.repair();
		expect(kept).toEqual(['a', 'b']);
		expect(lost[0]).toContain('not JSON');
		expect(profiles.get('a')).toEqual({sshUser: 'one'});
		expect(profiles.get('b')).toEqual({sshUser: 'two'});
	});

	test('a second repair has nothing to do, and makes no second copy', () => {
		write('{"profiles": {');
		const profiles = createProfiles({directory});
		profiles.repair();
		expect(profiles.repair().copy).toBeUndefined();
		expect(readdirSync(directory)).toHaveLength(2);
	});

	test('a file of a newer meshboard is neither read nor repaired', () => {
		write('{"version": 2, "profiles": [], "more": true}');
		const profiles = createProfiles({directory});
		for (const action of [() => profiles.list(), () => profiles.repair()]) {
			expect(errorOf(action)).toMatchObject({code: 'config.newer', exitCode: 78});
		}
	});

	test('a folder in the place of the file is told', () => {
		mkdirSync(file(), {recursive: true});
		expect(errorOf(() => createProfiles({directory}).list())).toMatchObject({
			code: 'config.unreadable',
			message: `${file()} cannot be read: it is a folder.`,
		});
	});

	test('a file that belongs to another user is told, with the command that mends it', () => {
		write('{}');
		chmodSync(file(), 0o600);
		chmodSync(join(directory, '..'), 0o755);
		const root = process.getuid?.() === 0;
		if (root) process.seteuid?.(65_534);
		else chmodSync(file(), 0);
		try {
			const error = errorOf(() => createProfiles({directory}).list());
			expect(error.message).toBe(`${file()} cannot be read: permission denied.`);
			expect(error.hint).toContain('sudo chown');
		} finally {
			if (root) process.seteuid?.(0);
		}
	});
});
