import {randomBytes} from 'node:crypto';
import {Readable} from 'node:stream';
import type {ClientChannel} from 'ssh2';
import type {ExecOptions, ExecResult} from '../ports.ts';
import {MarkedStream} from './marked-stream.ts';
import {OutputTail} from './output-tail.ts';
import {killCommand, wrapCommand} from './remote-command.ts';
import type {Sessions} from './sessions.ts';

const defaultTimeoutSeconds = 60;
const tailBytes = 1 << 20;
/** How long the process id, then a kill's delivery, then its effect are awaited, in ms. */
const markMs = 2000;
const killMs = 4000;
const afterKillMs = 1000;

/**
 * Runs a POSIX sh command and waits for its end and all its output. Over time or aborted, its process group is killed on the VM:
 * closing the channel alone would leave it running and its session taken. `lost`: resolves when the connection is gone.
 */
export async function remoteExec(
	sessions: Sessions,
	lost: Promise<unknown>,
	command: string,
	options: ExecOptions = {},
): Promise<ExecResult> {
	const {signal, timeoutSeconds = defaultTimeoutSeconds, input, onOutput} = options;
	const mark = randomBytes(8).toString('hex');
	const tails = {stdout: new OutputTail(tailBytes), stderr: new OutputTail(tailBytes)};
	const result = (ended: ExecResult['ended'], code?: number): ExecResult => ({
		code,
		ended,
		stdout: tails.stdout.text(),
		stderr: tails.stderr.text(),
	});
	if (signal?.aborted) return result('cancelled');
	let session: Awaited<ReturnType<Sessions['open']>>;
	try {
		session = await sessions.open(wrapCommand(command, mark), signal);
	} catch (error) {
		if (signal?.aborted) return result('cancelled');
		throw error;
	}
	const {channel, ending, release} = session;
	const marked = (stream: 'stdout' | 'stderr') =>
		new MarkedStream(mark, (chunk) => {
			tails[stream].push(chunk);
			onOutput?.(stream, chunk);
		});
	const streams = {stdout: marked('stdout'), stderr: marked('stderr')};
	channel.on('data', (chunk: Buffer) => streams.stdout.push(chunk));
	channel.stderr.on('data', (chunk: Buffer) => streams.stderr.push(chunk));
	const stop = stopper(timeoutSeconds, signal);
	try {
		send(channel, input);
		const first = await Promise.race([ending, lost.then(() => 'lost' as const), stop.reason]);
		const stopped = first === 'timed-out' || first === 'cancelled';
		if (stopped) await kill(sessions, channel, streams.stdout.processId, Promise.race([ending, lost]));
		streams.stdout.end();
		streams.stderr.end();
		if (stopped || first === 'lost') return result(first);
		return typeof first.code === 'number'
			? result('exited', first.code)
			: result(first.code === null ? 'signalled' : 'lost');
	} finally {
		stop.clear();
		channel.close();
		release();
	}
}

/** A source that breaks off ends the input early: whoever reads it on the VM must know how much was to come. */
function send(channel: ClientChannel, input: ExecOptions['input']): void {
	if (input === undefined || typeof input === 'string' || input instanceof Uint8Array) {
		channel.end(input === undefined ? undefined : Buffer.from(input));
		return;
	}
	const source = Readable.from(input, {objectMode: false});
	source.on('error', () => channel.end());
	channel.once('close', () => source.destroy());
	source.pipe(channel);
}

function stopper(seconds: number, signal: AbortSignal | undefined) {
	let timer: NodeJS.Timeout | undefined;
	let cancel: (() => void) | undefined;
	const reason = new Promise<'timed-out' | 'cancelled'>((resolve) => {
		timer = setTimeout(resolve, seconds * 1000, 'timed-out');
		cancel = () => resolve('cancelled');
		signal?.addEventListener('abort', cancel, {once: true});
		if (signal?.aborted) cancel();
	});
	const clear = () => {
		clearTimeout(timer);
		if (cancel) signal?.removeEventListener('abort', cancel);
	};
	return {reason, clear};
}

/**
 * First with the user's own rights, then, for what sudo started, with those of root if sudo asks for no password. The process id may
 * still be on its way, when the login shell is slow to start.
 */
async function kill(
	sessions: Sessions,
	channel: ClientChannel,
	marked: Promise<number | undefined>,
	ended: Promise<unknown>,
): Promise<void> {
	let over = false;
	const end = ended.then(() => {
		over = true;
	});
	const processId = await Promise.race([marked, end, pause(markMs)]);
	if (over) return;
	if (typeof processId === 'number') {
		for (const prefix of ['', 'sudo -n '] as const) {
			const delivered = sessions.aside(wrapCommand(killCommand(processId, prefix), 'kill')).catch(() => undefined);
			await Promise.race([end, delivered, pause(killMs)]);
			await Promise.race([end, pause(afterKillMs)]);
			if (over) return;
		}
	}
	// The last resort: OpenSSH passes it on for logins other than root's (session.c, session_signal_req).
	channel.signal('KILL');
	await Promise.race([end, pause(afterKillMs)]);
}

function pause(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
