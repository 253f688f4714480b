import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {dialFromVm} from '../../source/onboarding/perform/dial.ts';
import {getFromVm} from '../../source/onboarding/perform/http.ts';
import type {RemoteHost} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {scriptedPrompts} from '../contract/remote-host.ts';
import {makeKey, noSshd, type Sshd, startSshd, temporaryFolder} from '../helpers/sshd.ts';

/* A hardened sshd forbids TCP forwarding; the proxy's endpoints are read all the same. */

describe.skipIf(noSshd !== undefined)(`AllowTcpForwarding no${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const folder = temporaryFolder();
	const {signal} = new AbortController();
	const large = 'x'.repeat(3 * 1024 * 1024);
	const server = createServer((request, response) => {
		response.statusCode = request.url === '/healthz/ready' ? 503 : 200;
		response.end(request.url === '/config_dump?resource={a}&mask=b' ? `${large}\n` : 'not ready');
	});
	let sshd: Sshd;
	let host: RemoteHost;
	let port: number;
	beforeAll(async () => {
		await once(server.listen(0, '127.0.0.1'), 'listening');
		({port} = server.address() as AddressInfo);
		const key = makeKey(join(folder, 'id'));
		sshd = await startSshd({authorized: [key.publicLine], config: ['AllowTcpForwarding no']});
		const connector = createConnector({env: {PATH: process.env.PATH}, home: folder});
		const destination = {host: '127.0.0.1', port: sshd.port, user: sshd.user, key: key.path} as const;
		host = await connector.connect({...destination, hostKeys: 'accept-new'}, scriptedPrompts(undefined));
	}, 30_000);
	afterAll(async () => {
		host.close();
		server.close();
		await sshd.stop();
	});
	const get = (path: string, at = port) => getFromVm(host, {kind: 'http', port: at, path}, signal);

	it('a page is read, with its status, however large', async () => {
		expect(await get('/healthz/ready')).toEqual({ok: true, status: 503, body: 'not ready'});
		expect(await get('/config_dump?resource={a}&mask=b')).toEqual({ok: true, status: 200, body: `${large}\n`});
	});

	it('a port that is closed is told as closed', async () => {
		expect(await get('/', 1)).toMatchObject({ok: false, text: expect.stringMatching(/127\.0\.0\.1:1\/ .*connect/)});
	});

	it('a way that cannot be tried is not done, and the reason names the setting', async () => {
		const dial = {kind: 'dial', host: '127.0.0.1', port, timeoutSeconds: 5} as const;
		const answer = await dialFromVm(host, dial, signal);
		expect(answer).toMatchObject({outcome: 'not-done', text: expect.stringContaining('AllowTcpForwarding')});
	});
});
