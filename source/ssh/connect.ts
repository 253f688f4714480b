import {connect as connectTcp} from 'node:net';
import type {Duplex} from 'node:stream';
import {setTimeout as wait} from 'node:timers/promises';
import {Client} from 'ssh2';
import {UserError} from '../errors.ts';
import type {Prompts} from '../ports.ts';
import {algorithms} from './algorithms.ts';
import {Authentication} from './authentication.ts';
import {type Attempt, connectionError, connectionErrorCode, mayPass} from './connection-error.ts';
import {Deadline} from './deadline.ts';
import type {HostKeyCheck} from './host-keys.ts';
import type {HostSettings} from './host-settings.ts';
import type {Identities} from './identities.ts';
import {fingerprint} from './key-blob.ts';

const goodbyeMs = 500;

/**
 * A server is asked for a sign of life this often, and given up when the third question is not answered by the time of the next: a VM that
 * drops off the network is known to be lost within 20 s of its last word.
 */
const keepalive = {seconds: 5, unanswered: 3};
const silenceSeconds = keepalive.seconds * (keepalive.unanswered + 1);

/** A logged-in connection. */
export type Connection = {
	readonly client: Client;
	readonly description: string;
	readonly hostKey: string;
	/** Says goodbye and lets go of the socket, also when the other end is dead. */
	close(): void;
};

export type ConnectOptions = {
	readonly hostKeys: HostKeyCheck;
	readonly identities: Identities;
	/** The user asked to log in with a password. */
	readonly password: boolean;
	readonly prompts: Prompts;
	/** Time for TCP, handshake and login; waiting for a person is not counted. */
	readonly seconds: number;
	readonly signal: AbortSignal | undefined;
	/** The way through a jump host; undefined: TCP from here. */
	readonly via?: (signal: AbortSignal) => Promise<Duplex>;
};

type AttemptInProgress = {-readonly [Key in keyof Attempt]: Attempt[Key]} & {negotiation: string[]};

/** Milliseconds before another attempt: a server that restarts, or has too many logins at once (`MaxStartups`), takes a later one. */
const pauses = [500, 1000] as const;

/**
 * Connects and logs in to one host. A server that refuses or hangs up before a login is asked again, twice, within the time that there is.
 * Throws UserError `ssh.*`, or the signal's reason.
 */
export async function connect(settings: HostSettings, options: ConnectOptions): Promise<Connection> {
	const {host, port, user} = settings;
	const end = performance.now() + options.seconds * 1000;
	for (let tries = 1; ; tries++) {
		const description = `${user}@${host}:${port}`;
		const attempt: AttemptInProgress = {
			description,
			host,
			stage: 'dialling',
			firstBytes: '',
			negotiation: [],
			isLate: false,
			tries,
		};
		try {
			return await connectOnce(settings, {...options, seconds: (end - performance.now()) / 1000}, attempt);
		} catch (error) {
			const pause = pauses[tries - 1];
			if (pause === undefined || performance.now() + pause > end || !mayPass(error, attempt)) throw error;
			await wait(pause, undefined, options.signal === undefined ? {} : {signal: options.signal}).catch(() => undefined);
		}
	}
}

async function connectOnce(
	settings: HostSettings,
	options: ConnectOptions,
	attempt: AttemptInProgress,
): Promise<Connection> {
	options.signal?.throwIfAborted();
	const {host, port, user} = settings;
	const {description} = attempt;
	const controller = new AbortController();
	const {signal} = controller;
	const follow = () => controller.abort(options.signal?.reason);
	options.signal?.addEventListener('abort', follow, {once: true});
	const deadline = new Deadline(options.seconds * 1000, () => {
		attempt.isLate = true;
		controller.abort(connectionError('ssh.timeout', `nothing within ${Math.ceil(options.seconds)} s`, attempt));
	});
	const {identities, password, prompts, hostKeys} = options;
	const authentication = new Authentication({user, description, identities, password, prompts, deadline, signal});
	let socket: Duplex | undefined;
	const client = new Client();
	try {
		socket = await (options.via ? options.via(signal) : dial(host, port, signal));
		// As a socket does: a forwarded stream whose far end is gone would stay half open, and nothing would be heard of it.
		socket.once('end', () => socket?.end());
		attempt.stage = 'handshake';
		const hostKey = await login(client, socket, attempt, deadline, authentication, hostKeys, signal);
		return {client, description, hostKey, close: closer(client, socket)};
	} catch (error) {
		client.destroy();
		socket?.destroy();
		if (signal.aborted) throw signal.reason;
		if (error instanceof UserError) throw error;
		const words = error instanceof Error ? error.message : String(error);
		throw connectionError(connectionErrorCode(error, attempt.stage), words, attempt, error);
	} finally {
		deadline.clear();
		options.signal?.removeEventListener('abort', follow);
	}
}

