import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer as createHttpServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {type AddressInfo, createServer, connect as dial} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {TLSSocket} from 'node:tls';
import {gzipSync} from 'node:zlib';
import {describe, expect, it, onTestFinished} from 'vitest';
import {UserError} from '../../source/errors.ts';
import {mayI} from '../../source/kubernetes/access-review.ts';
import {createDiscovery} from '../../source/kubernetes/discovery.ts';
import {getObject, listObjects} from '../../source/kubernetes/read-objects.ts';
import {requestToken} from '../../source/kubernetes/token-request.ts';
import {createAuthority} from '../../source/sandbox/mesh/certificates.ts';
import {json, openHttp, refuse, startFakeApi, writeKubeconfig} from '../helpers/fake-api.ts';

const authority = createAuthority({commonName: 'test-ca'});
const identity = authority.issue('kube-apiserver', ['127.0.0.1', 'api.test']);
const tls = {cert: identity.certificate, key: identity.key};
const trust = {'certificate-authority-data': Buffer.from(authority.certificate).toString('base64')};
const secret = 's3cr3t-t0ken';

const ok = (_: unknown, response: ServerResponse) => json(response, 200, {ok: true});

/** What a person would get to see of an error: all of it must be free of secrets. */
async function errorOf(work: Promise<unknown>): Promise<UserError & {all: string}> {
	const error = await work.then(
		() => {
			throw new Error('it worked');
		},
		(reason: unknown) => reason,
	);
	if (!(error instanceof UserError)) throw error;
	return Object.assign(error, {all: JSON.stringify([error.message, error.hint, error.evidence, String(error.cause)])});
}

/** A program for `exec` of a user, which counts its calls in a file and prints the token of each. */
function credentialPlugin(print: string): {user: object; calls: () => string} {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-plugin-'));
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	const command = join(folder, 'plugin');
	const log = join(folder, 'log');
	writeFileSync(command, `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >>'${log}'\nn=$(wc -l <'${log}')\n${print}\n`);
	chmodSync(command, 0o755);
	const apiVersion = 'client.authentication.k8s.io/v1';
	return {user: {exec: {apiVersion, command, args: null, env: null}}, calls: () => readFileSync(log, 'utf8')};
}

const credential = `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"token-%d"}}' $n`;

