import {PassThrough, Writable} from 'node:stream';
import {exitCodes, UserError} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';
import {PortForward} from './client-node.ts';
import {collectAnswer} from './collect-answer.ts';
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
	const answer = collectAnswer();
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const fail = (why: string) => reject(silent(pod, port, why));
	const output = new Writable({
		write(chunk: Buffer, _encoding, done) {
			const state = answer.add(chunk);
			if (state === 'whole') resolve();
			else if (state !== 'partial') fail(state.wrong);
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
