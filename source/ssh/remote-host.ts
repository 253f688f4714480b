import type {RemoteHost} from '../ports.ts';
import type {Connection} from './connect.ts';
import {connectionLost} from './connection-lost.ts';
import {remoteDial} from './remote-dial.ts';
import {remoteExec} from './remote-exec.ts';
import {Sessions} from './sessions.ts';

/** The port RemoteHost over a logged-in connection; owns it. */
export function remoteHost({client, description, hostKey, close}: Connection): RemoteHost {
	const sessions = new Sessions(client, description);
	const {promise: closed, resolve} = Promise.withResolvers<string>();
	let gone: string | undefined;
	const end = (reason: string) => {
		if (gone !== undefined) return;
		gone = reason;
		sessions.close(connectionLost(description, reason));
		resolve(reason);
		close();
	};
	client.on('error', (error) =>
		end(error.message === 'Keepalive timeout' ? 'no sign of life for 40 s (Keepalive timeout)' : error.message),
	);
	client.on('close', () => end('the server closed the connection'));
	return {
		description,
		hostKey,
		closed,
		exec: async (command, options) => {
			if (gone !== undefined) throw connectionLost(description, gone);
			return remoteExec(sessions, closed, command, options);
		},
		dial: async (host, port, options) =>
			gone === undefined ? remoteDial(client, closed, host, port, options) : {ok: false, failure: 'lost', text: gone},
		close: () => end('closed'),
	};
}
