import {type AddressInfo, connect, createServer as createTcpServer, type Server} from 'node:net';
import {createServer as createTlsServer} from 'node:tls';
import {afterEach, expect, test} from 'vitest';
import {dialFromVm} from '../../../source/onboarding/perform/dial.ts';
import type {RemoteHost} from '../../../source/ports.ts';
import {createAuthority} from '../../../source/sandbox/mesh/certificates.ts';
import {scriptedHost} from '../../helpers/scripted-host.ts';

/* What a handshake tells of who is at the other end, against servers that do what is met on the way to istiod. */

const serverName = 'istiod.istio-system.svc';
const mesh = createAuthority({organisation: 'cluster.local'});
const other = createAuthority({organisation: 'Inspecting Proxy'});
const servers: Server[] = [];
afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

async function shake(server: Server, named = false) {
	servers.push(server.listen(0, '127.0.0.1'));
	await new Promise((resolve) => server.once('listening', resolve));
	const {port} = server.address() as AddressInfo;
	const host: RemoteHost = {
		...scriptedHost(() => ({})),
		dial: (address, to) =>
			new Promise((resolve) => {
				const stream = connect(to, address, () => resolve({ok: true, stream}));
			}),
	};
	const tls = {serverName, rootCertificate: mesh.certificate, named};
	const dial = {kind: 'dial', host: '127.0.0.1', port, tls, timeoutSeconds: 1} as const;
	const {outcome, text} = await dialFromVm(host, dial, new AbortController().signal);
	return {outcome, text};
}

const tlsOf = ({certificate, key}: {certificate: string; key: string}) => createTlsServer({cert: certificate, key});

test("istiod's own certificate: whose, by which CA, and that the name was honoured", async () => {
	expect(await shake(tlsOf(mesh.issue('istiod', [serverName])))).toEqual({
		outcome: 'open',
		text: expect.stringMatching(
			/^TLSv1\.\d, certificate of .*CN=istiod.* by CA O=cluster\.local, SNI istiod\.istio-system\.svc honoured$/,
		),
	});
});

test('a certificate of the mesh with another name: the name was not honoured, which is a fault where the proxy verifies it', async () => {
	const server = () => tlsOf(mesh.issue('gateway', ['gateway.istio-system.svc']));
	expect(await shake(server())).toEqual({outcome: 'open', text: expect.stringMatching(/SNI \S+ not honoured$/)});
	expect(await shake(server(), true)).toEqual({
		outcome: 'tls-misnamed',
		text: 'the certificate has DNS:gateway.istio-system.svc, not istiod.istio-system.svc: SNI is not honoured',
	});
});

test('a certificate of another CA: TLS is ended on the way, by whom is said', async () => {
	expect(await shake(tlsOf(other.issue('istiod', [serverName])))).toEqual({
		outcome: 'tls-untrusted',
		text: expect.stringMatching(/^certificate of .*CN=istiod.* by CA O=Inspecting Proxy \(\w+\)$/),
	});
});

test('what is no TLS at all', async () => {
	const http = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
	expect((await shake(http)).outcome).toBe('tls-untrusted');
});

test('what closes, and what hangs', async () => {
	expect((await shake(createTcpServer((socket) => socket.destroy()))).outcome).toBe('reset');
	expect((await shake(createTcpServer(() => undefined))).outcome).toBe('tls-timeout');
});
