import type {RemoteHost} from '../ports.ts';
import {type Connection, reasonOf} from './connect.ts';
import {connectionLost} from './connection-lost.ts';
import {relayedDial} from './relayed-dial.ts';
import {remoteDial} from './remote-dial.ts';
import {remoteExec} from './remote-exec.ts';
import {Sessions} from './sessions.ts';

/** The port RemoteHost over a logged-in connection; owns it. `another` opens a second one, should the server give no further session to end a command. */
export function remoteHost(connection: Connection, another: () => Promise<Connection>): RemoteHost {
	const {client, description, hostKey, close} = connection;
	const sessions = new Sessions(connection, another);
	const {promise: closed, resolve} = Promise.withResolvers<string>();
	let gone: string | undefined;
	const end = (reason: string) => {
		if (gone !== undefined) return;
		gone = reason;
		sessions.close(connectionLost(description, reason));
		resolve(reason);
		close();
	};
	client.on('error', (error) => end(reasonOf(error)));
	client.on('close', () => end('the server closed the connection'));
	return {
		description,
		hostKey,
		closed,
		exec: async (command, options) => {
			if (gone !== undefined) throw connectionLost(description, gone);
			return remoteExec(sessions, closed, command, options);
		},
		async dial(host, port, options) {
			if (gone !== undefined) return {ok: false, failure: 'lost', text: gone};
			const dialled = await remoteDial(client, closed, host, port, options);
			if (dialled.ok || dialled.failure !== 'prohibited') return dialled;
			return relayedDial(sessions, closed, host, port, options);
		},
		close: () => end('closed'),
	};
}
