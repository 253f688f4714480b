import {Duplex} from 'node:stream';
import type {ClientChannel} from 'ssh2';

/**
 * A forwarded TCP connection as an ordinary stream: ssh2's own channel neither tells its destruction nor fails writes after it, and
 * lacks what http and tls call on a socket.
 */
export class ChannelStream extends Duplex {
	readonly #channel: ClientChannel;
	readonly #close: () => void;
	#closed = false;

	/** `first`: what came of it already; `close`: how it is let go of. */
	constructor(channel: ClientChannel, {first, close}: {first?: Uint8Array; close?: () => void} = {}) {
		super({allowHalfOpen: true});
		this.#channel = channel;
		this.#close = close ?? (() => channel.close());
		if (first !== undefined && first.length > 0) this.push(first);
		channel.on('data', (chunk: Buffer) => {
			if (!this.push(chunk)) channel.pause();
		});
		channel.on('end', () => this.push(null));
		channel.on('error', (error: Error) => this.destroy(error));
		channel.on('close', () => {
			this.#closed = true;
			// What was received is still to be read.
			if (this.readableEnded) this.destroy();
			else this.once('end', () => this.destroy());
		});
	}

	override _read(): void {
		this.#channel.resume();
	}

	override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
		if (this.#closed) callback(new Error('the connection is closed'));
		else this.#channel.write(chunk, callback);
	}

	override _final(callback: (error?: Error | null) => void): void {
		this.#channel.end();
		callback();
	}

	override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
		this.#close();
		callback(error);
	}

	setNoDelay(): this {
		return this;
	}

	setKeepAlive(): this {
		return this;
	}

	setTimeout(): this {
		return this;
	}

	ref(): this {
		return this;
	}

	unref(): this {
		return this;
	}
}
