import {once} from 'node:events';
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {pipeline, Readable} from 'node:stream';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {getFromVm} from '../../source/onboarding/perform/http.ts';
import {readLog} from '../../source/onboarding/steps/verify/proxy-log.ts';
import type {RemoteHost} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {scriptedPrompts} from '../contract/remote-host.ts';
import {makeKey, noSshd, type Sshd, startSshd, temporaryFolder} from '../helpers/sshd.ts';
import {contextOf} from '../onboarding/doctor/sound.ts';

/* What a VM answers is as large as it likes; what is fetched and kept of it is not. */

const mebibyte = 1 << 20;

describe.skipIf(noSshd !== undefined)(`a VM that has much to tell${noSshd === undefined ? '' : ` (${noSshd})`}`, () => {
	const folder = temporaryFolder();
	const {signal} = new AbortController();
	/** Sends as many MiB as its path says. */
	const envoy = createServer((request, response) => {
		const chunk = Buffer.alloc(mebibyte, 'x');
		pipeline(
			Readable.from(Array.from({length: Number(request.url?.slice(1))}, () => chunk)),
			response,
			() => undefined,
		);
	});
	let sshd: Sshd;
	let host: RemoteHost;
	let port: number;

	beforeAll(async () => {
		await once(envoy.listen(0, '127.0.0.1'), 'listening');
		port = (envoy.address() as AddressInfo).port;
		// An engine whose container has written 500 MB, of which the last lines are as long as all.
		const bin = join(folder, 'bin');
		mkdirSync(bin);
		writeFileSync(
			join(bin, 'docker'),
			'#!/bin/sh\necho first; head -c 500000000 /dev/zero | tr "\\0" x; echo; echo last\n',
		);
		chmodSync(join(bin, 'docker'), 0o755);
		const key = makeKey(join(folder, 'id'));
		const config = [`ForceCommand PATH=${bin}:$PATH exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`];
		sshd = await startSshd({authorized: [key.publicLine], config});
		const connector = createConnector({env: {PATH: process.env.PATH}, home: folder});
		const destination = {host: '127.0.0.1', port: sshd.port, user: sshd.user, key: key.path} as const;
		host = await connector.connect({...destination, hostKeys: 'accept-new'}, scriptedPrompts(undefined));
	}, 30_000);
	afterAll(async () => {
		host.close();
		envoy.close();
		await sshd.stop();
	});

	it('of a log of 500 MB the end is fetched, and no more than fits', async () => {
		let fetched = 0;
		const {command} = readLog(contextOf(), 400);
		const {stdout} = await host.exec(command, {
			onOutput(_, part) {
				fetched += part.length;
			},
		});
		expect(fetched).toBeLessThanOrEqual(mebibyte);
		expect(stdout.length).toBeLessThanOrEqual(mebibyte);
		expect(stdout).toMatch(/x\nlast\n$/);
	});

	it('a config_dump of 50 MB is read', async () => {
		const answer = await getFromVm(host, {kind: 'http', port, path: '/50'}, signal);
		expect(answer.ok && answer.body.length).toBe(50 * mebibyte);
	});

	it('an answer without end is given up, and that is said', async () => {
		expect(await getFromVm(host, {kind: 'http', port, path: '/1000000'}, signal)).toEqual({
			ok: false,
			text: `127.0.0.1:${port}/1000000 on the VM: the answer is larger than 64 MiB`,
		});
	});
});
