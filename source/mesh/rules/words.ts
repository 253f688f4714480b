import {isIp} from '../ip.ts';

/*
 * Words as Istio's validation takes them. Sources: istio/istio, pkg/config/labels/instance.go, pkg/config/protocol/instance.go,
 * pkg/config/validation/agent/validation.go (August 2026).
 */

const dnsLabel = '[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?';
const labelWord = new RegExp(`^${dnsLabel}$`);
const wildcardWord = new RegExp(`^(?:\\*|(?:\\*|\\*-)?${dnsLabel})$`);
const qualified = '(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const tagKey = new RegExp(`^(${dnsLabel}(?:\\.${dnsLabel})*/)?(${qualified})$`);
const tagValue = new RegExp(`^(?:${qualified})?$`);
const bytes = (text: string) => Buffer.byteLength(text);

/** A DNS label of either case, as ports and namespaces are named. */
export function isAnyCaseLabel(text: string): boolean {
	return bytes(text) <= 63 && labelWord.test(text);
}

/** Why a domain name is none, or undefined. A dot at its end is fine, a number as its last label is not. */
export function domainFault(domain: string): string | undefined {
	return lengthFault(domain) ?? labelsFault(domain);
}

/** The same, with a wildcard allowed in the first label. */
export function wildcardDomainFault(domain: string): string | undefined {
	const long = lengthFault(domain);
	if (long !== undefined) return long;
	const dot = domain.indexOf('.');
	const first = dot < 0 ? domain : domain.slice(0, dot);
	if (bytes(first) > 63 || !wildcardWord.test(first))
		return `domain name ${JSON.stringify(domain)} invalid (label ${JSON.stringify(first)} invalid)`;
	return dot < 0 ? undefined : labelsFault(domain.slice(dot + 1));
}

function lengthFault(domain: string): string | undefined {
	if (bytes(domain) > 255) return `domain name ${JSON.stringify(domain)} too long (max 255)`;
	return domain === '' ? 'empty domain name not allowed' : undefined;
}

function labelsFault(domain: string): string | undefined {
	const parts = domain.split('.');
	const last = parts.at(-1) ?? '';
	if (goInteger(last) !== undefined)
		return `domain name ${JSON.stringify(domain)} invalid (top level domain ${JSON.stringify(last)} cannot be all-numeric)`;
	const wrong = parts.find((part, index) => !(index === parts.length - 1 && part === '') && !isAnyCaseLabel(part));
	return wrong === undefined
		? undefined
		: `domain name ${JSON.stringify(domain)} invalid (label ${JSON.stringify(wrong)} invalid)`;
}

/** A wildcard that is not a whole first label: `*foo.com`. */
export function isPartialWildcard(host: string): boolean {
	return host.includes('*') && host !== '*' && !host.startsWith('*.');
}

/** A key of labels: an optional domain and a name of at most 63 characters. */
export function isTagKey(text: string): boolean {
	const found = tagKey.exec(text);
	return found !== null && (found[1] ?? '').length <= 254 && (found[2] ?? '').length <= 63;
}

/** A value of labels; istiod sets it no length. */
export function isTagValue(text: string): boolean {
	return tagValue.test(text);
}

/** An IP address as netip.ParseAddr takes it: of IPv6 also with a zone. */
export function isAddress(text: string): boolean {
	const zone = text.indexOf('%');
	if (zone < 0) return isIp(text);
	return zone < text.length - 1 && text.includes(':') && isIp(text.slice(0, zone));
}

/** An address, or a block of addresses `a.b.c.d/n`. */
export function isAddressBlock(text: string): boolean {
	const [address = '', bits, ...more] = text.split('/');
	if (bits === undefined || more.length > 0) return isAddress(text);
	const most = address.includes(':') ? 128 : 32;
	return isIp(address) && /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most;
}

const protocols = new Set('tcp udp grpc grpc-web http http_proxy http2 https tls mongo redis mysql'.split(' '));

/** What istiod makes of a protocol's name, of either case; undefined for one that it does not know. */
export function protocolOf(text: string): string | undefined {
	const word = text.toLowerCase();
	return protocols.has(word) ? word : undefined;
}

export const isHttp = (protocol: string | undefined) =>
	['http', 'http2', 'http_proxy', 'grpc', 'grpc-web'].includes(protocol ?? '');
export const isTls = (protocol: string | undefined) => ['https', 'tls'].includes(protocol ?? '');

/** A whole number as strconv.Atoi reads it. */
export function goInteger(text: string): number | undefined {
	return /^[-+]?\d{1,18}$/.test(text) ? Number(text) : undefined;
}

/** Why a path is none of a Unix socket, or undefined. An abstract one begins with `@`. */
export function socketFault(path: string): string | undefined {
	if (path === '') return 'unix address must not be empty';
	if (path.startsWith('@')) return undefined;
	return path.startsWith('/') && !path.endsWith('/') ? undefined : `${path} is not an absolute path to a file`;
}

/** `host:port` as net.SplitHostPort takes it apart, or what it says. */
export function goSplit(text: string): {readonly host: string; readonly port: string} | {readonly fault: string} {
	const failed = (why: string) => ({fault: `address ${text}: ${why}`});
	const colon = text.lastIndexOf(':');
	if (colon < 0) return failed('missing port in address');
	if (text.startsWith('[')) {
		const end = text.indexOf(']');
		if (end < 0) return failed("missing ']' in address");
		if (end + 1 === text.length) return failed('missing port in address');
		if (end + 1 !== colon)
			return failed(text[end + 1] === ':' ? 'too many colons in address' : 'missing port in address');
		const host = text.slice(1, end);
		if (host.includes('[')) return failed("unexpected '[' in address");
		return text.slice(end + 1).includes(']')
			? failed("unexpected ']' in address")
			: {host, port: text.slice(colon + 1)};
	}
	const host = text.slice(0, colon);
	if (host.includes(':')) return failed('too many colons in address');
	if (text.includes('[')) return failed("unexpected '[' in address");
	return text.includes(']') ? failed("unexpected ']' in address") : {host, port: text.slice(colon + 1)};
}
