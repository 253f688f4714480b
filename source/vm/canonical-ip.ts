import {isIp} from '../mesh/ip.ts';

/**
 * An IP address in its one canonical form, so that two spellings compare equal; undefined when it is no IP address.
 * Zones (`%eth0`), brackets and a prefix length are dropped; an IPv4 address inside IPv6 (`::ffff:10.0.0.1`) is IPv4.
 */
export function canonicalIp(text: string): string | undefined {
	const bare = text
		.trim()
		.replace(/\/\d+$/, '')
		.replace(/^\[|\]$/g, '')
		.replace(/%.*$/, '');
	if (!isIp(bare)) return undefined;
	if (!bare.includes(':')) return bare;
	const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
	const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
	if (mapped === null) return canonical;
	const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
	return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
