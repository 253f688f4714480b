import {timingSafeEqual} from 'node:crypto';
import {createServer} from 'node:https';
import {type WebSocket, WebSocketServer} from 'ws';
import type {KeyPair} from '../mesh/certificates.ts';
import {type ApiContext, handleRequest, send} from './handle-request.ts';
import {noSuchPath, StatusError} from './status-error.ts';

/** What pods answer: commands in containers, and their ports. */
export type PodStreams = {
	/** Serves `…/pods/<name>/exec` or `/portforward`. Throws StatusError before anything is sent. */
	open(path: URL): (socket: WebSocket) => void;
};

export type ApiServer = {readonly port: number; close(): Promise<void>};

const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** An API server on our loopback, with TLS and one bearer token. */
export async function startApiServer(options: {
	readonly identity: KeyPair;
	readonly token: string;
	readonly context: Omit<ApiContext, 'address'>;
	readonly streams: PodStreams;
}): Promise<ApiServer> {
	const {identity, token, streams} = options;
	let context: ApiContext = {...options.context, address: '127.0.0.1'};
	const server = createServer(
		{cert: identity.certificate, key: identity.key, minVersion: 'TLSv1.2'},
		(request, response) => {
			const fail = (error: unknown) => {
				const status =
					error instanceof StatusError
						? error
						: new StatusError(500, 'InternalError', error instanceof Error ? error.message : String(error));
				if (response.headersSent) response.end();
				else send(response, status.code, status.toJSON());
			};
			if (!permits(request.headers.authorization, token))
				return fail(new StatusError(401, 'Unauthorized', 'Unauthorized'));
			handleRequest(context, request, response).catch(fail);
		},
	);
	const sockets = new WebSocketServer({
		noServer: true,
		handleProtocols: (offered) => protocols.find((name) => offered.has(name)) ?? false,
	});
	server.on('upgrade', (request, socket, head) => {
		const refuse = (status: StatusError) => {
			const body = JSON.stringify(status.toJSON());
			socket.end(
				`HTTP/1.1 ${status.code} ${status.reason}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
			);
		};
		socket.on('error', () => socket.destroy());
		if (!permits(request.headers.authorization, token))
			return refuse(new StatusError(401, 'Unauthorized', 'Unauthorized'));
		if (request.headers.upgrade?.toLowerCase() !== 'websocket')
			return refuse(new StatusError(400, 'BadRequest', 'unable to upgrade: the sandbox speaks WebSocket only'));
		try {
			const serve = streams.open(new URL(request.url ?? '/', 'https://127.0.0.1'));
			sockets.handleUpgrade(request, socket, head, serve);
		} catch (error) {
			refuse(error instanceof StatusError ? error : noSuchPath());
		}
	});
	const port = await new Promise<number>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const address = server.address();
			resolve(typeof address === 'object' && address !== null ? address.port : 0);
		});
	});
	context = {...context, address: `127.0.0.1:${port}`};
	return {
		port,
		close: () =>
			new Promise((resolve) => {
				for (const socket of sockets.clients) socket.terminate();
				sockets.close();
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function permits(header: string | undefined, token: string): boolean {
	const [given, wanted] = [Buffer.from(header ?? ''), Buffer.from(`Bearer ${token}`)];
	return given.length === wanted.length && timingSafeEqual(given, wanted);
}
