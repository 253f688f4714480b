import {request} from 'node:http';
import {answerLimit, answerTooLarge} from '../../output/answer-limit.ts';
import type {RemoteHost} from '../../ports.ts';
import type {Http, HttpAnswer} from '../action.ts';
import {requestByCurl} from './http-by-curl.ts';
import {stillThere} from './still-there.ts';
import type {VmRequest} from './vm-request.ts';

const limitSeconds = 10;

/** GET on a loopback port of the VM, as `requestOnVm`. */
export function getFromVm(host: RemoteHost, {port, path}: Http, signal: AbortSignal): Promise<HttpAnswer> {
	return requestOnVm(host, {method: 'GET', port, path}, signal);
}

/**
 * A request on a loopback port of the VM through an SSH channel: needs no curl there, but where sshd forbids such channels. Throws
 * `ssh.connection-lost` when it is the VM that does not answer, `unasked` when nothing on it can ask.
 */
export async function requestOnVm(host: RemoteHost, action: VmRequest, signal: AbortSignal): Promise<HttpAnswer> {
	const dialled = await host.dial('127.0.0.1', action.port, {timeoutSeconds: limitSeconds, signal});
	if (!dialled.ok) {
		if (dialled.failure === 'prohibited') return requestByCurl(host, action, signal);
		if (dialled.failure === 'lost' || dialled.failure === 'filtered') await stillThere(host, signal);
		return {ok: false, text: `127.0.0.1:${action.port} on the VM: ${dialled.text}`};
	}
	// A channel has no timer of its own.
	const limit = AbortSignal.timeout(limitSeconds * 1000);
	try {
		const answer = await new Promise<HttpAnswer>((resolve) => {
			const fail = (text: string) =>
				resolve({ok: false, text: `127.0.0.1:${action.port}${action.path} on the VM: ${text}`});
			const call = request(
				{
					createConnection: () => dialled.stream,
					host: '127.0.0.1',
					port: action.port,
					path: action.path,
					method: action.method,
					headers: {connection: 'close'},
					signal: AbortSignal.any([signal, limit]),
				},
				(response) => {
					const chunks: Buffer[] = [];
					let size = 0;
					response.on('data', (chunk: Buffer) => {
						size += chunk.length;
						if (size > answerLimit) response.destroy(new Error(answerTooLarge));
						else chunks.push(chunk);
					});
					response.on('end', () =>
						resolve({ok: true, status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8')}),
					);
					response.on('error', (error) => fail(error.message));
				},
			);
			call.on('error', (error) => fail(limit.aborted ? `no answer within ${limitSeconds} s` : error.message));
			call.end();
		});
		if (!answer.ok) {
			// It may have taken the only session that there is.
			dialled.stream.destroy();
			await stillThere(host, signal);
		}
		return answer;
	} finally {
		dialled.stream.destroy();
	}
}
