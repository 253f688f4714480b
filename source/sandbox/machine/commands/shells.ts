import {commandLine} from '../../../vm/quote.ts';
import {accountNamed} from '../accounts.ts';
import {type Commands, fail, type Io, type MachineCommand, ok, parseOptions} from '../command.ts';
import {beginSession} from '../session.ts';

/** `sh -c SCRIPT [NAME [ARGUMENT…]]`, `sh FILE`, or a script on standard input. */
const sh: MachineCommand = async (args, io) => {
	const {machine, session} = io;
	const options = parseOptions(args, [], {leading: true});
	const run = (script: string, words: readonly string[], stdin: string) =>
		machine.shell.run(session, script, {args: words, stdin, cwd: io.cwd, environment: io.environment});
	if (options.has('-c')) {
		const [script = '', , ...words] = options.rest;
		return run(script, words, io.stdin);
	}
	const [file, ...words] = options.rest;
	if (file === undefined || options.has('-s')) return run(Buffer.from(io.stdin, 'latin1').toString(), options.rest, '');
	const path = file.startsWith('/') ? file : `${io.cwd}/${file}`;
	if (machine.tree.look(path, session.eyes.who)?.kind !== 'file')
		return fail(`sh: 0: cannot open ${file}: No such file`, 2);
	return run(machine.tree.readFile(path, session.eyes.who).toString(), words, io.stdin);
};

/** Runs words as another account, in this directory. */
function become(io: Io, name: string, script: string, extra: Readonly<Record<string, string>>, stdin = io.stdin) {
	const {machine, session} = io;
	const account = accountNamed(machine.tree, name);
	if (account === undefined) return undefined;
	const other = beginSession(machine, account, {pid: session.pid, signal: session.signal, sink: session.sink, extra});
	return machine.shell.run(Object.assign(other, {live: session.live}), script, {cwd: io.cwd, stdin});
}

/** sudo for accounts of the sudoers list, who need no password; others are turned away in sudo's words. */
const sudo: MachineCommand = async (args, io) => {
	const {machine, session} = io;
	const options = parseOptions(args, ['-u', '-g', '-p', '-h', '-C'], {leading: true});
	const user = options.value('-u', '--user') ?? 'root';
	if (session.account.uid !== 0 && !machine.sudoers.includes(session.account.name)) {
		return options.has('-n')
			? fail('sudo: a password is required')
			: fail(
					'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper\nsudo: a password is required',
				);
	}
	if (options.has('-v', '-k')) return ok();
	const words = [...options.rest];
	const extra: Record<string, string> = {};
	while (/^[A-Za-z_]\w*=/.test(words[0] ?? '')) {
		const [name = '', ...value] = (words.shift() ?? '').split('=');
		extra[name] = value.join('=');
	}
	if (words.length === 0)
		return fail(
			'usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]',
			1,
		);
	const {uid, gid, name} = session.account;
	const sudoers = {SUDO_COMMAND: words.join(' '), SUDO_GID: String(gid), SUDO_UID: String(uid), SUDO_USER: name};
	const result = await become(io, user, commandLine(words), {...sudoers, ...extra});
	return result === undefined
		? fail(`sudo: unknown user ${user}`)
		: // sudo itself looks for the program: there is no shell to complain of it.
			{...result, stderr: result.stderr.replace(/^bash: (\S+): command not found$/m, 'sudo: $1: command not found')};
};

const su: MachineCommand = async (args, io) => {
	const names: string[] = [];
	let script: string | undefined;
	for (let index = 0; index < args.length; index++) {
		const arg = args[index] ?? '';
		if (arg === '-c' || arg === '--command') script = args[++index];
		else if (arg === '-s' || arg === '--shell') index++;
		else if (!arg.startsWith('-')) names.push(arg);
	}
	const name = names[0] ?? 'root';
	if (io.session.account.uid !== 0) return fail('Password: su: Authentication failure');
	if (script === undefined) return fail('su: this machine runs single commands only: use -c');
	const result = await become(io, name, script, {});
	return result ?? fail(`su: user ${name} does not exist or the user entry does not contain all the required fields`);
};

const kill: MachineCommand = (args, {machine, session}) => {
	const words = args.filter((word) => word !== '--');
	const named = words.indexOf('-s');
	const signal =
		named === -1
			? /^-([A-Z0-9]+)$/.test(words[0] ?? '') && words.length > 1
				? (words.shift() ?? '').slice(1)
				: 'TERM'
			: (words.splice(named, 2)[1] ?? 'TERM');
	for (const word of words) {
		// A negative number is that of a group.
		const number = Number(word);
		const meant = [...machine.processes].filter(([pid, {group}]) => (number < 0 ? group === -number : pid === number));
		if (meant.length === 0) return fail('sh: 1: kill: No such process');
		for (const [, process] of meant) {
			if (session.account.uid !== 0 && process.user !== session.account.name)
				return fail('sh: 1: kill: Operation not permitted');
			if (signal !== '0') process.stop.abort();
		}
	}
	return ok();
};

const umask: MachineCommand = ([mask], {session: {eyes}}) => {
	if (mask === undefined) return ok(`${eyes.umask.toString(8).padStart(4, '0')}\n`);
	eyes.umask = Number.parseInt(mask, 8);
	return ok();
};

const sleep: MachineCommand = async (args, {machine, signal}) => {
	await machine.timers.pause(
		args.reduce((sum, text) => sum + Number.parseFloat(text) * 1000, 0),
		signal,
	);
	return ok();
};

/** What one shell has from another: `sh`, other accounts, signals. A script has no traps: nothing ends it between two commands. */
export const shellCommands: Commands = {
	sh,
	bash: sh,
	dash: sh,
	sudo,
	su,
	kill,
	umask,
	sleep,
	setsid: (args, io) => io.call(args, io.stdin),
	trap: () => ok(),
	ulimit: () => ok('unlimited\n'),
};
