import {connect, createServer, type Socket} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

/** What went over a slow link. A turn is an answer that was waited for: the smallest number of round trips of a connection. */
export type Traffic = {connections: number; turns: number; bytes: number};

/** A TCP relay on 127.0.0.1 to one place, as far away as `milliseconds` of round trip; the first of them opens the connection. */
export async function slowLink(host: string, port: number, milliseconds: number) {
	const traffic: Traffic = {connections: 0, turns: 0, bytes: 0};
	const sockets = new Set<Socket>();
	const server = createServer((near) => {
		traffic.connections += 1;
		traffic.turns += 1;
		const far = connect(port, host);
		let asks = false;
		const opened = sleep(milliseconds);
		const pass = (from: Socket, to: Socket, isNear: boolean) => {
			// Half of the way each; what is sent arrives in its order.
			let last: Promise<unknown> = opened;
			from.on('data', (chunk: Buffer) => {
				traffic.bytes += chunk.length;
				if (isNear && !asks) traffic.turns += 1;
				asks = isNear;
				const arrives = sleep(milliseconds / 2);
				last = Promise.all([last, arrives]).then(() => to.write(chunk));
			});
			sockets.add(from);
			from.on('close', () => {
				sockets.delete(from);
				void last.then(() => to.destroy());
			});
			from.on('error', () => undefined);
		};
		pass(near, far, true);
		pass(far, near, false);
	});
	const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve));
	await listen(0);
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	const {port: own} = address;
	return {
		port: own,
		traffic,
		close: () => server.close(),
		/** Breaks what goes over it, and takes nothing more until it is mended. */
		cut() {
			server.close();
			for (const socket of sockets) socket.destroy();
		},
		mend: () => listen(own),
	};
}
