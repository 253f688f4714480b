import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {constants, tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';
import {setImmediate} from 'node:timers/promises';
import {exitCodes, UserError} from '../errors.ts';

/** Other programs that get the terminal for a while. */
export type Foreground = {
	/** Lets a person edit a text with their editor; undefined: the text was emptied. Throws UserError `editor`. */
	edit(name: string, text: string): Promise<string | undefined>;
	/** Runs a command; where it cannot connect or be found, what it said stays until enter. Resolves with its exit code. */
	shell(command: readonly string[]): Promise<number>;
};

/** An edited text that is longer is none of an entry. In bytes. */
const longest = 4 * 1024 * 1024;

/** As git runs an editor: its words may hold flags. */
const editScript = '"$@"';

/**
 * 255 is ssh's own fault, 126 and 127 the shell's, and what fails at once was no sitting (an account without a shell): what was said would be
 * gone with the next frame.
 */
const shellScript = `printf '$ %s\\n' "$*"; begun=$(date +%s); "$@"; code=$?
[ $(($(date +%s) - begun)) -ge 3 ] || [ $code -eq 0 ] || early=yes
case $early$code in yes*|126|127|255) printf 'That was %s, exit code %s. Enter returns to meshboard. ' "$1" "$code"; read -r _;; esac
exit $code`;

/** The real programs: VISUAL, else EDITOR, else vi; and the shell's commands. */
export function createForeground(env: Readonly<Record<string, string | undefined>>): Foreground {
	return {
		async edit(name, text) {
			const editor = env['VISUAL'] || env['EDITOR'] || 'vi';
			const folder = await mkdtemp(join(tmpdir(), 'meshboard-edit-'));
			try {
				const file = join(folder, name);
				await writeFile(file, text, {mode: 0o600});
				const code = await run(['sh', '-c', `${editor} ${editScript}`, 'sh', file]);
				if (code !== 0) throw editorFailed(editor, `it ended with exit code ${code}`);
				if ((await stat(file)).size > longest) throw editorFailed(editor, 'its text is longer than 4 MiB');
				const edited = await readFile(file, 'utf8');
				return edited.trim() === '' ? undefined : edited;
			} finally {
				await rm(folder, {recursive: true, force: true});
			}
		},
		shell: (command) => run(['sh', '-c', shellScript, 'sh', ...command]),
	};
}

async function run([program = '', ...words]: readonly string[]): Promise<number> {
	// Ink gives up the terminal's modes and listens no more, but Node would go on reading: every other key would be ours, not the program's.
	// Only once the stream has noticed that nobody listens does a pause stop the reading (Node, lib/internal/streams/readable.js).
	await setImmediate();
	process.stdin.pause();
	const {promise, resolve, reject} = Promise.withResolvers<number>();
	const child = spawn(program, words, {stdio: 'inherit', env: process.env});
	child.once('error', reject);
	child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
	return promise;
}

function editorFailed(editor: string, why: string): UserError {
	return new UserError({
		code: 'editor',
		message: `Nothing is changed: ${editor} did not edit the entry, ${why}.`,
		hint: 'Another editor is named with EDITOR.',
		exitCode: exitCodes.someFailed,
	});
}
