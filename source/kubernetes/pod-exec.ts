import {Writable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';
import {asRecord, asText} from '../mesh/untyped.ts';
import {Exec} from './client-node.ts';
import type {ApiHttp} from './http.ts';
import {openWebSocket} from './web-sockets.ts';

/** Output that is kept; a pod's probe prints a few lines. */
const limit = 1024 * 1024;

export type PodExecResult = {readonly code: number; readonly stdout: string; readonly stderr: string};

/** Runs a command in a container to its end. `code` is its exit code, or -1 when it was cut off by the time limit, the signal or the connection. */
export async function podExec(
	http: ApiHttp,
	pod: {readonly namespace: string; readonly name: string; readonly container: string},
	command: readonly string[],
	options: {
		readonly timeoutSeconds: number;
		readonly signal?: AbortSignal;
		readonly onOutput?: (text: string) => void;
	},
): Promise<PodExecResult> {
	const [stdout, stderr] = [collector(options.onOutput), collector()];
	const {promise, resolve} = Promise.withResolvers<PodExecResult>();
	const end = (code: number) => resolve({code, stdout: stdout.text(), stderr: stderr.text()});
	const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/exec`;
	const socket = await openWebSocket(http, path, (handler) =>
		new Exec(http.config(), handler).exec(
			pod.namespace,
			pod.name,
			pod.container,
			[...command],
			stdout.stream,
			stderr.stream,
			null,
			false,
			(status) => end(exitCode(status)),
		),
	);
	const stop = () => socket.terminate();
	const timer = setTimeout(stop, options.timeoutSeconds * 1000);
	options.signal?.addEventListener('abort', stop, {once: true});
	socket.on('close', () => end(-1));
	try {
		return await promise;
	} finally {
		clearTimeout(timer);
		options.signal?.removeEventListener('abort', stop);
		socket.close();
	}
}

/** From the Status object that ends the stream: `Success`, or a cause `ExitCode`; -1 when the command could not be started. */
function exitCode(status: unknown): number {
	const {status: word, details} = asRecord(status);
	if (word === 'Success') return 0;
	const causes = asRecord(details)['causes'];
	const cause = (Array.isArray(causes) ? causes : []).map(asRecord).find(({reason}) => reason === 'ExitCode');
	const code = Number(asText(cause?.['message']));
	return cause === undefined || Number.isNaN(code) ? -1 : code;
}

function collector(onOutput?: (text: string) => void) {
	const chunks: Buffer[] = [];
	const decoder = new StringDecoder('utf8');
	let size = 0;
	const stream = new Writable({
		write(chunk: Buffer, _encoding, done) {
			if (size < limit) chunks.push(chunk);
			size += chunk.length;
			onOutput?.(decoder.write(chunk));
			done();
		},
	});
	return {stream, text: () => Buffer.concat(chunks).toString('utf8')};
}