describe('a request', () => {
	it('goes over TLS that is checked against the authority of the kubeconfig, on one connection', async () => {
		const api = await startFakeApi(ok, tls);
		const ports = new Set<number | undefined>();
		const http = openHttp(writeKubeconfig(`https://127.0.0.1:${api.port}/`, {token: secret}, trust));
		for (let n = 0; n < 3; n++) expect(await http.send({path: '/version'})).toEqual({status: 200, body: {ok: true}});
		for (const {request} of api.seen) ports.add(request.socket.remotePort);
		expect(ports.size).toBe(1);
		expect(api.seen[0]?.request.headers).toMatchObject({authorization: `Bearer ${secret}`, 'user-agent': 'meshboard'});
	});

	it('shows the certificate of the user, and keeps the path of a server behind a gateway', async () => {
		const client = authority.issue('alice', []);
		const api = await startFakeApi(ok, {...tls, requestCert: true, rejectUnauthorized: false});
		const user = {
			'client-certificate-data': Buffer.from(client.certificate).toString('base64'),
			'client-key-data': Buffer.from(client.key).toString('base64'),
		};
		await openHttp(writeKubeconfig(`https://127.0.0.1:${api.port}/k8s/clusters/c-1`, user, trust)).send({
			path: '/version',
		});
		expect(api.seen[0]?.path).toBe('/k8s/clusters/c-1/version');
		const socket = api.seen[0]?.request.socket;
		expect(socket instanceof TLSSocket && socket.getPeerCertificate().subject.CN).toBe('alice');
	});

	it('is sent again when the kept connection was closed at that moment', async () => {
		const api = await startFakeApi(ok);
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`));
		await http.send({path: '/version'});
		// A server that dies between two requests: the client learns of it only when it sends.
		await api.cut();
		expect(await http.send({path: '/version'})).toMatchObject({status: 200});
	});

	it('waits when the server asks it to', async () => {
		let asked = 0;
		const api = await startFakeApi((_, response) => {
			if (asked++ > 0) return json(response, 200, {ok: true});
			response.setHeader('retry-after', '1');
			refuse(response, 429, 'too many requests');
		});
		const begun = performance.now();
		expect(await openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`)).send({path: '/version'})).toMatchObject({
			status: 200,
		});
		expect(performance.now() - begun).toBeGreaterThan(900);
	});

	it('tells how far the clocks are apart', async () => {
		const api = await startFakeApi((_, response) => {
			response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
			json(response, 200, {});
		});
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`));
		expect(http.clockOffset()).toBe(0);
		await http.send({path: '/version'});
		expect(Math.abs(http.clockOffset() + 3_600_000)).toBeLessThan(1500);
	});

	it('goes through the proxy of the environment, and then asks for compressed answers', async () => {
		const api = await startFakeApi(({request}, response) => {
			expect(request.headers['accept-encoding']).toBe('gzip');
			response.writeHead(200, {'content-encoding': 'gzip'}).end(gzipSync('{"packed":true}'));
		}, tls);
		const asked: Array<string | undefined> = [];
		const proxy = createHttpServer().listen(0, '127.0.0.1');
		proxy.on('connect', (request: IncomingMessage, socket, head) => {
			asked.push(request.url);
			const onward = dial(api.port, '127.0.0.1', () => {
				socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
				onward.write(head);
				socket.pipe(onward).pipe(socket);
			});
			for (const each of [socket, onward]) each.on('error', () => socket.destroy());
		});
		onTestFinished(() => void proxy.close());
		await new Promise((resolve) => proxy.once('listening', resolve));
		const env = {HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`};
		const http = openHttp(writeKubeconfig('https://api.test:6443', {token: secret}, trust), env);
		expect(await http.send({path: '/version'})).toEqual({status: 200, body: {packed: true}});
		expect(asked).toEqual(['api.test:6443']);
	});
});

