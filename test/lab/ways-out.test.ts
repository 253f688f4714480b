import {createServer, request, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {apply, closeNamespace, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* A VM that reaches package repositories only by a proxy. One test builds on another. */

const name = 'ways-out';
const target = `${name}.${name}`;
let meshboard: Meshboard;
let proxy: Server;
const asked: string[] = [];

/** A proxy for plain HTTP, as a company has one on the way out. */
function serveProxy(): Promise<Server> {
	const server = createServer((incoming, answer) => {
		asked.push(incoming.url ?? '');
		const {'proxy-connection': _, ...headers} = incoming.headers;
		const onward = request(incoming.url ?? '', {method: incoming.method, headers}, (reply) => {
			answer.writeHead(reply.statusCode ?? 502, reply.headers);
			reply.pipe(answer);
		});
		onward.on('error', () => answer.writeHead(502).end());
		incoming.pipe(onward);
	});
	return new Promise((resolve) => server.listen(0, '10.128.0.1', () => resolve(server)));
}

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(name);
	await apply(entryManifests({name, namespace: name, ip: await vm.up(name)}));
	for (const port of [80, 443]) await vm.block(name, 'out', port, 'reject');
	proxy = await serveProxy();
}, 120_000);

afterAll(async () => {
	proxy.close();
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

const prepare = () => meshboard.run(['prepare', target, '--yes'], {seconds: 270});

test('a package manager that reaches nothing is told with what to do for its family, and for Docker', {
	timeout: 120_000,
}, async () => {
	const {code, stdout} = await prepare();
	expect(code, stdout).toBe(1);
	expect(stdout).toMatch(/vm\.runtime-missing[\s\S]*reaches no repository/);
	expect(stdout).toMatch(/docker\.service\.d[\s\S]*\/etc\/apt\/apt\.conf\.d/);
});

test('the proxy that the VM names for everybody is used, and told', {timeout: 280_000}, async () => {
	const url = `http://10.128.0.1:${(proxy.address() as AddressInfo).port}`;
	await vm.exec(name, 'sh', '-c', `echo 'http_proxy="${url}"' >>/etc/environment`);
	const {code, stdout} = await prepare();
	expect(code, stdout).toBe(0);
	expect(stdout).toContain(`the proxy ${url} for everybody`);
	expect(asked.some((path) => /\/docker\.io_\S+\.deb$/.test(path))).toBe(true);
});
