import {PassThrough, Writable} from 'node:stream';
import {exitCodes, UserError} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';
import {PortForward} from './client-node.ts';
import type {ApiHttp} from './http.ts';
import {openWebSocket} from './web-sockets.ts';

const limitSeconds = 10;

/**
 * GET on a loopback port of a pod, through port-forward. HTTP/1.0, so that the answer ends with the connection and is never in chunks.
 * Throws `cluster.forbidden` without the right to forward, `cluster.unreachable` when nothing answers.
 */
export async function getFromPod(
	http: ApiHttp,
	pod: {readonly namespace: string; readonly name: string},
	port: number,
	path: string,
	signal?: AbortSignal,
): Promise<{status: number; body: string}> {
	const answer = createAnswer();
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const fail = (why: string) => reject(silent(pod, port, why));
	const output = new Writable({
		write(chunk: Buffer, _encoding, done) {
			if (answer.add(chunk)) resolve();
			done();
		},
	});
	const errors = new Writable({
		write(chunk: Buffer, _encoding, done) {
			// The channel opens with the port's number alone.
			const words = chunk.toString('utf8').trim();
			if (words !== '') fail(sanitise(words));
			done();
		},
	});
	const question = new PassThrough();
	const timer = setTimeout(() => fail(`nothing within ${limitSeconds} s`), limitSeconds * 1000);
	const stop = () => fail('cancelled');
	signal?.addEventListener('abort', stop, {once: true});
	// A failure before anybody waits for the answer must not count as unhandled.
	promise.catch(() => undefined);
	const socket = await openWebSocket(
		http,
		`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/portforward`,
		(handler) =>
			new PortForward(http.config(), true, handler).portForward(
				pod.namespace,
				pod.name,
				[port],
				output,
				errors,
				question,
			),
	);
	try {
		socket.on('close', () => resolve());
		question.write(`GET ${path} HTTP/1.0\r\nHost: localhost\r\n\r\n`);
		await promise;
		const whole = answer.parse();
		if (whole === undefined) throw silent(pod, port, 'what came is no HTTP');
		return whole;
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', stop);
		socket.close();
	}
}

function silent(pod: {readonly namespace: string; readonly name: string}, port: number, why: string): UserError {
	return new UserError({
		code: 'cluster.unreachable',
		message: `Port ${port} of pod ${pod.namespace}/${pod.name} gives no answer: ${why}.`,
		exitCode: exitCodes.unreachable,
		hint: `kubectl -n ${pod.namespace} logs ${pod.name}`,
	});
}

/** Collects an answer; `add` says when it is whole: some proxies keep the channel open after it. */
function createAnswer() {
	const chunks: Buffer[] = [];
	let size = 0;
	let head: {readonly end: number; readonly text: string} | undefined;
	return {
		add(chunk: Buffer): boolean {
			chunks.push(chunk);
			size += chunk.length;
			if (head === undefined) {
				const all = Buffer.concat(chunks);
				const end = all.indexOf('\r\n\r\n');
				if (end !== -1) head = {end: end + 4, text: all.subarray(0, end).toString('latin1')};
			}
			const length = head && /^content-length: *(\d+)/im.exec(head.text)?.[1];
			return head !== undefined && length !== undefined && size >= head.end + Number(length);
		},
		parse(): {status: number; body: string} | undefined {
			const status = head && /^HTTP\/\d\.\d (\d{3})/.exec(head.text)?.[1];
			if (head === undefined || status === undefined) return undefined;
			return {status: Number(status), body: Buffer.concat(chunks).subarray(head.end).toString('utf8')};
		},
	};
}
