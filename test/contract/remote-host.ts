import {once} from 'node:events';
import {readFileSync, writeFileSync} from 'node:fs';
import {createServer, type Server} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {UserError} from '../../source/errors.ts';
import type {Connector, Prompts, Question, RemoteHost, SshDestination} from '../../source/ports.ts';
import {freePort, makeKey, temporaryFolder} from '../helpers/sshd.ts';

/** Marks the processes of this run among those of others. */
const seconds = 200_000 + 10 * process.pid;

/** A host to hold to the contract. */
export type RemoteHostSetup = {
	readonly connector: Connector;
	/** Logs in with `key`; the host key policy and the known_hosts file are the contract's own. */
	readonly destination: SshDestination & {readonly key: string};
	/** The address under which the host reaches servers of this machine; undefined: it cannot. */
	readonly hereFromThere?: string;
	/** How many processes on the host have this text in their command line; undefined: it has no processes to count. */
	readonly count?: (text: string) => Promise<number>;
	readonly stop: () => Promise<void>;
};

/** Answers every question alike, not at once, and remembers them. */
export function scriptedPrompts(answer: string | undefined | ((question: Question) => string | undefined)) {
	const asked: Question[] = [];
	const prompts: Prompts = {
		ask: async (question) => {
			asked.push(question);
			await new Promise((resolve) => setTimeout(resolve, 100));
			return typeof answer === 'function' ? answer(question) : answer;
		},
	};
	return {prompts, asked};
}

/** All evidence of an error that is meant for the user, as one text. */
export function evidenceOf(error: unknown): string {
	return error instanceof UserError ? error.evidence.map(({source, text}) => `${source}: ${text}`).join('\n') : '';
}

