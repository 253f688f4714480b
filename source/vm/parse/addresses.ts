import {canonicalIp} from '../canonical-ip.ts';
import {plainText} from '../plain-text.ts';

/** Reads `ip -o addr`, or `hostname -I` (addresses alone, interface unknown); undefined when neither gave an address. */
export function parseAddresses(
	lines: readonly string[],
): ReadonlyArray<{readonly interface: string; readonly address: string}> | undefined {
	const found = lines.flatMap((line) => {
		const words = line.trim().split(/\s+/);
		// "2: eth0    inet 10.128.0.2/24 brd …": the name may carry its peer, "eth0@if7".
		const family = words.findIndex((word) => word === 'inet' || word === 'inet6');
		if (family === 2 && /^\d+:$/.test(words[0] ?? '')) {
			const address = canonicalIp(words[3] ?? '');
			return address === undefined ? [] : [{interface: plainText(words[1] ?? '', 40).replace(/@.*$/, ''), address}];
		}
		const addresses = words.map(canonicalIp);
		return addresses.every((address) => address !== undefined)
			? addresses.map((address) => ({interface: '', address}))
			: [];
	});
	return found.length === 0 ? undefined : found;
}
