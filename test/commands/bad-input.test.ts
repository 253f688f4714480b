import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {type AddressInfo, connect} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createAuthority} from '../../source/sandbox/mesh/certificates.ts';
import {ensureBuild} from '../../tools/build.mjs';
import {type Ended, expectManners, readTold} from '../helpers/told.ts';

/* What goes wrong before any VM is reached, with the built program as a process without a terminal, in a home of its own. */

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
const cleaners: Array<() => void> = [];

beforeAll(ensureBuild);
afterAll(() => {
	for (const clean of cleaners) clean();
	rmSync(folder, {recursive: true, force: true});
});

/** Writes files below a new home, by their paths there. */
function newHome(files: Readonly<Record<string, string>> = {}): string {
	const home = mkdtempSync(join(folder, 'home-'));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(home, path)), {recursive: true});
		writeFileSync(join(home, path), text);
	}
	return home;
}

function run(words: readonly string[], home = newHome(), env: NodeJS.ProcessEnv = {}): Promise<Ended> {
	const {KUBECONFIG: _kubeconfig, MESHBOARD_PROFILE: _profile, SSH_AUTH_SOCK: _agent, ...inherited} = process.env;
	const child = spawn(process.execPath, [cli, ...words], {
		env: {
			...inherited,
			HOME: home,
			XDG_CONFIG_HOME: join(home, 'config'),
			XDG_STATE_HOME: join(home, 'state'),
			XDG_CACHE_HOME: join(folder, 'cache'),
			...env,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
		timeout: 15_000,
	});
	const text = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const)
		child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
	return new Promise((resolve) => child.on('close', (code) => resolve({code: code ?? 137, ...text})));
}

/** A kubeconfig with one context for each server. */
function kubeconfig(servers: Readonly<Record<string, string>>, current = Object.keys(servers)[0]): string {
	const names = Object.keys(servers);
	return JSON.stringify({
		'current-context': current,
		clusters: names.map((name) => ({name, cluster: {server: servers[name]}})),
		users: names.map((name) => ({name, user: {token: 'a-secret-token'}})),
		contexts: names.map((name) => ({name, context: {cluster: name, user: name}})),
	});
}

type Case = {
	readonly title: string;
	readonly words: readonly string[];
	readonly files?: Readonly<Record<string, string>>;
	readonly env?: NodeJS.ProcessEnv;
	readonly id: string;
	readonly code: number;
	readonly says: RegExp;
	readonly next: RegExp;
};

function tableTests(cases: readonly Case[]): void {
	test.concurrent.each(cases)('$title → $id, $code', async ({words, files, env, ...each}) =>
		expectTold(await run(words, newHome(files), env), each),
	);
}

function expectTold(ended: Ended, {id, code, says, next}: Pick<Case, 'id' | 'code' | 'says' | 'next'>): void {
	expectManners(ended);
	const told = readTold(ended);
	expect(told, ended.stderr).toMatchObject([{id}]);
	expect(told[0]?.text).toMatch(says);
	expect(told[0]?.next).toMatch(next);
	expect(ended.code).toBe(code);
	expect(ended.stdout).toBe('');
	expect(ended.stderr).not.toContain('a-secret-token');
}

const profiles = (text: string) => ({'config/meshboard/config.json': text});
const onboard = ['onboard', 'ratings-vm.bookinfo'];
/** Nothing listens on it. */
const closed = 'https://127.0.0.1:1';

describe('the kubeconfig', () => {
	const refused = {id: 'cluster.unreachable', code: 78};
	tableTests([
		{
			title: 'there is none',
			words: ['list'],
			...refused,
			says: /There is no kubeconfig/,
			next: /--kubeconfig FILE.*meshboard demo/,
		},
		{
			title: 'there is none, for onboard',
			words: [...onboard, '--yes'],
			...refused,
			says: /There is no kubeconfig/,
			next: /--kubeconfig FILE/,
		},
		{
			title: 'KUBECONFIG names none',
			words: ['list'],
			env: {KUBECONFIG: '/nowhere/config'},
			...refused,
			says: /\/nowhere\/config/,
			next: /--kubeconfig FILE/,
		},
		{
			title: 'the file is not there',
			words: ['list', '--kubeconfig', '/nowhere/config'],
			...refused,
			says: /\/nowhere\/config.*no such file/,
			next: /--kubeconfig/,
		},
		{
			title: 'it is a folder',
			words: ['list', '--kubeconfig', folder],
			...refused,
			says: /it is a folder/,
			next: /--kubeconfig/,
		},
		{
			title: 'it is no YAML',
			words: ['list'],
			files: {'.kube/config': 'clusters: [\n'},
			...refused,
			says: /not valid YAML in line \d/,
			next: /--kubeconfig/,
		},
		{
			title: 'it is something else',
			words: ['list'],
			files: {'.kube/config': 'hello'},
			...refused,
			says: /no current context/,
			next: /holds no context.*--kubeconfig/,
		},
		{
			title: 'the context is not in it',
			words: ['list', '--context', 'prd'],
			files: {'.kube/config': kubeconfig({prod: closed, lab: closed})},
			...refused,
			says: /no context "prd"/,
			next: /--context: lab, prod/,
		},
		{
			title: 'the current context is not in it',
			words: ['list'],
			files: {'.kube/config': kubeconfig({lab: closed}, 'gone')},
			...refused,
			says: /no context "gone"/,
			next: /--context: lab/,
		},
		{
			title: 'the server is no address',
			words: ['list'],
			files: {'.kube/config': kubeconfig({lab: 'nonsense'})},
			...refused,
			says: /"nonsense".*not an HTTP address/,
			next: /--context: lab/,
		},
	]);
});

