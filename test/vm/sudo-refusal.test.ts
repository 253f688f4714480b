import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {type SudoRefusal, sudoRefusal} from '../../source/vm/sudo-refusal.ts';

/** As sudo 1.9.13 of Debian 12 says it, and sudo-rs 0.2. */
const cases: ReadonlyArray<readonly [what: string, stderr: string, refusal: SudoRefusal]> = [
	['a password, with -n', 'sudo: a password is required\n', {kind: 'wants-password'}],
	[
		'a password, without a terminal',
		'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required\n',
		{kind: 'wants-password'},
	],
	['a password, sudo-rs', 'sudo: interactive authentication is required\n', {kind: 'wants-password'}],
	[
		'a wrong password, and no other',
		'Sorry, try again.\nsudo: no password was provided\nsudo: 1 incorrect password attempt\n',
		{kind: 'wrong-password'},
	],
	['a wrong password, sudo-rs', 'sudo: Authentication failed, try again.\n', {kind: 'wrong-password'}],
	['a terminal', 'sudo: sorry, you must have a tty to run sudo\n', {kind: 'wants-terminal'}],
	[
		'one program',
		"Sorry, user admin is not allowed to execute '/usr/sbin/useradd --create-home x' as root on vm-1.\n",
		{kind: 'command', command: '/usr/sbin/useradd --create-home x'},
	],
	[
		'a script of many lines',
		"sudo: unable to resolve host vm-1: Temporary failure in name resolution\nSorry, user admin is not allowed to execute '/usr/bin/sh -c # looks\nexport PATH\nsaid=$(sudo: a password is required)\n' as root on vm-1.\n",
		{kind: 'command', command: '/usr/bin/sh -c # looks'},
	],
	['an account', 'ops is not in the sudoers file.\n', {kind: 'no-sudoer', words: 'ops is not in the sudoers file.'}],
	[
		'an account, sudo-rs',
		"sudo: I'm sorry ops. I'm afraid I can't do that\n",
		{kind: 'no-sudoer', words: "sudo: I'm sorry ops. I'm afraid I can't do that"},
	],
	[
		'an account on this machine',
		'Sorry, user ops may not run sudo on vm-1.\n',
		{kind: 'no-sudoer', words: 'Sorry, user ops may not run sudo on vm-1.'},
	],
	['itself: dash', '/bin/sh: 1: sudo: not found\n', {kind: 'no-sudo', words: '/bin/sh: 1: sudo: not found'}],
	[
		'itself: bash',
		'sh: line 1: sudo: command not found\n',
		{kind: 'no-sudo', words: 'sh: line 1: sudo: command not found'},
	],
	[
		'to work in a container',
		'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.\n',
		{kind: 'hindered', words: 'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.'},
	],
];

describe('sudo refuses', () => {
	test.each(cases)('%s', (_, stderr, refusal) => {
		expect(sudoRefusal(stderr)).toEqual(refusal);
	});

	test('nothing where the command itself failed, whatever it says', () => {
		for (const stderr of [
			'E: Unable to locate package docker.io\n',
			'mysql: a password is required\n',
			'sudo: useradd: command not found\n',
			'sudo: unable to resolve host vm-1: Temporary failure in name resolution\n',
		])
			expect(sudoRefusal(stderr)).toBeUndefined();
		fc.assert(
			fc.property(fc.string(), (text) => sudoRefusal(`sh: 1: ${text.replaceAll(/[\n\r]/g, '')}x`) === undefined),
		);
	});
});