/** Why a connection ended, in words: those of the socket or of ssh2. */
export function reasonOf({message}: Error): string {
	return message === 'Keepalive timeout' ? `no sign of life for ${silenceSeconds} s (${message})` : message;
}

function closer(client: Client, socket: Duplex): () => void {
	return () => {
		client.end();
		setTimeout(() => socket.destroy(), goodbyeMs).unref();
	};
}

function dial(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
	return new Promise((resolve, reject) => {
		const socket = connectTcp({host, port, noDelay: true, signal});
		socket.once('error', reject);
		socket.once('connect', () => {
			socket.off('error', reject);
			resolve(socket);
		});
	});
}

/** Handshake and authentication on an open stream; resolves with the host key's fingerprint. */
function login(
	client: Client,
	socket: Duplex,
	attempt: AttemptInProgress,
	deadline: Deadline,
	authentication: Authentication,
	hostKeys: HostKeyCheck,
	signal: AbortSignal,
): Promise<string> {
	return new Promise((resolve, reject) => {
		let hostKey = '';
		let verdict = Promise.resolve();
		let isOver = false;
		// A server may hang up while a person thinks: the answer is still awaited (and saved), then the error is told, or that it was no.
		const fail = (error: unknown) =>
			void deadline
				.answered()
				.then(() => verdict)
				.then(() => reject(error), reject);
		signal.addEventListener('abort', () => reject(signal.reason), {once: true});
		// The listeners stay for the client's life: an 'error' without one would end the process. Errors of the level 'agent' are
		// an identity's that could not sign; the next one is tried.
		client.on('error', (error) => {
			if (error.level === 'agent') return;
			const rejected = attempt.stage === 'login' && /authentication|AUTH/.test(error.message);
			fail(rejected ? authentication.failure(error.message) : error);
		});
		client.on('close', () => {
			isOver = true;
			fail(new Error('the server closed the connection'));
		});
		client.on('handshake', () => {
			attempt.stage = 'login';
		});
		client.on('ready', () => resolve(hostKey));
		client.connect({
			sock: socket,
			username: authentication.user,
			readyTimeout: 0,
			keepaliveInterval: keepalive.seconds * 1000,
			keepaliveCountMax: keepalive.unanswered,
			algorithms: algorithms(hostKeys.recordedTypes),
			debug: (line) => {
				const offer = /^Handshake: (\((?:local|remote)\) .*)/.exec(line)?.[1];
				if (attempt.stage === 'handshake' && offer !== undefined) attempt.negotiation.push(offer);
			},
			hostVerifier: (key: Buffer, verify: (valid: boolean) => void) => {
				hostKey = fingerprint(key);
				verdict = deadline.without(hostKeys.verify(key));
				// Told of a connection that is over, ssh2 would throw, and end the program.
				const answer = (valid: boolean) => isOver || verify(valid);
				verdict.then(
					() => answer(true),
					(error: unknown) => {
						reject(error);
						answer(false);
					},
				);
			},
			authHandler: (methodsLeft, _partial, next) => {
				authentication.next(methodsLeft).then((method) => {
					if (method === false) reject(authentication.failure());
					else if (!signal.aborted) next(method);
				}, reject);
			},
		});
		// Attached after ssh2 paused the socket, so that no byte is taken from it.
		socket.once('data', (chunk: Buffer) => {
			attempt.firstBytes = /^[\x20-\x7e]*/.exec(chunk.toString('latin1', 0, 80))?.[0] ?? '';
		});
	});
}
