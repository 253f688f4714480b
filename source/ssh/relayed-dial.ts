import {randomBytes} from 'node:crypto';
import {sanitise} from '../output/sanitise.ts';
import type {DialResult} from '../ports.ts';
import {noRelay, relayCommand, relayTools} from '../vm/relay.ts';
import {ChannelStream} from './channel-stream.ts';
import {wrapCommand} from './remote-command.ts';
import {failureOf} from './remote-dial.ts';
import type {Session, Sessions} from './sessions.ts';

const defaultTimeoutSeconds = 10;
/** How long the program may take to end. */
const graceMs = 2000;
/** More than this is no reason why a connection was not made. */
const mostWords = 4096;

/**
 * A TCP connection made by a program of the host, where its sshd makes none (`AllowTcpForwarding no`); takes a session for as long as it is open.
 * Without such a program it is `prohibited`. `lost`: resolves with the reason when the connection is gone.
 */
export async function relayedDial(
	sessions: Sessions,
	lost: Promise<string>,
	host: string,
	port: number,
	{timeoutSeconds = defaultTimeoutSeconds, signal}: {timeoutSeconds?: number; signal?: AbortSignal} = {},
): Promise<DialResult> {
	const mark = randomBytes(8).toString('hex');
	let session: Session;
	try {
		session = await sessions.open(wrapCommand(relayCommand(host, port, timeoutSeconds), mark), signal);
	} catch (error) {
		return {ok: false, failure: 'lost', text: error instanceof Error ? error.message : 'cancelled'};
	}
	const {channel, ending, release} = session;
	void ending.then(release);
	// The program ends with its input. A channel that is closed before that leaves the server with a session that is taken.
	const leave = () => {
		channel.end();
		channel.resume();
		setTimeout(() => channel.close(), graceMs).unref();
	};
	let heard = Buffer.alloc(0);
	let words = '';
	const begin = Buffer.from(`\u001e${mark} `);
	channel.stderr.on('data', (chunk: Buffer) => {
		words = (words + chunk.toString()).slice(-mostWords);
	});
	return new Promise((resolve) => {
		const finish = (result: DialResult) => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', abort);
			channel.off('data', listen);
			if (!result.ok) leave();
			resolve(result);
		};
		const abort = () => finish({ok: false, failure: 'lost', text: 'cancelled'});
		// Beside the program's own limit, which a slow login shell puts off.
		const timer = setTimeout(
			() => finish({ok: false, failure: 'filtered', text: `no answer within ${timeoutSeconds} s`}),
			timeoutSeconds * 1000,
		);
		signal?.addEventListener('abort', abort, {once: true});
		const listen = (chunk: Buffer) => {
			heard = Buffer.concat([heard, chunk]);
			const start = heard.indexOf(begin);
			const line = start === -1 ? -1 : heard.indexOf('\n', start);
			const rest = line === -1 ? undefined : heard.subarray(line + 1);
			if (rest === undefined || !rest.includes('\n')) return;
			const end = rest.indexOf('\n') + 1;
			if (rest.toString('utf8', 0, end) !== 'open\n') return;
			finish({ok: true, stream: new ChannelStream(channel, {first: rest.subarray(end), close: leave})});
		};
		channel.on('data', listen);
		void lost.then((reason) => finish({ok: false, failure: 'lost', text: reason}));
		void ending.then(({code}) => {
			const text = words.slice(words.lastIndexOf(`${mark}\n`) + mark.length + 1).trim();
			if (code === noRelay) {
				return finish({ok: false, failure: 'prohibited', text: `there is no ${relayTools} on it either`});
			}
			const failure = failureOf(text);
			// A rule of the host's own; sshd is not asked here.
			finish({
				ok: false,
				failure: failure === 'prohibited' ? 'unreachable' : failure,
				text: sanitise(text.split('\n').at(-1) ?? ''),
			});
		});
	});
}
