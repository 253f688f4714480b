import {BlockList, isIP} from 'node:net';

/**
 * The proxy for a server by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (either case), as Go's net/http, and so kubectl, reads them:
 * a host or `.domain` with its subdomains, `host:port`, an IP, a CIDR, `*`. Loopback never goes through a proxy
 * (golang.org/x/net/http/httpproxy).
 */
export function proxyUrlOf(server: URL, env: Readonly<Record<string, string | undefined>>): string | undefined {
	const scheme = server.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY';
	const proxy = env[scheme] || env[scheme.toLowerCase()];
	if (!proxy) return undefined;
	const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
	const port = server.port || (server.protocol === 'http:' ? '80' : '443');
	if (isLoopback(host)) return undefined;
	const exceptions = (env['NO_PROXY'] || env['no_proxy'] || '').split(',').map((word) => word.trim().toLowerCase());
	if (exceptions.some((exception) => exception !== '' && excepts(exception, host, port))) return undefined;
	return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** Is it this machine itself: `localhost`, 127.0.0.0/8 or ::1? */
export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function excepts(exception: string, host: string, port: string): boolean {
	if (exception === '*') return true;
	if (exception.includes('/')) return inNetwork(exception, host);
	const withPort = /^(.*):(\d+)$/.exec(exception);
	const [name, wantedPort] = withPort && isIP(exception) === 0 ? [withPort[1] ?? '', withPort[2]] : [exception, port];
	if (wantedPort !== port) return false;
	const bare = name.replace(/^\*?\./, '').replace(/^\[|\]$/g, '');
	return (bare === name && host === bare) || host.endsWith(`.${bare}`);
}

function inNetwork(network: string, host: string): boolean {
	const [address = '', prefix = ''] = network.split('/');
	const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
	if (isIP(address) === 0 || isIP(host) !== isIP(address) || !/^\d{1,3}$/.test(prefix)) return false;
	if (Number(prefix) > (family === 'ipv6' ? 128 : 32)) return false;
	const list = new BlockList();
	list.addSubnet(address, Number(prefix), family);
	return list.check(host, family);
}
