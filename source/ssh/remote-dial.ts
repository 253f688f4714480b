import type {Client, ClientChannel} from 'ssh2';
import {sanitise} from '../output/sanitise.ts';
import type {DialFailure, DialResult} from '../ports.ts';
import {ChannelStream} from './channel-stream.ts';

const defaultTimeoutSeconds = 10;

/**
 * The reasons that sshd gives for a connection that it could not make are the VM's own error texts (channels.c,
 * channel_post_connecting; getaddrinfo's in connect_to_helper).
 */
const failures: ReadonlyArray<readonly [RegExp, DialFailure]> = [
	[/refused/i, 'refused'],
	[/timed out|timeout/i, 'filtered'],
	[/name or service not known|name resolution|no address associated|nodename|unknown host|not resolve/i, 'unresolved'],
	[/prohibited|not permitted|denied/i, 'prohibited'],
];
const administrativelyProhibited = 1;

/**
 * A TCP connection made by the VM's sshd. No answer within the time limit means filtered: sshd itself would wait for minutes.
 * `lost`: resolves with the reason when the connection is gone.
 */
export function remoteDial(
	client: Client,
	lost: Promise<string>,
	host: string,
	port: number,
	{timeoutSeconds = defaultTimeoutSeconds, signal}: {timeoutSeconds?: number; signal?: AbortSignal} = {},
): Promise<DialResult> {
	return new Promise((resolve) => {
		let settled = false;
		const settle = (finish: () => void) => {
			if (settled) return;
			settled = true;
			clearTimeout(timer);
			signal?.removeEventListener('abort', abort);
			finish();
		};
		const fail = (failure: DialFailure, text: string) => settle(() => resolve({ok: false, failure, text}));
		const abort = () => fail('lost', 'cancelled');
		const timer = setTimeout(() => fail('filtered', `no answer within ${timeoutSeconds} s`), timeoutSeconds * 1000);
		signal?.addEventListener('abort', abort, {once: true});
		if (signal?.aborted) return abort();
		void lost.then((reason) => fail('lost', reason));
		try {
			client.forwardOut('127.0.0.1', 0, host, port, (error, channel: ClientChannel | undefined) => {
				if (error) {
					const {failure, text} = dialFailure(error);
					return fail(failure, text);
				}
				if (channel === undefined) return fail('lost', 'no channel');
				if (settled) return channel.close();
				settle(() => resolve({ok: true, stream: new ChannelStream(channel)}));
			});
		} catch (error) {
			fail('lost', error instanceof Error ? error.message : String(error));
		}
	});
}

/** What the server's refusal means; `reason` is that of RFC 4254 §5.1, absent when the connection broke. */
export function dialFailure(error: Error & {reason?: unknown}): {failure: DialFailure; text: string} {
	const text = sanitise(error.message.replace('(SSH) Channel open failure: ', ''));
	if (error.reason === undefined) return {failure: 'lost', text};
	if (error.reason === administrativelyProhibited) return {failure: 'prohibited', text};
	return {failure: failureOf(text), text};
}

/** The reason in the words of the host's system. */
export function failureOf(text: string): DialFailure {
	return failures.find(([pattern]) => pattern.test(text))?.[1] ?? 'unreachable';
}
