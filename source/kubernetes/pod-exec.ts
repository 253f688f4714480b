import {Writable} from 'node:stream';
import {StringDecoder} from 'node:string_decoder';
import {asList, asRecord, asText} from '../mesh/untyped.ts';
import type {Cluster, PodExecEnd} from '../ports.ts';
import {Exec} from './client-node.ts';
import type {ApiHttp} from './http.ts';
import {openWebSocket} from './web-sockets.ts';

/** Output that is kept; a pod's probe prints a few lines. */
const limit = 1024 * 1024;

/** Runs a command in a container to its end: see `Cluster.podExec`. */
export async function podExec(
	http: ApiHttp,
	pod: {readonly namespace: string; readonly name: string; readonly container: string},
	command: readonly string[],
	options: Parameters<Cluster['podExec']>[2],
): Promise<PodExecEnd> {
	const [stdout, stderr] = [collector(options.onOutput), collector()];
	const {promise, resolve} = Promise.withResolvers<PodExecEnd>();
	const end = (how: Pick<PodExecEnd, 'code' | 'fault'>) =>
		resolve({...how, stdout: stdout.text(), stderr: stderr.text()});
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
			(status) => end(endOf(status)),
		),
	);
	const stop = (fault: string) => {
		end({code: -1, fault});
		socket.terminate();
	};
	const timer = setTimeout(stop, options.timeoutSeconds * 1000, `it took longer than ${options.timeoutSeconds} s`);
	const leave = () => stop('it was not wanted any more');
	options.signal?.addEventListener('abort', leave, {once: true});
	socket.on('close', () => end({code: -1, fault: 'the connection to the cluster was lost before it ended'}));
	try {
		return await promise;
	} finally {
		clearTimeout(timer);
		options.signal?.removeEventListener('abort', leave);
		socket.close();
	}
}

/** From the Status object that ends the stream: `Success`, or a cause `ExitCode`; another says why the command could not be run. */
function endOf(status: unknown): Pick<PodExecEnd, 'code' | 'fault'> {
	const {status: word, details, message} = asRecord(status);
	if (word === 'Success') return {code: 0};
	const cause = asList(asRecord(details)['causes'])
		.map(asRecord)
		.find(({reason}) => reason === 'ExitCode');
	const code = Number(asText(cause?.['message']));
	return cause === undefined || Number.isNaN(code)
		? {code: -1, fault: asText(message) || 'the cluster does not say how it ended'}
		: {code};
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
