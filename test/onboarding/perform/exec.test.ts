import {expect, test} from 'vitest';
import {execAsRoot, type Sudoer} from '../../../source/onboarding/perform/exec.ts';
import type {Question} from '../../../source/ports.ts';
import {scriptedHost} from '../../helpers/scripted-host.ts';

function asking(...answers: Array<string | undefined>) {
	const asked: Question[] = [];
	return {asked, ask: (question: Question) => Promise.resolve(answers[asked.push(question) - 1])};
}

/** A VM whose sudo wants the password `right`, with the words of sudo 1.9. */
function wantsPassword() {
	return scriptedHost((command, input) => {
		if (command.startsWith('LC_ALL=C sudo -n ')) return {code: 1, stderr: 'sudo: a password is required\n'};
		return input === 'right\n'
			? {stdout: 'done'}
			: {code: 1, stderr: 'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n'};
	});
}

const sudoerOf = (host: ReturnType<typeof scriptedHost>, user = 'ops'): Sudoer => ({
	host,
	user,
	mode: {kind: 'unknown'},
});

test('where sudo needs no password, none is asked for', async () => {
	const host = scriptedHost(() => ({stdout: 'root\n'}));
	const prompts = asking();
	const result = await execAsRoot(sudoerOf(host), 'id -un', {}, prompts, () => undefined);
	expect(result.stdout).toBe('root\n');
	expect(host.ran.map(({command}) => command)).toEqual(['LC_ALL=C sudo -n id -un']);
	expect(prompts.asked).toEqual([]);
});

test('a failing command is no question about a password', async () => {
	const host = scriptedHost(() => ({code: 100, stderr: 'E: Unable to locate package docker.io'}));
	const result = await execAsRoot(sudoerOf(host), 'apt-get install -y docker.io', {}, asking(), () => undefined);
	expect(result.code).toBe(100);
	expect(host.ran).toHaveLength(1);
});

test('the password goes on standard input, never into the command, and is asked for once', async () => {
	const host = wantsPassword();
	const sudoer = sudoerOf(host);
	const secrets: string[] = [];
	const prompts = asking('right');
	await execAsRoot(sudoer, 'true', {}, prompts, (secret) => secrets.push(secret));
	await execAsRoot(sudoer, 'id', {}, prompts, () => undefined);
	expect(prompts.asked).toHaveLength(1);
	expect(secrets).toEqual(['right']);
	expect(host.ran.map(({command}) => command).join()).not.toContain('right');
	expect(host.ran.at(-1)).toEqual({command: "LC_ALL=C sudo -S -p '' id", input: 'right\n'});
});

test('a wrong password is asked for again, and after three the finding says so', async () => {
	const prompts = asking('wrong', 'right');
	await expect(execAsRoot(sudoerOf(wantsPassword()), 'true', {}, prompts, () => undefined)).resolves.toMatchObject({
		stdout: 'done',
	});
	expect(new Set(prompts.asked.map(({id}) => id)).size).toBe(2);
	await expect(
		execAsRoot(sudoerOf(wantsPassword()), 'true', {}, asking('a', 'b', 'c'), () => undefined),
	).rejects.toMatchObject({code: 'vm.sudo-unavailable', exitCode: 77});
});

test.each([
	['nobody is there', wantsPassword(), []],
	['the user is no sudoer', scriptedHost(() => ({code: 1, stderr: 'guest is not in the sudoers file.'})), []],
	['there is no sudo', scriptedHost(() => ({code: 127, stderr: 'sh: 1: sudo: not found'})), []],
])('%s: vm.sudo-unavailable with sudo’s own words', async (_, host, answers) => {
	await expect(execAsRoot(sudoerOf(host), 'true', {}, asking(...answers), () => undefined)).rejects.toMatchObject({
		code: 'vm.sudo-unavailable',
	});
});

test.each([
	['sudo: sorry, you must have a tty to run sudo', /at a terminal only \(requiretty\)/, /`Defaults:ops !requiretty`/],
	[
		"Sorry, user ops is not allowed to execute '/usr/bin/sh -c # looks\nexport PATH\n' as root on vm-1.",
		/^sudo on admin@10\.128\.0\.2:22 refuses ops a command: \/usr\/bin\/sh -c # looks$/,
		/Have an administrator allow it/,
	],
	['ops is not in the sudoers file.', /cannot become root.*: ops is not in the sudoers file\.$/, /--admin-user/],
	['sh: 1: sudo: not found', /there is no sudo\.$/, /Install it, log in as root/],
])('%j is told in one sentence, with what to do', async (stderr, says, next) => {
	const host = scriptedHost(() => ({code: 1, stderr: `${stderr}\n`}));
	await expect(execAsRoot(sudoerOf(host), 'true', {}, asking('right'), () => undefined)).rejects.toMatchObject({
		code: 'vm.sudo-unavailable',
		message: expect.stringMatching(says),
		hint: expect.stringMatching(next),
		evidence: [{text: expect.not.stringContaining('\n')}],
	});
	expect(host.ran).toHaveLength(1);
});

test('root needs no sudo', async () => {
	const host = scriptedHost(() => ({}));
	await execAsRoot(sudoerOf(host, 'root'), 'true', {}, asking(), () => undefined);
	expect(host.ran[0]?.command).toBe('true');
});

test('a command that takes input gets it, and the password goes to sudo alone', async () => {
	const host = {...wantsPassword(), inputs: [] as string[]};
	const sudoer = {...sudoerOf(host), mode: {kind: 'password', password: 'right'} as const};
	const listening = {
		...sudoer,
		host: {
			...host,
			async exec(command: string, {input}: {input?: string | Uint8Array | AsyncIterable<Uint8Array>} = {}) {
				const parts: Uint8Array[] = [];
				if (typeof input === 'object' && !(input instanceof Uint8Array))
					for await (const part of input) parts.push(part);
				host.inputs.push(`${command}|${Buffer.concat(parts).toString()}`);
				return {code: 0, ended: 'exited', stdout: '', stderr: ''} as const;
			},
		},
	};
	async function* parts() {
		yield Buffer.from('one ');
		yield Buffer.from('two');
	}
	await execAsRoot(listening, 'cat', {input: 'text'}, asking(), () => undefined);
	await execAsRoot(listening, 'cat', {input: parts()}, asking(), () => undefined);
	// sudo that remembers an earlier password would leave the line to the command.
	expect(host.inputs).toEqual([
		"LC_ALL=C sudo -k -S -p '' cat|right\ntext",
		"LC_ALL=C sudo -k -S -p '' cat|right\none two",
	]);
});
