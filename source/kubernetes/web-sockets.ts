import type {IncomingMessage} from 'node:http';
import {PassThrough} from 'node:stream';
import {text} from 'node:stream/consumers';
import WebSocket from 'ws';
import {networkError, statusError} from './api-error.ts';
import {WebSocketHandler} from './client-node.ts';
import type {ApiHttp} from './http.ts';

/**
 * WebSockets to the API server, as exec and port-forward need them. `attempt` gives them to client-node's Exec or PortForward and
 * answers the open socket; a refusal is thrown with the server's own words (`cluster.forbidden`), as for every other request.
 */
export async function openWebSocket(
	http: ApiHttp,
	path: string,
	attempt: (handler: WebSocketHandler) => Promise<unknown>,
): Promise<WebSocket> {
	let socket: WebSocket | undefined;
	let refused: Promise<{status: number; body: string}> | undefined;
	const factory = (uri: string, protocols: string[], options: WebSocket.ClientOptions) => {
		socket = new WebSocket(uri, protocols, options);
		socket.on('unexpected-response', (_request, response: IncomingMessage) => {
			refused = text(response).then((body) => ({status: response.statusCode ?? 0, body}));
			socket?.emit('error', new Error(`HTTP ${response.statusCode}`));
		});
		// Whatever comes after the opening ends the stream; `close` follows.
		socket.on('error', () => undefined);
		return socket as never;
	};
	// Left to itself, client-node ends this process's standard output when a server closes a channel of that name.
	const nowhere = {stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough()};
	const handler = new WebSocketHandler(http.config(), factory, nowhere);
	const asked = {method: 'GET', path};
	try {
		await attempt(handler);
	} catch (error) {
		if (refused !== undefined) {
			const {status, body} = await refused;
			throw statusError(status, body, http.server, asked);
		}
		throw networkError(
			error instanceof Error ? error : new Error(String((error as {message?: unknown}).message ?? error)),
			http.server,
			asked,
		);
	}
	if (socket === undefined) throw new Error('client-node opened no WebSocket');
	return socket;
}