/** What every implementation of Connector and RemoteHost does. `skip`: why it cannot be run here. */
export function remoteHostContract(name: string, setup: () => Promise<RemoteHostSetup>, skip?: string): void {
	describe.skipIf(skip !== undefined)(`${name} as a remote host${skip === undefined ? '' : ` (${skip})`}`, () => {
		let the: RemoteHostSetup;
		let host: RemoteHost;
		let echo: Server;
		const nobody = scriptedPrompts(undefined).prompts;
		const fresh = () => join(temporaryFolder(), 'known_hosts');
		const connect = (over: Partial<SshDestination> = {}, prompts = nobody) =>
			the.connector.connect({...the.destination, knownHosts: fresh(), hostKeys: 'accept-new', ...over}, {prompts});

		beforeAll(async () => {
			the = await setup();
			host = await connect();
			echo = createServer((socket) => socket.pipe(socket)).listen(0, '0.0.0.0');
			await once(echo, 'listening');
		});
		afterAll(async () => {
			host?.close();
			echo?.close();
			await the?.stop();
		});

		it('tells the exit code and keeps the two streams apart', async () => {
			expect(await host.exec('echo out; echo err >&2; exit 3')).toEqual({
				code: 3,
				ended: 'exited',
				stdout: 'out\n',
				stderr: 'err\n',
			});
		});

		it('gives the input to the command, then its end', async () => {
			expect((await host.exec('cat; echo done', {input: 'a line\n'})).stdout).toBe('a line\ndone\n');
			expect((await host.exec('cat; echo done')).stdout).toBe('done\n');
		});

		it('runs the command as POSIX sh has it, whatever is in it', async () => {
			const hard = `it's "$HOME" \`id\` \\n !! %s {a,b} ~ ü\n\t$(echo no)`;
			const quoted = `'${hard.replaceAll("'", `'\\''`)}'`;
			expect((await host.exec(`x=${quoted}; printf '%s' "$x"`)).stdout).toBe(hard);
		});

		it('hands on all of a long output and keeps its last MiB', async () => {
			const line = `${'0123456789'.repeat(9)}\n`;
			const input = line.repeat(30_000);
			let seen = 0;
			const result = await host.exec('cat', {
				input,
				onOutput: (stream, chunk) => {
					seen += stream === 'stdout' ? chunk.length : 0;
				},
			});
			expect(seen).toBe(input.length);
			expect(result.stdout.length).toBe(1 << 20);
			expect(input.endsWith(result.stdout)).toBe(true);
		});

		it('runs many commands at once', async () => {
			const results = await Promise.all(Array.from({length: 12}, (_, index) => host.exec(`echo ${index}`)));
			expect(results.map(({stdout}) => stdout.trim())).toEqual(Array.from({length: 12}, (_, index) => String(index)));
		});

		it('ends a command at its time limit, and keeps what it said', async () => {
			const started = performance.now();
			const result = await host.exec(`echo before; sleep ${seconds}`, {timeoutSeconds: 1});
			expect(result).toMatchObject({code: undefined, ended: 'timed-out', stdout: 'before\n'});
			expect(performance.now() - started).toBeLessThan(6000);
			if (the.count) expect(await the.count(`sleep ${seconds}`)).toBe(0);
		});

		it('ends a command that is cancelled, with its children', async () => {
			const controller = new AbortController();
			const running = host.exec(`sleep ${seconds + 1} & sleep ${seconds + 2}; echo no`, {
				signal: controller.signal,
			});
			setTimeout(() => controller.abort(), 500);
			expect(await running).toMatchObject({code: undefined, ended: 'cancelled', stdout: ''});
			if (the.count)
				expect((await the.count(`sleep ${seconds + 1}`)) + (await the.count(`sleep ${seconds + 2}`))).toBe(0);
			expect((await host.exec('echo still here')).stdout).toBe('still here\n');
		});

		it('does not start what is cancelled already', async () => {
			const result = await host.exec('echo no', {signal: AbortSignal.abort()});
			expect(result).toEqual({code: undefined, ended: 'cancelled', stdout: '', stderr: ''});
		});

		it('dials from the host: an answer, refused', async () => {
			if (the.hereFromThere === undefined) return;
			const address = echo.address();
			const port = typeof address === 'object' && address ? address.port : 0;
			const result = await host.dial(the.hereFromThere, port);
			if (!result.ok) throw new Error(result.text);
			result.stream.end('there and back');
			expect(Buffer.concat(await result.stream.toArray()).toString()).toBe('there and back');
			expect(await host.dial(the.hereFromThere, await freePort())).toMatchObject({ok: false, failure: 'refused'});
		});

		it('dials from the host: a name that does not resolve', async () => {
			const result = await host.dial('no-such-host.invalid', 80);
			expect(result).toMatchObject({ok: false, failure: 'unresolved'});
		});

		it('says that it is closed, and runs nothing more', async () => {
			const other = await connect();
			other.close();
			expect(await other.closed).toBe('closed');
			await expect(other.exec('true')).rejects.toMatchObject({code: 'ssh.connection-lost', exitCode: 69});
			expect(await other.dial('127.0.0.1', 22)).toMatchObject({ok: false, failure: 'lost'});
		});

		it('refuses an unknown host key in strict mode, and when nobody says yes', async () => {
			const error = {code: 'ssh.host-key-unknown', exitCode: 77};
			await expect(connect({hostKeys: 'strict'})).rejects.toMatchObject(error);
			await expect(connect({hostKeys: 'ask'})).rejects.toMatchObject(error);
		});

		it('asks once about an unknown host key, with its fingerprint, and saves it', async () => {
			const {prompts, asked} = scriptedPrompts('yes');
			const knownHosts = fresh();
			const hosts = await Promise.all(Array.from({length: 8}, () => connect({hostKeys: 'ask', knownHosts}, prompts)));
			for (const each of hosts) each.close();
			expect(asked).toHaveLength(1);
			expect(asked[0]?.detail).toContain(host.hostKey);
			expect(readFileSync(knownHosts, 'utf8').trim().split('\n')).toHaveLength(1);
			const again = await connect({hostKeys: 'strict', knownHosts});
			expect(again.hostKey).toBe(host.hostKey);
			again.close();
		});

		it('refuses a changed host key, whatever is answered', async () => {
			const knownHosts = fresh();
			(await connect({knownHosts})).close();
			const [hosts = '', type = '', base64 = ''] = readFileSync(knownHosts, 'utf8').trim().split(' ');
			const other = Buffer.from(base64, 'base64');
			other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
			writeFileSync(knownHosts, `${hosts} ${type} ${other.toString('base64')}\n`);
			for (const hostKeys of ['strict', 'accept-new', 'ask'] as const) {
				const {prompts, asked} = scriptedPrompts('yes');
				await expect(connect({hostKeys, knownHosts}, prompts)).rejects.toMatchObject({
					code: 'ssh.host-key-changed',
					exitCode: 77,
				});
				expect(asked).toEqual([]);
			}
		});

		it('says which keys were offered when none is accepted', async () => {
			const {path, fingerprint} = makeKey(join(temporaryFolder(), 'stranger'));
			const failure = await connect({key: path}).catch((error: unknown) => error);
			expect(failure).toMatchObject({code: 'ssh.auth-failed', exitCode: 77});
			expect(evidenceOf(failure)).toContain(fingerprint);
		});

		it('gives up at once when it is told to', async () => {
			const controller = new AbortController();
			controller.abort(new Error('enough'));
			await expect(
				the.connector.connect(the.destination, {prompts: nobody, signal: controller.signal}),
			).rejects.toThrow('enough');
		});
	});
}
