import type {Client, ClientChannel} from 'ssh2';
import {exitCodes, UserError} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';
import type {Connection} from './connect.ts';
import {connectionLost} from './connection-lost.ts';
import {Slots} from './slots.ts';

/** OpenSSH allows 10 by default (MaxSessions); the rest is left for kills and for other users of the connection. */
const sessionsAtOnce = 4;
const retries = 5;
const retryMs = 200;

/** A channel with its end. `code`: null when a signal ended the command, undefined when the server told nothing (the connection broke). */
type Running = {readonly channel: ClientChannel; readonly ending: Promise<{readonly code: number | null | undefined}>};

/** A channel that runs a command; `release` gives its place to the next. */
export type Session = Running & {readonly release: () => void};

/**
 * Opens the sessions of one connection: a few at once, fewer when the server refuses (MaxSessions may be 1, or sessions of lost
 * commands are still taken).
 */
export class Sessions {
	readonly #client: Client;
	readonly #description: string;
	readonly #another: () => Promise<Connection>;
	readonly #slots = new Slots(sessionsAtOnce);

	/** `another`: opens a second connection to the same host. */
	constructor({client, description}: Connection, another: () => Promise<Connection>) {
		this.#client = client;
		this.#description = description;
		this.#another = another;
	}

	/** Throws UserError `ssh.sessions-exhausted` or `ssh.connection-lost`, or the signal's reason. */
	async open(command: string, signal?: AbortSignal): Promise<Session> {
		for (let refusals = 0; ; ) {
			const release = await this.#slots.take(signal);
			try {
				return {...(await exec(this.#client, command, signal)), release};
			} catch (error) {
				const alone = this.#slots.taken === 1;
				if (!isExhausted(error) || (alone && ++refusals > retries)) {
					release();
					throw signal?.aborted ? signal.reason : this.#failure(error);
				}
				this.#slots.shrink();
				// The server frees the session of an ended command a little after its channel.
				if (alone) await new Promise((resolve) => setTimeout(resolve, retryMs));
				release();
			}
		}
	}

	/**
	 * Runs a command beside the counted ones, to end another; its answer is of no interest. When the server opens no further session it
	 * goes over a connection of its own. Rejects when there is no way.
	 */
	async aside(command: string): Promise<void> {
		try {
			await drained(await exec(this.#client, command));
		} catch (error) {
			if (!isExhausted(error)) throw error;
			const {client, close} = await this.#another();
			try {
				await drained(await exec(client, command));
			} finally {
				close();
			}
		}
	}

	/** Refuses all that wait. */
	close(reason: unknown): void {
		this.#slots.close(reason);
	}

	#failure(error: unknown): UserError {
		if (error instanceof UserError) return error;
		const words = error instanceof Error ? error.message : String(error);
		if (!isExhausted(error)) return connectionLost(this.#description, words);
		return new UserError({
			code: 'ssh.sessions-exhausted',
			message: `The SSH server of ${this.#description} opens no further session on the connection.`,
			exitCode: exitCodes.unreachable,
			hint: 'Raise `MaxSessions` (`sudo sshd -T` on the VM shows it), or end left-over sessions.',
			evidence: [{source: this.#description, text: sanitise(words)}],
		});
	}
}

function endOf(channel: ClientChannel): Running['ending'] {
	let code: number | null | undefined;
	channel.on('exit', (status: number | null) => {
		code = status;
	});
	// Data may still follow the exit status: only the close of both streams is the end.
	const closed = (stream: NodeJS.EventEmitter) => new Promise((resolve) => stream.once('close', resolve));
	return Promise.all([closed(channel), closed(channel.stderr)]).then(() => ({code}));
}

function exec(client: Client, command: string, signal?: AbortSignal): Promise<Running> {
	return new Promise((resolve, reject) => {
		const leave = () => reject(signal?.reason);
		signal?.addEventListener('abort', leave, {once: true});
		client.exec(command, (error, channel) => {
			signal?.removeEventListener('abort', leave);
			if (error) return reject(error);
			// A connection that breaks under a write is told by its close.
			channel.on('error', () => undefined);
			channel.stderr.on('error', () => undefined);
			if (signal?.aborted) channel.close();
			// Here and not after the promise: the exit status of a quick command may stand in the very packet that opens the channel.
			resolve({channel, ending: endOf(channel)});
		});
	});
}

async function drained({channel, ending}: Running): Promise<void> {
	channel.resume();
	channel.stderr.resume();
	await ending;
}

/** Open failures of RFC 4254 §5.1 (OpenSSH gives reason 2 for MaxSessions), and an exec request that is refused. */
function isExhausted(error: unknown): boolean {
	return error instanceof Error && ('reason' in error || error.message === 'Unable to exec');
}