describe('credentials', () => {
	it('come from the credential command, which is told what it is for and asked once', async () => {
		const plugin = credentialPlugin(credential);
		const api = await startFakeApi(ok);
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`, plugin.user));
		for (let n = 0; n < 3; n++) await http.send({path: '/version'});
		expect(api.seen.map(({request}) => request.headers.authorization)).toEqual(Array(3).fill('Bearer token-1'));
		expect(plugin.calls().trim().split('\n')).toHaveLength(1);
		expect(JSON.parse(plugin.calls())).toMatchObject({kind: 'ExecCredential', spec: {interactive: false}});
	});

	it('are fetched anew, once, when the server no longer takes them', async () => {
		const plugin = credentialPlugin(credential);
		const api = await startFakeApi(({request}, response) =>
			request.headers.authorization === 'Bearer token-2'
				? json(response, 200, {ok: true})
				: refuse(response, 401, 'Unauthorized'),
		);
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`, plugin.user));
		expect(await http.send({path: '/version'})).toMatchObject({status: 200});
		expect(await http.send({path: '/version'})).toMatchObject({status: 200});
		expect(plugin.calls().trim().split('\n')).toHaveLength(2);
	});

	it('that are refused twice are told, without them', async () => {
		const api = await startFakeApi((_, response) => refuse(response, 401, 'Unauthorized'));
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`, {token: secret}));
		const error = await errorOf(http.send({path: '/version'}));
		expect(error).toMatchObject({code: 'cluster.unauthorized', exitCode: 77});
		expect(error.message).toMatch(/rejects your credentials \(context "fake"\)\.$/);
		expect(error.all).not.toContain(secret);
		expect(api.seen).toHaveLength(2);
	});

	it.each([
		[
			'fails',
			'echo "please log in: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig" >&2; exit 1',
			/please log in: \[redacted\]/,
		],
		['prints something else', 'echo hello', /could not be had/],
	])('are told when the command for them %s', async (_, script, words) => {
		const plugin = credentialPlugin(script);
		const error = await errorOf(openHttp(writeKubeconfig('http://127.0.0.1:1', plugin.user)).send({path: '/version'}));
		expect(error).toMatchObject({code: 'cluster.unauthorized', exitCode: 77});
		expect(error.message).toMatch(words);
		expect(error.all).not.toContain('eyJ');
	});

	it('are told when the command for them is not installed', async () => {
		const user = {exec: {apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-credential-command'}};
		const error = await errorOf(openHttp(writeKubeconfig('http://127.0.0.1:1', user)).send({path: '/version'}));
		expect(error.message).toMatch(/no-such-credential-command/);
	});
});

describe('no answer', () => {
	const asked = (server: string, cluster: object = {}) =>
		errorOf(
			openHttp(writeKubeconfig(server, {token: secret}, cluster)).send({path: '/version?secret=1', idleSeconds: 0.3}),
		);

	it('because nobody listens', async () => {
		const error = await asked('https://127.0.0.1:1');
		expect(error).toMatchObject({code: 'cluster.unreachable', exitCode: 69});
		expect(error.message).toBe('Nothing listens at https://127.0.0.1:1: the connection was refused (context "fake").');
		expect(error.evidence[0]).toEqual({source: 'GET /version', text: 'connect ECONNREFUSED 127.0.0.1:1'});
	});

	it('because the name is unknown', async () => {
		expect((await asked('https://api.invalid')).message).toMatch(
			/^The name api\.invalid of the API server cannot be resolved/,
		);
	});

	it('because the certificate is of another authority, or of another name', async () => {
		const api = await startFakeApi(ok, tls);
		const foreign = Buffer.from(createAuthority({commonName: 'foreign'}).certificate).toString('base64');
		const error = await asked(`https://127.0.0.1:${api.port}`, {'certificate-authority-data': foreign});
		expect(error.message).toMatch(/^The certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted: /);
		expect(error.hint).toMatch(/certificate authority/);
		const named = await asked(`https://127.0.0.1:${api.port}`, {...trust, 'tls-server-name': 'other.test'});
		expect(named.message).toMatch(/is not trusted: .*other\.test/);
		// Nothing was sent to a server that was not trusted.
		expect(api.seen).toEqual([]);
		expect(error.all).not.toContain(secret);
	});

	it('because the server hangs', async () => {
		const api = await startFakeApi(() => {});
		expect((await asked(`http://127.0.0.1:${api.port}`)).message).toMatch(/does not answer/);
	});

	it('because the connection is cut, before or in the middle of the answer', async () => {
		const silent = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
		onTestFinished(() => void silent.close());
		await sleep(10);
		expect((await asked(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`)).message).toMatch(/was cut/);
		const api = await startFakeApi((_, response) => {
			response.writeHead(200, {'content-length': 100}).write('{"half":');
			setTimeout(() => response.destroy(), 20);
		});
		expect((await asked(`http://127.0.0.1:${api.port}`)).message).toMatch(/was cut/);
	});

	it('but something else than a Kubernetes API server', async () => {
		const api = await startFakeApi((_, response) => void response.end('<html>log in</html>'));
		expect((await asked(`http://127.0.0.1:${api.port}`)).message).toMatch(
			/does not speak like a Kubernetes API server/,
		);
	});

	it('but a refusal in the words of the server, free of control sequences', async () => {
		const api = await startFakeApi((_, response) => refuse(response, 500, 'etcd is \u001b[31mdown\u001b[0m'));
		const error = await asked(`http://127.0.0.1:${api.port}`);
		expect(error).toMatchObject({code: 'cluster.unreachable', exitCode: 69});
		expect(error.message).toMatch(/answers 500: etcd is down/);
	});

	it('is wanted any more', async () => {
		const api = await startFakeApi(() => {});
		const stop = new AbortController();
		const asking = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`)).send({
			path: '/version',
			signal: stop.signal,
		});
		setTimeout(() => stop.abort(), 50);
		await expect(asking).rejects.toThrow(expect.objectContaining({name: 'AbortError'}));
	});
});

describe('reading objects', () => {
	const services = {group: '', resource: 'services'};

	it('lists page by page, and once more in one piece when the server has forgotten the pages', async () => {
		const service = (name: string) => ({metadata: {name, managedFields: [{}]}});
		let forgetful = false;
		const api = await startFakeApi(({query}, response) => {
			const list = (items: object[], position = '') =>
				json(response, 200, {kind: 'ServiceList', metadata: {continue: position}, items});
			if (query.get('continue') !== null) {
				return forgetful ? refuse(response, 410, 'too old') : list([service('b')]);
			}
			return query.get('limit') === '500' ? list([service('a')], 'next') : list([service('x'), service('y')]);
		});
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`));
		const names = async () =>
			(await listObjects(http, createDiscovery(http), services, 'ns', 'a=b')).map(({metadata}) => metadata.name);
		expect(await names()).toEqual(['a', 'b']);
		expect(api.seen.every(({query}) => query.get('labelSelector') === 'a=b')).toBe(true);
		forgetful = true;
		expect(await names()).toEqual(['x', 'y']);
	});

	it('never leaves the namespace by an odd name', async () => {
		const api = await startFakeApi((_, response) => refuse(response, 404, 'not found'));
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`));
		expect(await getObject(http, createDiscovery(http), services, 'a/../b', '../c?x#y')).toBeUndefined();
		expect(api.seen[0]?.request.url).toBe('/api/v1/namespaces/a%2F..%2Fb/services/..%2Fc%3Fx%23y');
	});

	it('has none of a kind that is not served', async () => {
		const api = await startFakeApi((_, response) => refuse(response, 404, 'not found'));
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`));
		const unknown = {group: 'install.tetrate.io', resource: 'controlplanes'};
		expect(await listObjects(http, createDiscovery(http), unknown, undefined, undefined)).toEqual([]);
		expect(await getObject(http, createDiscovery(http), unknown, 'a', 'b')).toBeUndefined();
	});
});

