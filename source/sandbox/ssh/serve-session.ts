import type {ServerChannel, Session as SshSession} from 'ssh2';
import {accountNamed} from '../machine/accounts.ts';
import {root} from '../machine/file-tree.ts';
import {beginProcess, type Machine} from '../machine/machine.ts';
import {beginSession} from '../machine/session.ts';

/** How long a command waits for input from somebody who keeps the channel open and sends nothing, in ms; a busy machine may take a second to send. */
const silenceMs = 3000;

/** Serves one session channel: a command each. There is no interactive shell. */
export function serveSession(machine: Machine, user: string, session: SshSession): void {
	let stop: AbortController | undefined;
	session.on('pty', (accept) => accept?.());
	session.on('env', (accept) => accept?.());
	session.on('signal', (accept) => {
		accept?.();
		stop?.abort();
	});
	session.on('exec', (accept, _reject, {command}) => {
		const process = beginProcess(machine, user);
		stop = process.stop;
		const channel = accept();
		channel.on('error', () => process.stop.abort());
		channel.once('close', () => process.stop.abort());
		void run(machine, user, command, channel, process).finally(process.end);
	});
	session.on('shell', (accept) => {
		const channel = accept();
		channel.write('This machine of the sandbox runs single commands: ssh … COMMAND.\r\n');
		channel.exit(1);
		channel.end();
	});
}

async function run(
	machine: Machine,
	user: string,
	command: string,
	channel: ServerChannel,
	process: ReturnType<typeof beginProcess>,
): Promise<void> {
	const stdin = await inputOf(channel, process.stop.signal);
	const account = accountNamed(machine.tree, user);
	if (account === undefined) return void channel.close();
	const write = (stream: 'stdout' | 'stderr', text: string) => {
		if (channel.writable && text !== '') (stream === 'stdout' ? channel : channel.stderr).write(text);
	};
	const session = beginSession(machine, account, {pid: process.pid, signal: process.stop.signal, sink: write});
	const home = machine.tree.look(account.home, root) === undefined ? '/' : account.home;
	const result = await machine.shell.run(session, command, {stdin, cwd: home});
	write('stdout', result.stdout);
	write('stderr', result.stderr);
	if (!channel.writable) return;
	if (process.stop.signal.aborted) channel.exit('TERM');
	else channel.exit(result.exitCode);
	channel.end();
}

/** Whole standard input, bytes as characters; nothing when nobody sends or closes it. */
function inputOf(channel: ServerChannel, signal: AbortSignal): Promise<string> {
	return new Promise((resolve) => {
		const chunks: Buffer[] = [];
		const finish = () => {
			clearTimeout(silence);
			resolve(Buffer.concat(chunks).toString('latin1'));
		};
		const silence = setTimeout(finish, silenceMs);
		channel.on('data', (chunk: Buffer) => {
			clearTimeout(silence);
			chunks.push(chunk);
		});
		channel.once('end', finish);
		channel.once('close', finish);
		signal.addEventListener('abort', finish, {once: true});
	});
}
