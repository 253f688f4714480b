import {canonicalIp} from '../canonical-ip.ts';
import {plainText} from '../plain-text.ts';

/** A listening TCP socket. `address` is canonical; `*` is every address, IPv4 and IPv6. `process` is empty when it may not be seen. */
export type Listener = {readonly address: string; readonly port: number; readonly process: string};

/** Reads `ss -ltnp` (with or without header and process names) and /proc/net/tcp{,6}; lines of another kind are ignored. */
export function parseListeners(lines: readonly string[]): readonly Listener[] {
	const found = new Map<string, Listener>();
	for (const line of lines) {
		const listener = fromSs(line) ?? fromProc(line);
		if (listener === undefined) continue;
		const key = `${listener.address} ${listener.port}`;
		if (!found.has(key)) found.set(key, listener);
	}
	return [...found.values()];
}

function fromSs(line: string): Listener | undefined {
	const [state, , , local, , ...rest] = line.trim().split(/\s+/);
	if (state !== 'LISTEN' || local === undefined) return undefined;
	const colon = local.lastIndexOf(':');
	const address = local.slice(0, colon);
	const name = /users:\(\("([^"]*)"/.exec(rest.join(' '))?.[1] ?? '';
	return listening(address === '*' ? '*' : canonicalIp(address), Number(local.slice(colon + 1)), plainText(name, 40));
}

// "  0: 0100007F:1F90 00000000:0000 0A …": the address is hex, in the byte order of the machine for each 32 bits; 0A is LISTEN.
function fromProc(line: string): Listener | undefined {
	const match = /^\s*\d+: ((?:[0-9A-F]{8}){1,4}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /.exec(line);
	if (match === null) return undefined;
	const words = match[1]?.match(/.{8}/g) ?? [];
	const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse());
	const address =
		bytes.length === 4
			? bytes.map((byte) => Number.parseInt(byte, 16)).join('.')
			: bytes.reduce((text, byte, index) => text + (index > 0 && index % 2 === 0 ? ':' : '') + byte, '');
	return listening(canonicalIp(address), Number.parseInt(match[2] ?? '', 16), '');
}

function listening(address: string | undefined, port: number, process: string): Listener | undefined {
	if (address === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) return undefined;
	return {address, port, process};
}