describe('a token', () => {
	const ask = async (respond: (response: ServerResponse) => void) => {
		const api = await startFakeApi((_, response) => respond(response));
		return requestToken(openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`)), 'ns', 'sa', 'istio-ca', 3600);
	};
	it.each([
		[403, 'token.forbidden', 77, /You may not create tokens/],
		[404, 'token.service-account-not-found', 65, /Namespace ns has no service account sa/],
		[422, 'token.rejected', 65, /may not specify a duration less than 10 minutes/],
	])('is refused with %d: %s', async (status, code, exitCode, message) => {
		const words = 'spec.expirationSeconds: may not specify a duration less than 10 minutes';
		const error = await errorOf(ask((response) => refuse(response, status, words)));
		expect(error).toMatchObject({code, exitCode});
		expect(error.message).toMatch(message);
		expect(error.evidence[0]?.text).toBe(words);
	});
});

describe('questions about rights', () => {
	it('are asked side by side and answered in their order', async () => {
		const api = await startFakeApi(({request}, response) => {
			let body = '';
			request.on('data', (chunk) => {
				body += chunk;
			});
			request.on('end', () => {
				const {namespace, ...attributes} = JSON.parse(body).spec.resourceAttributes;
				// The later questions are answered first.
				setTimeout(
					() => json(response, 201, {status: {allowed: namespace === 'b', attributes}}),
					namespace === 'a' ? 60 : 5,
				);
			});
		});
		const http = openHttp(writeKubeconfig(`http://127.0.0.1:${api.port}`));
		const question = (namespace: string) => ({
			verb: 'create',
			group: '',
			resource: 'pods',
			subresource: 'exec',
			namespace,
		});
		expect(await mayI(http, ['a', 'b', 'c'].map(question))).toEqual([false, true, false]);
	});
});
