import {joinHostPort, splitHostPort} from '../mesh/ip.ts';
import {canonicalIp} from './canonical-ip.ts';
import type {Listener} from './parse/listeners.ts';

/** What listens where the proxy sends requests, and what does on the same port elsewhere. */
export type Application = {
	/** `127.0.0.1:9080`: a Sidecar's `defaultEndpoint`. */
	readonly endpoint: string;
	readonly port: number | undefined;
	readonly there: Listener | undefined;
	readonly elsewhere: readonly Listener[];
};

/** Every address: IPv4, IPv6 (which takes IPv4 too unless told otherwise), or both. */
export function isWildcard(address: string): boolean {
	return address === '0.0.0.0' || address === '::' || address === '*';
}

export function applicationAt(endpoint: string, listeners: readonly Listener[]): Application {
	const {host, port} = splitHostPort(endpoint);
	const address = canonicalIp(host);
	const onPort = listeners.filter((listener) => listener.port === port);
	const there = onPort.find((listener) => isWildcard(listener.address) || listener.address === address);
	return {endpoint, port, there, elsewhere: onPort.filter((listener) => listener !== there)};
}

/** `busybox on 127.0.0.1:9080`; without the name where it may not be seen. */
export function wordsOfListener({address, port, process}: Listener): string {
	return `${process === '' ? 'a program' : process} on ${joinHostPort(address, port)}`;
}
