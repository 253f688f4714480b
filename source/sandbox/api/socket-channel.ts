import {Duplex} from 'node:stream';
import type {WebSocket} from 'ws';

/** One channel of a WebSocket as a stream of bytes. */
export class SocketChannel extends Duplex {
	readonly channel: number;
	readonly #socket: WebSocket;

	constructor(socket: WebSocket, channel: number) {
		super();
		this.#socket = socket;
		this.channel = channel;
		this.on('error', () => undefined);
	}

	/** What arrived for this channel. */
	receive(data: Buffer): void {
		if (!this.destroyed && data.length > 0) this.push(data);
	}

	override _read(): void {}

	override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
		if (this.#socket.readyState !== this.#socket.OPEN) return callback(new Error('the connection is closed'));
		this.#socket.send(Buffer.concat([Buffer.from([this.channel]), chunk]), (error) => callback(error ?? null));
	}

	/** The peer closes the whole connection after a request; an end of our side is that of the connection. */
	override _final(callback: (error?: Error | null) => void): void {
		this.#socket.close(1000);
		callback();
	}
}