describe('the API server', () => {
	const unreachable = {id: 'cluster.unreachable', code: 69};
	const against = async (server: string, words: readonly string[]) =>
		run(words, newHome({'.kube/config': kubeconfig({lab: server})}), {RES_OPTIONS: 'timeout:1 attempts:1'});

	test.concurrent.each([[['list']], [[...onboard, '--yes']]])('refuses the connection: %j', async (words) => {
		expectTold(await against(closed, words), {
			...unreachable,
			says: /Nothing listens at https:\/\/127\.0\.0\.1:1/,
			next: /kubectl config get-contexts/,
		});
	});

	test.concurrent('has a name that does not resolve', async () => {
		const says = /name api\.invalid of the API server cannot be resolved/;
		expectTold(await against('https://api.invalid', ['list']), {
			...unreachable,
			says,
			next: /kubectl config get-contexts/,
		});
	});

	test.concurrent('has a certificate that nobody trusts', async () => {
		const {certificate, key} = createAuthority({commonName: 'nobody'}).issue('nobody', ['127.0.0.1']);
		const server = createTlsServer({cert: certificate, key}, (_request, response) => response.end('{}'));
		const url = `https://127.0.0.1:${await listen(server)}`;
		expectTold(await against(url, ['list']), {
			...unreachable,
			says: /certificate of .* is not trusted/,
			next: /certificate authority/,
		});
	});

	test.concurrent('is another service', async () => {
		const server = createServer((_request, response) => response.end('<html>Please log in</html>'));
		const url = `http://127.0.0.1:${await listen(server)}`;
		expectTold(await against(url, ['list']), {
			...unreachable,
			says: /does not speak like a Kubernetes API server/,
			next: /login page/,
		});
	});

	test.concurrent('rejects the credentials', async () => {
		const server = createServer((_request, response) => response.writeHead(401).end('{}'));
		const url = `http://127.0.0.1:${await listen(server)}`;
		for (const words of [['list'], [...onboard, '--yes']]) {
			expectTold(await against(url, words), {
				id: 'cluster.unauthorized',
				code: 77,
				says: /rejects your credentials/,
				next: /Log in again/,
			});
		}
	});

	test.concurrent('does not answer', async () => {
		expectTold(await against(`https://127.0.0.1:${await silentPort()}`, ['list']), {
			...unreachable,
			says: /does not answer/,
			next: /network/,
		});
	});
});

describe('the command line', () => {
	const usage = {id: 'usage', code: 64};
	tableTests([
		{title: 'the screen without a terminal', words: [], ...usage, says: /needs a terminal/, next: /meshboard list/},
		{title: 'a misspelt command', words: ['lst'], ...usage, says: /no command "lst"/, next: /Did you mean list\?/},
		{
			title: 'an unknown command',
			words: ['frobnicate', '--read-only'],
			...usage,
			says: /no command "frobnicate"/,
			next: /meshboard --help/,
		},
		{
			title: 'an unknown command of profile',
			words: ['profile', 'frobnicate'],
			...usage,
			says: /frobnicate/,
			next: /--help/,
		},
		{
			title: 'an unknown flag',
			words: ['list', '--frobnicate'],
			...usage,
			says: /unknown option '--frobnicate'/,
			next: /--help/,
		},
		{
			title: 'a misspelt flag',
			words: ['onboard', '--prepair'],
			...usage,
			says: /--prepair[\s\S]*--prepare/,
			next: /--help/,
		},
		{title: 'a word too many', words: ['list', 'bookinfo'], ...usage, says: /too many arguments/, next: /--help/},
		{title: 'an unknown format', words: ['list', '-o', 'xml'], ...usage, says: /xml.*text, wide, json/, next: /--help/},
		{
			title: 'a port that is none',
			words: [...onboard, '--ssh-port', '99999'],
			...usage,
			says: /1 to 65535/,
			next: /--help/,
		},
		{
			title: 'a policy that is none',
			words: [...onboard, '--host-keys', 'maybe'],
			...usage,
			says: /strict, accept-new, ask/,
			next: /--help/,
		},
		{title: 'no target', words: ['onboard'], ...usage, says: /at least one target/, next: /<entry>\.<namespace>/},
		...['ratings-vm', 'a..b', '-x.y', 'a.b;reboot', '$(id).b', 'a.b\u001b[2J'].map((target) => ({
			title: `target ${JSON.stringify(target)}`,
			words: ['onboard', '--yes', '--', target],
			...usage,
			says: /is not a target/,
			next: /<entry>\.<namespace>/,
		})),
		{
			title: 'onboard without --yes and without a terminal',
			words: onboard,
			...usage,
			says: /without consent/,
			next: /--dry-run.*--yes/,
		},
		{
			title: 'onboard with --read-only',
			words: [...onboard, '--yes', '--read-only'],
			id: 'usage',
			code: 77,
			says: /read-only/,
			next: /--dry-run/,
		},
	]);
});

