import {execFileSync, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, symlinkSync} from 'node:fs';
import {createServer} from 'node:http';
import {type AddressInfo, createServer as createTcpServer} from 'node:net';
import {join} from 'node:path';
import {createServer as createTlsServer} from 'node:tls';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {dialFromVm} from '../../source/onboarding/perform/dial.ts';
import {getFromVm} from '../../source/onboarding/perform/http.ts';
import type {RemoteHost} from '../../source/ports.ts';
import {createAuthority} from '../../source/sandbox/mesh/certificates.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {scriptedPrompts} from '../contract/remote-host.ts';
import {makeKey, noSshd, type Sshd, startSshd, temporaryFolder} from '../helpers/sshd.ts';

/*
 * A hardened sshd forbids TCP forwarding, and may give one session only: ports are dialled from the VM all the same, by what is there. Where
 * nothing is, that is said.
 */

const tools = ['python3', 'perl', 'bash', 'curl'] as const;
type Tool = (typeof tools)[number];
const missing = tools.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);

describe.skipIf(noSshd !== undefined)(`AllowTcpForwarding no${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const folder = temporaryFolder();
	const {signal} = new AbortController();
	const large = 'x'.repeat(3 * 1024 * 1024);
	const web = createServer((request, response) => {
		if (request.url === '/endless') {
			const more = () => response.write(large) && setImmediate(more);
			response.on('drain', more);
			more();
			return;
		}
		response.statusCode = request.url === '/healthz/ready' ? 503 : 200;
		response.end(request.url === '/config_dump?resource={a}&mask=b' ? `${large}\n` : 'not ready');
	});
	const authority = createAuthority({organisation: 'cluster.local'});
	const {certificate, key: privateKey} = authority.issue('istiod', ['istiod.istio-system.svc']);
	const istiod = createTlsServer({cert: certificate, key: privateKey}, (socket) => socket.on('error', () => undefined));
	const mute = createTcpServer((socket) => socket.on('error', () => undefined));
	const sshds: Sshd[] = [];
	const hosts: RemoteHost[] = [];
	const portOf = (server: {address(): unknown}) => (server.address() as AddressInfo).port;
	const key = makeKey(join(folder, 'id'));

	beforeAll(() => Promise.all([web, istiod, mute].map((server) => once(server.listen(0, '127.0.0.1'), 'listening'))));
	afterAll(async () => {
		for (const host of hosts) host.close();
		for (const server of [web, istiod, mute]) server.close();
		await Promise.all(sshds.map((sshd) => sshd.stop()));
	});

	/** A VM that has these programs, and those of every system. */
	const vmWith = async (...programs: readonly Tool[]): Promise<RemoteHost> => {
		const bin = join(folder, `bin-${programs.join('-')}`);
		mkdirSync(bin);
		for (const program of ['sh', 'cat', 'sleep', 'kill', 'true', ...programs]) {
			// pyenv puts a script of bash in the place of python3.
			const where =
				program === 'python3' ? "python3 -c 'import sys; print(sys.executable)'" : `command -v ${program} || true`;
			const path = execFileSync('/bin/sh', ['-c', where], {encoding: 'utf8'}).trim();
			if (path.startsWith('/')) symlinkSync(path, join(bin, program));
		}
		// After the login shell's own files, which may set it.
		const command = `ForceCommand PATH=${bin} exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`;
		const config = ['AllowTcpForwarding no', 'MaxSessions 1', command];
		const sshd = await startSshd({authorized: [key.publicLine], config});
		sshds.push(sshd);
		const connector = createConnector({env: {PATH: process.env.PATH}, home: folder});
		const destination = {host: '127.0.0.1', port: sshd.port, user: sshd.user, key: key.path} as const;
		const host = await connector.connect({...destination, hostKeys: 'accept-new'}, scriptedPrompts(undefined));
		hosts.push(host);
		return host;
	};
	const dial = (host: RemoteHost, port: number, more: {tries?: number; tls?: boolean; address?: string} = {}) => {
		const {tries = 1, tls = false, address = '127.0.0.1'} = more;
		const rootCertificate = authority.certificate;
		const named = {tls: {serverName: 'istiod.istio-system.svc', rootCertificate, named: true}};
		return dialFromVm(
			host,
			{kind: 'dial', host: address, port, tries, timeoutSeconds: 3, ...(tls ? named : {})},
			signal,
		);
	};
	const get = (host: RemoteHost, path: string, port = portOf(web)) =>
		getFromVm(host, {kind: 'http', port, path}, signal);

	describe.each(['python3', 'perl', 'bash'] as const)('a VM with %s alone', (program) => {
		const absent = missing.includes(program);
		let host: RemoteHost;
		beforeAll(async () => {
			if (!absent) host = await vmWith(program);
		}, 30_000);

		it.skipIf(absent)('dials and shakes hands, however often, one after the other', async () => {
			expect(await dial(host, portOf(istiod), {tls: true, tries: 3})).toMatchObject({outcome: 'open'});
			expect(await dial(host, portOf(web), {tries: 3})).toMatchObject({outcome: 'open'});
		});

		it.skipIf(absent)('tells a port that is closed, a name that is none, and silence', async () => {
			expect(await dial(host, 1)).toMatchObject({outcome: 'refused'});
			expect(await dial(host, 80, {address: 'no-such-host.invalid'})).toMatchObject({outcome: 'unresolved'});
			expect(await dial(host, portOf(mute), {tls: true})).toMatchObject({outcome: 'tls-timeout'});
		});

		it.skipIf(absent)('reads a page, with its status, however large', async () => {
			expect(await get(host, '/healthz/ready')).toEqual({ok: true, status: 503, body: 'not ready'});
			expect(await get(host, '/config_dump?resource={a}&mask=b')).toEqual({ok: true, status: 200, body: `${large}\n`});
		});

		it.skipIf(absent)('leaves nothing behind', async () => {
			await dial(host, portOf(mute));
			await expect
				.poll(() =>
					execFileSync('ps', ['-A', '-o', 'args='], {encoding: 'utf8'}).match(
						new RegExp(`127\\.0\\.0\\.1 ${portOf(mute)} `),
					),
				)
				.toBeNull();
		});
	});

	it.skipIf(missing.includes('curl'))('with curl alone a page is read', async () => {
		const host = await vmWith('curl');
		expect(await get(host, '/config_dump?resource={a}&mask=b')).toEqual({ok: true, status: 200, body: `${large}\n`});
		expect(await get(host, '/', 1)).toMatchObject({
			ok: false,
			text: expect.stringMatching(/127\.0\.0\.1:1\/ .*connect/),
		});
		expect(await get(host, '/endless')).toMatchObject({ok: false, text: expect.stringMatching(/larger than 64 MiB$/)});
	});

	it('with none of them it is not done, and the reason names the setting and what is lacking', async () => {
		const host = await vmWith();
		const why = /AllowTcpForwarding.*no python3, perl or bash on it/;
		expect(await dial(host, portOf(web))).toMatchObject({outcome: 'not-done', text: expect.stringMatching(why)});
		await expect(get(host, '/')).rejects.toMatchObject({
			code: 'unasked',
			message: expect.stringMatching(/could not be asked: .*AllowTcpForwarding.*bash on it to try by, nor curl\.$/),
			hint: expect.stringMatching(/Install one of them/),
		});
	});
});
