import {execFile, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {podCommand, readRequest, requestScript} from '../../source/onboarding/pod-probe.ts';

const busybox = spawnSync('sh', ['-c', 'command -v busybox'], {encoding: 'utf8'}).stdout.trim();

describe.skipIf(busybox === '')(
	`a request from a container with BusyBox alone${busybox === '' ? ' (skipped: there is none here)' : ''}`,
	() => {
		const bin = join(mkdtempSync(join(tmpdir(), 'pod-probe-')), 'bin');
		const server = createServer((request, response) => {
			response.statusCode = Number(request.url?.slice(1));
			response.end(`${request.headers.host}: ${response.statusCode === 403 ? 'RBAC: access denied' : 'ratings'}`);
		});
		beforeAll(async () => {
			mkdirSync(bin);
			for (const applet of ['sh', 'wget', 'nc', 'timeout', 'sleep']) symlinkSync(busybox, join(bin, applet));
			await once(server.listen(0, '127.0.0.1'), 'listening');
		});
		afterAll(() => {
			server.close();
			rmSync(join(bin, '..'), {recursive: true, force: true});
		});
		const ask = (path: string, port = (server.address() as AddressInfo).port) => {
			const words = podCommand(requestScript, `http://127.0.0.1:${port}/${path}`, 'ratings.bookinfo:9080', '5');
			return new Promise<ReturnType<typeof readRequest>>((resolve) =>
				execFile(join(bin, 'sh'), words.slice(1), {env: {PATH: bin}}, (_, stdout, stderr) =>
					resolve(readRequest(stdout + stderr)),
				),
			);
		};

		it('has the words of a good answer, and those of one that tells of a failure', async () => {
			expect(await ask('200')).toMatchObject({
				status: 200,
				body: expect.stringContaining('ratings.bookinfo:9080: ratings'),
			});
			expect(await ask('403')).toMatchObject({status: 403, body: expect.stringContaining('RBAC: access denied')});
			expect(await ask('503')).toMatchObject({
				status: 503,
				body: expect.stringContaining('ratings.bookinfo:9080: ratings'),
			});
		});

		it('has none where nobody answers', async () => {
			expect(await ask('', 1)).toMatchObject({status: 0, text: expect.stringMatching(/refused/)});
		});
	},
);
