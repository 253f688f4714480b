const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);

/** An IPv4 or IPv6 address as Go's net.ParseIP takes it: no zone, no leading zeros. */
export function isIp(text: string): boolean {
	return ipv4.test(text) || isIpv6(text);
}

function isIpv6(text: string): boolean {
	const halves = text.split('::');
	if (halves.length > 2) return false;
	const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
	const last = groups.at(-1) ?? '';
	const tail = ipv4.test(last);
	if (tail && text.endsWith('::')) return false;
	const hex = tail ? groups.slice(0, -1) : groups;
	if (!hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
	const length = hex.length + (tail ? 2 : 0);
	return halves.length === 2 ? length < 8 : length === 8;
}

/** An address of a private network: RFC 1918, carrier-grade NAT (100.64.0.0/10) or unique local IPv6 (fc00::/7). */
export function isPrivateIp(text: string): boolean {
	if (!ipv4.test(text)) return isIpv6(text) && /^f[cd][0-9a-f]{2}:/i.test(text);
	const [a = 0, b = 0] = text.split('.').map(Number);
	return (
		a === 10 || (a === 172 && b >= 16 && b <= 31) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b <= 127)
	);
}

/** `host:port`, `[v6]:port` or a bare host or IP, taken apart; port undefined where there is none. */
export function splitHostPort(address: string): {readonly host: string; readonly port: number | undefined} {
	const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(address);
	const plain = /^([^:]*):(\d+)$/.exec(address);
	const found = bracketed ?? plain;
	if (found === null) return {host: address, port: undefined};
	return {host: found[1] ?? '', port: found[2] === undefined ? undefined : Number(found[2])};
}

/** `host:port`, with brackets around an IPv6 address. */
export function joinHostPort(host: string, port: number | undefined): string {
	if (port === undefined) return host;
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A TCP port. */
export function isPort(number: number): boolean {
	return Number.isInteger(number) && number >= 1 && number <= 65535;
}
