import * as http from 'node:http';
import * as https from 'node:https';
import {pipeline, type Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {setTimeout as sleep} from 'node:timers/promises';
import {createGunzip} from 'node:zlib';
import {credentialError, garbageError, networkError, type Server, statusError} from './api-error.ts';
import type {ClientConfig} from './client-config.ts';
import type {Access} from './kubeconfig.ts';
import {isLoopback} from './proxy-url.ts';

export type ApiRequest = {
	/** Default GET. */
	readonly method?: string;
	/** With query, each part encoded. */
	readonly path: string;
	/** Sent as JSON. */
	readonly body?: unknown;
	readonly contentType?: string;
	readonly signal?: AbortSignal;
	/** Gives up when not one byte arrives for so long; default 30. */
	readonly idleSeconds?: number;
};

/** Requests to one API server. A status of 401, 403, 429 or 5xx is thrown as UserError, and so is no answer; 404 and the like are returned. */
export type ApiHttp = {
	readonly server: Server;
	/** Answers when the headers are in; the body is read by the caller, or destroyed. */
	stream(request: ApiRequest): Promise<{status: number; body: Readable}>;
	/** Answers when the body is in: its JSON, or undefined where a refusal has none. */
	send(request: ApiRequest): Promise<{status: number; body: unknown}>;
	/** The configuration in use, for what does its own requests (WebSockets). */
	config(): ClientConfig;
	/** The server's clock minus ours, in ms, by the last `Date` header; 0 before the first. */
	clockOffset(): number;
	close(): void;
};

type Answer = {readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly body: Readable};

const connectSeconds = 10;
const credentialSeconds = 60;
/** How often a server that says `Retry-After` is asked again, and how long it may make us wait. */
const retries = 4;
const longestRetryAfterSeconds = 10;

/** Opens the request layer for a context. Nothing is sent, and no credential command is run, before the first request. */
export function createHttp(access: Access): ApiHttp {
	const server: Server = {context: access.context, server: access.server};
	const url = new URL(access.server);
	// On the way to another machine bytes are dearer than the time to unpack them; on this one it is the other way round.
	const encoding = isLoopback(url.hostname.replace(/^\[|\]$/g, '')) ? 'identity' : 'gzip';
	let config = access.authenticate();
	const configs = new Set([config]);
	let offset = 0;

	/** 401 once is an expired credential: then start over without any cached one. */
	async function authenticated(request: ApiRequest): Promise<Answer> {
		const used = config;
		const answer = await connected(request, used);
		if (answer.status !== 401) return answer;
		answer.body.destroy();
		if (config === used) {
			config = access.authenticate();
			configs.add(config);
		}
		return connected(request, config);
	}

	async function connected(request: ApiRequest, using: ClientConfig): Promise<Answer> {
		const options: https.RequestOptions = {timeout: (request.idleSeconds ?? 30) * 1000};
		try {
			await withinSeconds(credentialSeconds, using.applyToHTTPSOptions(options));
		} catch (error) {
			throw credentialError(error, server);
		}
		const path = url.pathname.replace(/\/$/, '') + request.path;
		const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
		const headers = {
			...(Array.isArray(options.headers) ? {} : options.headers),
			accept: 'application/json',
			'accept-encoding': encoding,
			'user-agent': 'meshboard',
			...(payload === undefined
				? {}
				: {'content-type': request.contentType ?? 'application/json', 'content-length': Buffer.byteLength(payload)}),
		};
		const ready: https.RequestOptions = {...options, headers, path, method: request.method ?? 'GET'};
		try {
			return await exchange(url, ready, payload, request.signal);
		} catch (error) {
			request.signal?.throwIfAborted();
			throw networkError(error, server, {method: request.method ?? 'GET', path: request.path});
		}
	}

	async function stream(request: ApiRequest): Promise<Answer> {
		for (let attempt = 1; ; attempt++) {
			const answer = await authenticated(request);
			const date = Date.parse(answer.headers.date ?? '');
			// The header counts whole seconds: on average the server is half a second further.
			if (!Number.isNaN(date)) offset = date + 500 - Date.now();
			if (answer.status < 400 || !refusal(answer.status)) return answer;
			const words = await text(answer.body).catch(() => '');
			const wait = Number(answer.headers['retry-after']);
			if (answer.status === 401 || answer.status === 403 || !(wait > 0) || attempt >= retries) {
				throw statusError(answer.status, words, server, {method: request.method ?? 'GET', path: request.path});
			}
			await sleep(Math.min(wait, longestRetryAfterSeconds) * 1000, undefined, {signal: request.signal});
		}
	}

	return {
		server,
		stream,
		async send(request) {
			const {status, body} = await stream(request);
			const asked = {method: request.method ?? 'GET', path: request.path};
			const words = await text(body).catch((error: unknown) => {
				request.signal?.throwIfAborted();
				throw networkError(error, server, asked);
			});
			try {
				return {status, body: JSON.parse(words)};
			} catch {
				if (status >= 400) return {status, body: undefined};
				throw garbageError(server, asked);
			}
		},
		config: () => config,
		clockOffset: () => offset,
		close: () => {
			for (const each of configs) each.close();
		},
	};
}

/** One request and the headers of its answer. The body ends with an error when it is cut off or falls silent. */
async function exchange(
	url: URL,
	options: https.RequestOptions,
	payload: string | undefined,
	signal: AbortSignal | undefined,
	again = true,
): Promise<Answer> {
	signal?.throwIfAborted();
	const {promise, resolve, reject} = Promise.withResolvers<http.IncomingMessage>();
	const request = (url.protocol === 'http:' ? http : https).request(url, options);
	const stop = () => request.destroy(new Error('cancelled'));
	signal?.addEventListener('abort', stop, {once: true});
	request.on('close', () => signal?.removeEventListener('abort', stop));
	request.on('error', reject);
	request.on('response', resolve);
	request.on('timeout', () => fail(`no answer for ${(options.timeout ?? 0) / 1000} s`));
	request.on('socket', (socket) => {
		if (!socket.connecting) return;
		const timer = setTimeout(() => fail(`no connection within ${connectSeconds} s`), connectSeconds * 1000);
		for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(timer));
		socket.setKeepAlive(true, 15_000);
	});
	let response: http.IncomingMessage | undefined;
	const fail = (why: string) => {
		const error = Object.assign(new Error(why), {code: 'ETIMEDOUT'});
		if (response === undefined) request.destroy(error);
		else response.destroy(error);
	};
	request.end(payload);
	try {
		response = await promise;
	} catch (error) {
		// The server closed a kept connection at the moment when it was used again.
		if (again && request.reusedSocket) return exchange(url, options, payload, signal, false);
		throw error;
	}
	const {statusCode: status = 0, headers} = response;
	if (headers['content-encoding'] !== 'gzip') return {status, headers, body: response};
	// Errors of either side end the unpacked stream, which the reader sees.
	return {status, headers, body: pipeline(response, createGunzip(), () => {})};
}

function refusal(status: number): boolean {
	return status === 401 || status === 403 || status === 429 || status >= 500;
}

async function withinSeconds<T>(seconds: number, work: Promise<T>): Promise<T> {
	const {promise, reject} = Promise.withResolvers<never>();
	const message = `the credential command gave no answer within ${seconds} s; it may be waiting for you to log in`;
	const timer = setTimeout(() => reject(new Error(message)), seconds * 1000);
	return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
