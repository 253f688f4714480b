import {Bash, type BashExecResult, type Command, defineCommand, latin1FromBytes} from 'just-bash';
import {commandLine, quote} from '../../vm/quote.ts';
import type {Commands, Io, MachineCommand, Result} from './command.ts';
import {fail} from './command.ts';
import {root} from './file-tree.ts';
import {backgroundCommand, liveCommand, rewrite} from './live-output.ts';
import {beginProcess} from './machine.ts';
import {bundled, type ScriptOptions} from './script.ts';
import type {Session} from './session.ts';
import {shellFileSystem} from './shell-file-system.ts';

/** Number of the last process that went to the background; just-bash's own `$!` is always 0. */
const lastJob = 'SANDBOX_LAST_JOB';

/**
 * Runs a script for a session. What its commands write for the session's own eyes goes there at once; the rest is in the result.
 * A redirection that fails ends the script, as just-bash has it.
 */
export async function runScript(
	commands: Commands,
	session: Session,
	script: string,
	options: ScriptOptions,
): Promise<Result> {
	const live = session.live;
	const {eyes} = session;
	const {umask} = eyes;
	const environment = options.environment ?? session.environment;
	const bash = new Bash({
		fs: shellFileSystem(session.machine.tree, eyes),
		cwd: options.cwd ?? session.account.home,
		env: {...environment},
		// The scripts are meshboard's own, and the rest of the process must keep its timers.
		defenseInDepth: false,
		commands: [...bundled],
		// What has no file is not installed: just-bash would find it all the same.
		customCommands: [
			...Object.entries(commands),
			[backgroundCommand, background] as const,
			[liveCommand, passOn] as const,
		]
			.filter(([name]) => session.machine.tree.look(`/usr/bin/${name}`, root) !== undefined)
			.map(([name, run]) => asCommand(session, name, run)),
		processInfo: {pid: session.pid, ppid: 1, uid: session.account.uid, gid: session.account.gid},
	});
	let rewritten = false;
	bash.registerTransformPlugin({
		name: 'live-output',
		transform: ({ast}) => {
			// Only the script itself: what runs within it has been decided there.
			const first = !rewritten;
			rewritten = true;
			return {ast: first ? rewrite(ast, {live}) : ast};
		},
	});
	session.live = false;
	try {
		const words = commandLine(options.args ?? []);
		const prefix = words === '' ? '' : `set -- ${words}\n`;
		const result = await bash.exec(prefix + script.replaceAll('$!', `\${${lastJob}}`), {
			rawScript: true,
			stdin: options.stdin ?? '',
			stdinKind: 'bytes',
			signal: session.signal,
		});
		return {stdout: textOf(result), stderr: plainErrors(result.stderr), exitCode: result.exitCode};
	} catch (error) {
		// A redirection that fails ends a script of just-bash, as it ends dash in a special builtin.
		return fail(`sh: 1: ${redirectionError(error)}`, 2);
	} finally {
		session.live = live;
		eyes.umask = umask;
	}
}

function asCommand(session: Session, name: string, run: MachineCommand): Command {
	return defineCommand(name, async (args, context) => {
		let printed = '';
		const io: Io = {
			machine: session.machine,
			session,
			stdin: latin1FromBytes(context.stdin),
			cwd: context.cwd,
			environment: context.exportedEnv ?? {},
			signal: context.signal ?? session.signal,
			print(text) {
				if (session.live && session.sink !== undefined) session.sink('stdout', text);
				else printed += text;
			},
			assign: async (variable, value) => context.assignShellVariable?.(variable, value),
			async call([first = '', ...rest], stdin) {
				const result = await context.exec?.(quote(first), {cwd: context.cwd, args: rest, stdin, stdinKind: 'bytes'});
				return result === undefined
					? fail(`${first}: not found`, 127)
					: {stdout: textOf(result), stderr: plainErrors(result.stderr), exitCode: result.exitCode};
			},
		};
		const result = await run(args, io);
		return {...result, stdout: printed + result.stdout};
	});
}

/** Runs a command and passes its output on: while it runs where it goes the plain way, else when it has ended. */
const passOn: MachineCommand = async ([route = 'plain', ...words], io) => {
	const {session} = io;
	const was = session.live;
	session.live = route === 'plain';
	try {
		const {stdout, stderr, exitCode} = await io.call(words, io.stdin);
		if (stdout !== '') session.sink?.(route === '>&2' ? 'stderr' : 'stdout', stdout);
		if (stderr !== '' && route !== '2>file') session.sink?.(route === '2>&1' ? 'stdout' : 'stderr', stderr);
		return {stdout: '', stderr: route === '2>file' ? stderr : '', exitCode};
	} finally {
		session.live = was;
	}
};

/** Starts a command whose output goes to a file, and leaves it running. */
const background: MachineCommand = async ([path = '/dev/null', ...words], io) => {
	const {machine, session} = io;
	const process = beginProcess(machine, session.account.name, words[0] === 'setsid' ? undefined : session.pid);
	const target = path.startsWith('/') ? path : `${io.cwd}/${path}`;
	const {who} = session.eyes;
	const keep = (text: string, append: boolean) =>
		machine.tree.writeFile(target, Buffer.from(text), who, {umask: session.eyes.umask, append});
	keep('', false);
	const detached: Session = {
		...session,
		eyes: {...session.eyes},
		pid: process.pid,
		signal: process.stop.signal,
		sink: (_, text) => keep(text, true),
		live: true,
	};
	void machine.shell
		.run(detached, commandLine(words), {cwd: io.cwd, environment: io.environment})
		.then(({stdout, stderr}) => keep(stdout + stderr, true))
		.finally(process.end);
	await io.assign(lastJob, String(process.pid));
	return {stdout: '', stderr: '', exitCode: 0};
};

function textOf({stdout, stdoutKind}: Pick<BashExecResult, 'stdout' | 'stdoutKind'>): string {
	return stdoutKind === 'bytes' ? Buffer.from(stdout, 'latin1').toString('utf8') : stdout;
}

function redirectionError(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	const path = /, open '([^']*)'/.exec(text)?.[1];
	return path === undefined ? plainErrors(text) : `cannot create ${path}: ${plainErrors(text)}`;
}

const errors: ReadonlyArray<readonly [RegExp, string]> = [
	[/EACCES: permission denied, \w+ '[^']*'/g, 'Permission denied'],
	[/EPERM: operation not permitted, \w+ '[^']*'/g, 'Operation not permitted'],
	[/ENOENT: no such file or directory, \w+ '[^']*'/g, 'No such file or directory'],
	[/ENOTDIR: not a directory, \w+ '[^']*'/g, 'Not a directory'],
];

function plainErrors(text: string): string {
	return errors.reduce((words, [pattern, plain]) => words.replace(pattern, plain), text);
}
