import {execFile, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {type AddressInfo, createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {exitCodes, UserError} from '../../../source/errors.ts';
import type {PodDial} from '../../../source/onboarding/action.ts';
import {createPodDialer} from '../../../source/onboarding/perform/pod-dialer.ts';
import {dialCommand, readDial, readDials} from '../../../source/onboarding/pod-probe.ts';
import type {Cluster, PodExecEnd} from '../../../source/ports.ts';

const place = {namespace: 'bookinfo', name: 'client', container: 'app'};
const {signal} = new AbortController();
const to = (port: number): PodDial => ({kind: 'pod-dial', host: '10.0.0.1', port, timeoutSeconds: 5});

/** A cluster whose containers do as is told; how many connections each command makes. */
function clusterWhere(
	play: (options: Parameters<Cluster['podExec']>[2], ports: readonly string[]) => Promise<unknown>,
) {
	const commands: Array<readonly string[]> = [];
	const cluster: Pick<Cluster, 'podExec'> = {
		async podExec(_, [, , , , ...words], options) {
			const ports = words.filter((_, index) => index % 3 === 1);
			commands.push(ports);
			return {code: 0, stdout: '', stderr: '', ...((await play(options, ports)) as Partial<PodExecEnd>)};
		},
	};
	return {commands, dial: createPodDialer(cluster)};
}

describe('connections from one container', () => {
	it('are made together: those of one moment at once, those that come while a command is started by the next', async () => {
		const {commands, dial} = clusterWhere(async ({onOutput}, ports) => {
			await sleep(50);
			onOutput?.('begun\n');
			for (const [index, port] of ports.entries())
				onOutput?.(`${index}|Connected to ${port}\n${index}|meshboard-took ${port}0\n${index}|\n`);
		});
		const first = [to(1), to(2)].map((each) => dial(place, each, signal));
		await sleep(10);
		const third = dial(place, to(3), signal);
		await sleep(10);
		const fourth = dial(place, to(4), signal);
		expect(await Promise.all([...first, third, fourth])).toEqual(
			[1, 2, 3, 4].map((port) => ({text: expect.stringContaining(`Connected to ${port}`), ms: port * 10})),
		);
		expect(commands).toEqual([
			['1', '2'],
			['3', '4'],
		]);
	});

	it('are answered each when it is known, whatever another still waits for', async () => {
		const {dial} = clusterWhere(async ({onOutput}) => {
			onOutput?.('begun\n1|Connection ref');
			onOutput?.('used\n1|\n');
			await sleep(60_000, undefined, {ref: false});
		});
		const [, quick] = [to(1), to(2)].map((each) => dial(place, each, signal));
		expect(await quick).toMatchObject({text: 'Connection refused'});
	});

	it('are not told apart from none where there is no tool or no shell, and fail with what forbids them or cuts them off', async () => {
		const none = clusterWhere(async ({onOutput}) => onOutput?.('begun\n0|meshboard-no-tool\n0|\n'));
		expect(await none.dial(place, to(1), signal)).toBeUndefined();
		const bare = 'exec: "sh": executable file not found in $PATH: unknown';
		for (const end of [{code: -1, fault: bare}, {code: 127}])
			expect(await clusterWhere(async () => end).dial(place, to(1), signal)).toBeUndefined();
		const lost = clusterWhere(async ({onOutput}) => {
			onOutput?.('begun\n0|Connected to\n0|\n');
			return {code: -1, fault: 'the connection was lost'};
		});
		const both = [to(1), to(2)].map((each) => lost.dial(place, each, signal));
		expect(await both[0]).toMatchObject({text: 'Connected to'});
		await expect(both[1]).rejects.toThrow('not run to its end: the connection was lost');
		const shut = clusterWhere(async () => {
			throw new UserError({code: 'cluster.forbidden', message: 'no', exitCode: exitCodes.notPermitted});
		});
		await expect(shut.dial(place, to(1), signal)).rejects.toThrow('no');
		await expect(shut.dial(place, to(2), signal)).rejects.toThrow('no');
	});

	it('are ended when nobody wants any of them', async () => {
		const ended: unknown[] = [];
		const {dial} = clusterWhere(async (options) => {
			await once(options.signal ?? signal, 'abort');
			ended.push(options.signal?.aborted);
		});
		const [one, other] = [new AbortController(), new AbortController()];
		const both = [dial(place, to(1), one.signal), dial(place, to(2), other.signal)];
		await sleep(20);
		one.abort();
		await sleep(20);
		expect(ended).toEqual([]);
		other.abort();
		for (const each of both) await expect(each).rejects.toThrow('without an answer');
		expect(ended).toEqual([true]);
	});
});

const busybox = spawnSync('sh', ['-c', 'command -v busybox'], {encoding: 'utf8'}).stdout.trim();
describe.skipIf(busybox === '')(
	`what is run in the container${busybox === '' ? ' (skipped: there is no BusyBox here)' : ''}`,
	() => {
		const root = mkdtempSync(join(tmpdir(), 'pod-dialer-'));
		let server: Server;
		beforeAll(async () => {
			server = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.0 200 OK\r\n\r\nhello\n'));
			await once(server.listen(0, '127.0.0.1'), 'listening');
		});
		afterAll(() => {
			server.close();
			rmSync(root, {recursive: true, force: true});
		});

		it.each([
			['curl', ['curl']],
			['nc of OpenBSD', ['nc']],
			['nc of BusyBox', [], ['nc', 'sh']],
			['wget of BusyBox', [], ['wget', 'timeout']],
		])('tells what is open from what is refused, by %s', async (name, own, applets = []) => {
			const bin = join(root, name.replaceAll(' ', '-'));
			mkdirSync(bin);
			for (const applet of applets) symlinkSync(busybox, join(bin, applet));
			for (const tool of own)
				symlinkSync(spawnSync('which', [tool], {encoding: 'utf8'}).stdout.trim(), join(bin, tool));
			const {port} = server.address() as AddressInfo;
			const ways = [port, 1, port].map((each) => ({...to(each), host: '127.0.0.1'}));
			const said = await new Promise<string>((resolve) =>
				execFile('/bin/sh', dialCommand(ways).slice(1), {env: {PATH: bin}}, (_, stdout) => resolve(stdout)),
			);
			const answers = [0, 1, 2].map((index) => readDials(said).get(index));
			expect(answers.map((answer) => readDial(answer?.text ?? ''))).toEqual(['open', 'refused', 'open']);
			for (const answer of answers) expect(answer?.ms).toBeLessThan(1000);
		});

		it('says where there is no tool', () => {
			const bin = join(root, 'none');
			mkdirSync(bin);
			const {stdout} = spawnSync('/bin/sh', dialCommand([to(1)]).slice(1), {env: {PATH: bin}, encoding: 'utf8'});
			expect([...readDials(stdout)]).toEqual([[0, undefined]]);
		});
	},
);