describe('profiles', () => {
	const configuration = {id: 'usage', code: 78};
	const two = profiles(JSON.stringify({version: 1, profiles: {lab: {}, prod: {readOnly: true}}}));
	tableTests([
		{
			title: 'an unknown one',
			words: ['list', '--profile', 'prd'],
			files: two,
			...configuration,
			says: /no profile "prd"/,
			next: /lab, prod/,
		},
		{
			title: 'an unknown one in the environment',
			words: ['list'],
			env: {MESHBOARD_PROFILE: 'prd'},
			...configuration,
			says: /no profile "prd"/,
			next: /meshboard profile set prd/,
		},
		{
			title: 'a read-only one',
			words: [...onboard, '--yes', '--profile', 'prod'],
			files: two,
			id: 'usage',
			code: 77,
			says: /read-only/,
			next: /meshboard profile set prod readOnly=no/,
		},
		{
			title: 'a setting that does not exist',
			words: ['profile', 'set', 'lab', 'sshUsr=ops'],
			...configuration,
			code: 64,
			says: /"sshUsr" is not a setting/,
			next: /sshUser/,
		},
		{
			title: 'a file that is no JSON',
			words: ['list'],
			files: profiles('{"version": 1, "profiles": {"lab": {'),
			id: 'config.damaged',
			code: 78,
			says: /not JSON/,
			next: /meshboard profile repair/,
		},
		{
			title: 'a setting of the wrong kind',
			words: onboard,
			files: profiles('{"version":1,"profiles":{"lab":{"sshPort":"x"}}}'),
			id: 'config.damaged',
			code: 78,
			says: /profile "lab", sshPort: must be a port/,
			next: /meshboard profile repair/,
		},
		{
			title: 'a file of a newer meshboard',
			words: ['list'],
			files: profiles('{"version":2,"profiles":{}}'),
			id: 'config.newer',
			code: 78,
			says: /newer meshboard/,
			next: /Update meshboard/,
		},
		{
			title: 'a folder in the place of the file',
			words: ['list'],
			files: {'config/meshboard/config.json/x': ''},
			id: 'config.unreadable',
			code: 78,
			says: /it is a folder/,
			next: /XDG_CONFIG_HOME/,
		},
	]);

	test('a damaged file is left as it is by every command but repair', async () => {
		const text = '{"version": 1, "profiles": {"lab": {"sshUser": "ops"}}';
		const home = newHome(profiles(text));
		const path = join(home, 'config/meshboard/config.json');
		for (const words of [
			['list'],
			['profile', 'set', 'lab', 'sshUser=admin'],
			['profile', 'use', 'lab'],
			['profile', 'remove', 'lab'],
		]) {
			expectTold(await run(words, home), {
				id: 'config.damaged',
				code: 78,
				says: /left as it is/,
				next: /meshboard profile repair/,
			});
			expect(readFileSync(path, 'utf8')).toBe(text);
		}
		const repaired = await run(['profile', 'repair'], home);
		expect(repaired).toMatchObject({code: 0, stdout: expect.stringMatching(/Kept lab/)});
		expect(JSON.parse((await run(['profile', 'show', 'lab', '-o', 'json'], home)).stdout)).toEqual({sshUser: 'ops'});
	});
});

async function listen(server: ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	cleaners.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return (server.address() as AddressInfo).port;
}

/** A port whose connections are never taken: its process stands still, and its queue is full, so that the system drops what comes. */
async function silentPort(): Promise<number> {
	const script = `const s = require('node:net').createServer(); s.listen({port: 0, host: '127.0.0.1', backlog: 1}, () => console.log(s.address().port));`;
	const child = spawn(process.execPath, ['-e', script], {stdio: ['ignore', 'pipe', 'ignore']});
	cleaners.push(() => child.kill('SIGKILL'));
	const port = await new Promise<number>((resolve) => child.stdout.once('data', (data) => resolve(Number(data))));
	child.kill('SIGSTOP');
	for (let n = 0; n < 8; n++) {
		const socket = connect({port, host: '127.0.0.1'}).on('error', () => undefined);
		cleaners.push(() => socket.destroy());
	}
	return port;
}
