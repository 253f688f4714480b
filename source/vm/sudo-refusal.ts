import {plainText} from './plain-text.ts';

/** Why sudo did not run a command. */
export type SudoRefusal =
	/** It wants a password, or did not take the one that it got. */
	| {readonly kind: 'wants-password' | 'wrong-password'}
	/** `requiretty` of sudoers(5). */
	| {readonly kind: 'wants-terminal'}
	/** The account is none of the sudoers, there is no sudo, or it is kept from becoming root; `words`: its own. */
	| {readonly kind: 'no-sudoer' | 'no-sudo' | 'hindered'; readonly words: string}
	/** The account may use sudo, though not for this. */
	| {readonly kind: 'command'; readonly command: string};

/*
 * Said by sudo 1.8 and 1.9 (plugins/sudoers, in the C locale) and by sudo-rs, Ubuntu's since 25.10 (src/common/error.rs). Each stands at the
 * beginning of a line: what a command says of passwords is no word of sudo. The refused command may have lines of its own.
 */
const words: ReadonlyArray<readonly [RegExp, (found: RegExpExecArray) => SudoRefusal]> = [
	[
		/^Sorry, user \S+ is not allowed to execute '([^']*)|^sudo(?:-rs)?: Sorry, user \S+ is not allowed to execute '([^']*)/m,
		([, sudo, rs]) => ({kind: 'command', command: plainText((sudo ?? rs ?? '').split('\n')[0] ?? '', 80)}),
	],
	[/^sudo: (?:sorry, )?you must have a tty to run sudo/m, () => ({kind: 'wants-terminal'})],
	[
		/^(?:sudo(?:-rs)?: )?(?:Sorry, user .* may not run .*|.* is not in the sudoers file.*|.* is not allowed to run sudo.*|I'm sorry .*)/m,
		([found]) => ({kind: 'no-sudoer', words: found}),
	],
	[/^.*sudo: (?:command )?not found$/m, ([found]) => ({kind: 'no-sudo', words: found})],
	[
		/^sudo: .*(?:no new privileges|must be owned by uid 0|effective uid is not 0).*/m,
		([found]) => ({kind: 'hindered', words: found}),
	],
	[
		/^(?:Sorry, try again|sudo(?:-rs)?: (?:\d+ incorrect password|Authentication failed|Maximum \d+ incorrect))/m,
		() => ({kind: 'wrong-password'}),
	],
	[
		/^sudo(?:-rs)?: (?:a password is required|a terminal is required|no tty present|no askpass|interactive authentication is required)/m,
		() => ({kind: 'wants-password'}),
	],
];

/** Reads why sudo refused, from what a command said that failed; undefined where sudo said nothing of it. */
export function sudoRefusal(stderr: string): SudoRefusal | undefined {
	for (const [pattern, refusal] of words) {
		const found = pattern.exec(stderr);
		if (found !== null) return refusal(found);
	}
	return undefined;
}
