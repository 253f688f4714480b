import {createServer} from 'node:http';
import type {RawData, WebSocket} from 'ws';
import {asList, asRecord, asText} from '../../mesh/untyped.ts';
import {istiodDebug} from '../mesh/istiod-debug.ts';
import type {Mesh} from '../mesh/mesh.ts';
import type {PodStreams} from './api-server.ts';
import {kindOf} from './kinds.ts';
import type {ObjectStore} from './object-store.ts';
import {readRequestPath} from './request-path.ts';
import {SocketChannel} from './socket-channel.ts';
import {badRequest, noSuchPath, notFound} from './status-error.ts';

/** Runs a command in a container; rejects where it cannot be started. */
export type PodExec = (
	pod: {readonly namespace: string; readonly name: string; readonly container: string},
	command: readonly string[],
	/** Ends the command when the client has gone. */
	signal: AbortSignal,
) => Promise<{readonly stdout: string; readonly stderr: string; readonly exitCode: number}>;

const stdout = 1;
const stderr = 2;
const errors = 3;

/** Streams of pods over WebSocket with one byte of channel before the data (apimachinery, pkg/util/remotecommand). */
export function createPodStreams(store: ObjectStore, mesh: Mesh, exec: PodExec): PodStreams {
	const debug = createServer((request, response) => {
		const {status, body} = istiodDebug(mesh, request.url ?? '/');
		response.writeHead(status, {'content-type': 'application/json'}).end(body);
	});
	return {
		open(url) {
			const path = readRequestPath(url.pathname);
			const kind = kindOf('', 'pods');
			if (path?.plural !== 'pods' || kind === undefined || path.name === undefined || path.namespace === undefined)
				throw noSuchPath();
			const {namespace, name} = path;
			const pod = store.get(kind, namespace, name);
			if (pod === undefined) throw notFound('pods', name);
			if (path.subresource === 'portforward') {
				const ports = url.searchParams
					.getAll('ports')
					.flatMap((text) => text.split(','))
					.map(Number);
				return (socket) =>
					forward(socket, ports, (port, channel) => {
						if (pod.metadata.labels?.['app'] !== 'istiod' || port !== 15014) return false;
						debug.emit('connection', channel);
						return true;
					});
			}
			if (path.subresource !== 'exec') throw noSuchPath();
			const containers = asList(asRecord(pod.spec)['containers']).map((container) =>
				asText(asRecord(container)['name']),
			);
			const container = url.searchParams.get('container') ?? containers[0] ?? '';
			if (!containers.includes(container)) throw badRequest(`container ${container} is not valid for pod ${name}`);
			const command = url.searchParams.getAll('command');
			return (socket) => void serveExec(socket, (signal) => exec({namespace, name, container}, command, signal));
		},
	};
}

async function serveExec(socket: WebSocket, run: (signal: AbortSignal) => ReturnType<PodExec>): Promise<void> {
	socket.on('error', () => socket.terminate());
	const stop = new AbortController();
	socket.once('close', () => stop.abort());
	const send = (channel: number, text: string) =>
		socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
	const ended = await run(stop.signal).catch((error: unknown) => String(error));
	if (stop.signal.aborted) return;
	if (typeof ended === 'string') {
		send(errors, JSON.stringify({metadata: {}, status: 'Failure', reason: 'InternalError', message: ended, code: 500}));
		socket.close(1000);
		return;
	}
	const {stdout: out, stderr: err, exitCode} = ended;
	if (out !== '') send(stdout, out);
	if (err !== '') send(stderr, err);
	const status =
		exitCode === 0
			? {metadata: {}, status: 'Success'}
			: {
					metadata: {},
					status: 'Failure',
					message: `command terminated with non-zero exit code: exit status ${exitCode}`,
					reason: 'NonZeroExitCode',
					details: {causes: [{reason: 'ExitCode', message: String(exitCode)}]},
				};
	send(errors, JSON.stringify(status));
	socket.close(1000);
}

/** Two channels a port: data, then errors; each begins with the port's number (client-go, tools/portforward; kubelet, cri/streaming). */
function forward(
	socket: WebSocket,
	ports: readonly number[],
	connect: (port: number, channel: SocketChannel) => boolean,
): void {
	const channels = ports.map((port, index) => {
		for (const channel of [2 * index, 2 * index + 1]) socket.send(Buffer.from([channel, port & 0xff, port >> 8]));
		const channel = new SocketChannel(socket, 2 * index);
		if (!connect(port, channel)) {
			socket.send(
				Buffer.concat([
					Buffer.from([2 * index + 1]),
					Buffer.from(
						`error forwarding port ${port} to pod: failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused`,
					),
				]),
			);
			channel.destroy();
		}
		return channel;
	});
	socket.on('message', (data: RawData) => {
		const bytes = Buffer.isBuffer(data)
			? data
			: Buffer.concat([data].flat().map((part) => Buffer.from(part as Uint8Array)));
		channels.find(({channel}) => channel === bytes[0])?.receive(bytes.subarray(1));
	});
	socket.on('error', () => socket.terminate());
	socket.once('close', () => {
		for (const channel of channels) channel.destroy();
	});
}
