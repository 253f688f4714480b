import {readFileSync, writeFileSync} from 'node:fs';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import ssh2 from 'ssh2';
import {describe, expect, it, onTestFinished} from 'vitest';
import {createPromptQueue} from '../../source/onboarding/prompt-queue.ts';
import type {Prompts, Question} from '../../source/ports.ts';
import {createConnector} from '../../source/ssh/connector.ts';
import {makeKey, temporaryFolder} from '../helpers/sshd.ts';

const home = temporaryFolder();
const key = makeKey(join(home, 'client'));

/** A server that takes one password, by the methods given; `offers`: the methods that clients tried. */
async function startServer(password: string, methods: readonly string[] = ['publickey', 'password'], at = 0) {
	const offers: string[] = [];
	const hostKey = readFileSync(makeKey(join(temporaryFolder(), 'host')).path);
	const server = new ssh2.Server({hostKeys: [hostKey]}, (client) => {
		client.on('error', () => undefined);
		client.on('authentication', (context) => {
			offers.push(context.method);
			const left = methods as ssh2.AuthenticationType[];
			if (context.method === 'password' && context.password === password) return context.accept();
			if (context.method === 'keyboard-interactive' && methods.includes('keyboard-interactive')) {
				return context.prompt([{prompt: 'Password: ', echo: false}], 'PAM', ([answer]) =>
					answer === password ? context.accept() : context.reject(left),
				);
			}
			context.reject(left);
		});
	});
	await new Promise<void>((resolve) => void server.listen(at, '127.0.0.1', () => resolve()));
	const stop = () => new Promise<void>((resolve) => void server.close(() => resolve()));
	onTestFinished(() => void stop());
	return {port: (server.address() as AddressInfo).port, offers, stop};
}

/** The queue of a sitting, answered by a person who knows the passwords in turn. */
function person(...answers: readonly (string | undefined)[]): {prompts: Prompts; asked: Question[]} {
	const queue = createPromptQueue();
	const asked: Question[] = [];
	queue.subscribe(() => {
		const question = queue.getSnapshot();
		if (question === undefined || asked.includes(question)) return;
		asked.push(question);
		setTimeout(() => queue.answer(answers[asked.length - 1]), 5);
	});
	return {prompts: queue, asked};
}

const connector = () => createConnector({env: {PATH: process.env['PATH']}, home});
const to = (port: number, more: object = {}) => ({
	host: '127.0.0.1',
	port,
	user: 'ops',
	key: key.path,
	password: true as const,
	hostKeys: 'accept-new' as const,
	knownHosts: join(temporaryFolder(), 'known_hosts'),
	...more,
});

describe('a password that was asked for', () => {
	it.each([[['publickey', 'password']], [['publickey', 'keyboard-interactive']]])(
		'logs in by %j, offers no key, and is asked for once for all machines of the account',
		async (methods) => {
			const servers = await Promise.all([startServer('open', methods), startServer('open', methods)]);
			const {prompts, asked} = person('open');
			const one = connector();
			for (const {port} of servers) (await one.connect(to(port), {prompts})).close();
			expect(asked).toMatchObject([{kind: 'secret', title: 'SSH password of ops'}]);
			for (const {offers} of servers) expect(offers).not.toContain('publickey');
		},
	);

	it('that is wrong on one machine is asked for again, for that machine', async () => {
		const {port} = await startServer('other');
		const {prompts, asked} = person('open', 'other');
		(await connector().connect(to(port), {prompts})).close();
		expect(asked.map(({title}) => title)).toEqual(['SSH password of ops', `Password for ops@127.0.0.1:${port}`]);
	});

	it.each([
		['', 'SSH password cannot be empty'],
		[undefined, 'nobody gave one'],
	])('%j ends it, and nothing is sent', async (answer, says) => {
		const {port, offers} = await startServer('');
		const {prompts} = person(answer);
		const error: unknown = await connector()
			.connect(to(port), {prompts})
			.catch((cause: unknown) => cause);
		expect(error).toMatchObject({code: 'ssh.auth-failed', message: expect.stringContaining('no password')});
		expect(JSON.stringify(error)).toContain(says);
		expect(offers).toEqual(['none']);
	});
});

describe('host keys that are ignored', () => {
	it('are taken without being saved, and the same machine may not show another one in the same sitting', async () => {
		const first = await startServer('open');
		const knownHosts = join(temporaryFolder(), 'known_hosts');
		const one = connector();
		const {prompts, asked} = person('open');
		const ignoring = {hostKeys: 'ignore' as const, knownHosts};
		for (let n = 0; n < 2; n++) (await one.connect(to(first.port, ignoring), {prompts})).close();
		expect(() => readFileSync(knownHosts)).toThrow('ENOENT');
		expect(asked).toHaveLength(1);
		await first.stop();
		await startServer('open', ['password'], first.port);
		await expect(one.connect(to(first.port, ignoring), {prompts})).rejects.toMatchObject({
			code: 'ssh.host-key-changed',
			message: expect.stringContaining('a moment ago'),
		});
	});

	it('are refused where the recorded one is another: changed, or of another type', async () => {
		const {port} = await startServer('open');
		for (const kind of ['ed25519', 'rsa'] as const) {
			const other = makeKey(join(temporaryFolder(), 'other'), kind);
			const knownHosts = join(temporaryFolder(), 'known_hosts');
			const [type, blob] = other.publicLine.split(' ');
			writeFileSync(knownHosts, `[127.0.0.1]:${port} ${type} ${blob}\n`);
			const {prompts, asked} = person('open');
			await expect(connector().connect(to(port, {hostKeys: 'ignore', knownHosts}), {prompts})).rejects.toMatchObject({
				code: kind === 'rsa' ? 'ssh.host-key-unknown' : 'ssh.host-key-changed',
				exitCode: 77,
			});
			expect(asked).toEqual([]);
		}
	});
});
