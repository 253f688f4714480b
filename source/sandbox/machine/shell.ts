import type {Commands, Result} from './command.ts';
import {backgroundCommand, liveCommand} from './live-output.ts';
import type {Session} from './session.ts';

export type ScriptOptions = {
	readonly args?: readonly string[];
	/** Bytes, one to a character. */
	readonly stdin?: string;
	readonly cwd?: string;
	readonly environment?: Readonly<Record<string, string>>;
};

/** Runs scripts on a machine: just-bash over the machine's file tree, with the machine's own programs. */
export type Shell = {
	run(session: Session, script: string, options?: ScriptOptions): Promise<Result>;
	/** Names of all programs that are there without a package of their own. */
	readonly programs: readonly string[];
};

/** Programs of just-bash that a plain Debian has too and that behave like them. */
export const bundled = [
	'awk',
	'base64',
	'basename',
	'cat',
	'comm',
	'cp',
	'cut',
	'date',
	'diff',
	'dirname',
	'du',
	'echo',
	'egrep',
	'env',
	'expand',
	'expr',
	'false',
	'fgrep',
	'find',
	'fold',
	'grep',
	'gunzip',
	'gzip',
	'head',
	'join',
	'ln',
	'md5sum',
	'mv',
	'nl',
	'od',
	'paste',
	'printenv',
	'printf',
	'pwd',
	'readlink',
	'rev',
	'rm',
	'rmdir',
	'sed',
	'seq',
	'sha1sum',
	'sha256sum',
	'sort',
	'split',
	'strings',
	'tac',
	'tail',
	'tar',
	'tee',
	'time',
	'timeout',
	'touch',
	'tr',
	'true',
	'unexpand',
	'uniq',
	'wc',
	'which',
	'xargs',
	'zcat',
] as const;

/** The shell of machines with these programs. The simulated bash is loaded by the first script, not by the sandbox's start. */
export function createShell(commands: Commands): Shell {
	return {
		programs: [...bundled, ...Object.keys(commands), liveCommand, backgroundCommand],
		async run(session, script, options = {}) {
			const {runScript} = await import('./run-script.ts');
			return runScript(commands, session, script, options);
		},
	};
}
