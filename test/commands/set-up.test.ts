import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {load} from 'js-yaml';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {startPty} from '../helpers/pty.ts';
import type {Size} from '../helpers/screen.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome} from './process.ts';

/* The first start of the screens, without any profile: the built program in a terminal, in a home that is furnished as a person's. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const sshConfig = `
Include more/*.conf
Host github.com
  User git
Host *.corp
  User somebody
`;
const moreConfig = `
Host web-1 web-2 db
  User ubuntu
  IdentityFile ~/.ssh/vms
  ProxyJump me@bastion:2222
Host bastion
  User jumper
`;

/** The sandbox's context beside two that lead nowhere; the current one is a server that refuses. */
function contexts(current = 'elsewhere'): string {
	const config = load(readFileSync(sandbox.kubeconfig, 'utf8')) as Record<string, readonly object[]>;
	const elsewhere = (name: string) => ({name, context: {cluster: 'elsewhere', user: 'sandbox'}});
	return JSON.stringify({
		...config,
		'current-context': current,
		clusters: [...(config['clusters'] ?? []), {name: 'elsewhere', cluster: {server: 'https://127.0.0.1:9'}}],
		contexts: [...(config['contexts'] ?? []), elsewhere('elsewhere'), elsewhere('another')],
	});
}

function open(home: string, size: Size, env: Record<string, string | undefined> = {}, words: readonly string[] = []) {
	const pty = startPty(process.execPath, [cli, ...words], {
		...size,
		cwd: home,
		env: {
			HOME: home,
			KUBECONFIG: undefined,
			SSH_AUTH_SOCK: undefined,
			SSH_CONNECTION: undefined,
			MESHBOARD_PROFILE: undefined,
			XDG_CONFIG_HOME: undefined,
			XDG_STATE_HOME: undefined,
			XDG_CACHE_HOME: home,
			...env,
		},
	});
	onTestFinished(() => pty.close());
	const config = join(home, '.config', 'meshboard', 'config.json');
	return {...pty, profiles: () => JSON.parse(readFileSync(config, 'utf8')).profiles};
}

const sizes: readonly Size[] = [
	{columns: 80, rows: 24},
	{columns: 60, rows: 20},
];

test.each(sizes)(
	'finds clusters, keys and ways, asks three questions and saves the answers at $columns×$rows',
	async (size) => {
		const home = newHome({
			'.kube/config': contexts(),
			'.ssh/config': sshConfig,
			'.ssh/more/vms.conf': moreConfig,
			'.ssh/vms': 'a-secret-key',
			'.ssh/id_ed25519': 'a-secret-key',
			'.ssh/id_ed25519.pub': 'its public half',
		});
		const board = open(home, size);
		await board.waitFor('question 1 of 3');
		await board.waitFor(/▸ elsewhere \(current\)/);
		board.type('j');
		await board.waitFor(/▸ sandbox/);
		board.type('\r');
		await board.waitFor('question 2 of 3');
		const ways = await board.waitFor(/▸ as ssh does: ~\/\.ssh\/id_ed25519/);
		expect(ways).toMatch(/● cluster +sandbox/);
		expect(ways).toContain('as web-1 and 2 more: ubuntu, ~/.ssh/vms, through ');
		// A host of git, a pattern, and the bastion itself are no VMs.
		expect(ways).not.toMatch(/github|corp|as bastion/);
		board.type('j\r');
		await board.waitFor('question 3 of 3');
		await board.waitFor(/^ {2}> ubuntu/m);
		// The second answer once more: the cursor is where it was.
		board.type('\x1b[Z');
		await board.waitFor(/▸ as web-1/);
		board.type('\r');
		await board.waitFor('question 3 of 3');
		for (const line of board.screen.lines()) expect(line.length).toBeLessThan(size.columns);
		board.type('\r');
		await board.waitFor('ratings-vm');
		await board.waitFor('Saved as profile default in ~/.config/meshboard/config');
		expect(board.profiles()).toEqual({
			default: {
				context: 'sandbox',
				sshKey: join(home, '.ssh', 'vms'),
				jump: ['me@bastion:2222'],
				adminUser: 'ubuntu',
			},
		});
		board.type('q');
		expect((await board.exited).exitCode).toBe(0);

		// Nobody is asked twice.
		const again = open(home, size);
		await again.waitFor('ratings-vm');
		expect(again.raw()).not.toContain('set-up');
	},
);

test('enter accepts what was found, and a set-up is done again with what was answered', async () => {
	const home = newHome({'.kube/config': contexts('sandbox')});
	const board = open(home, {columns: 80, rows: 24}, {SSH_AUTH_SOCK: await startAgent('laptop')});
	await board.waitFor(/▸ sandbox \(current\)/);
	board.type('\r');
	await board.waitFor('▸ as ssh does: ssh-agent (1 key: laptop)');
	board.type('\r');
	await board.waitFor('question 3 of 3');
	board.type('\x15somebody\r');
	await board.waitFor('ratings-vm');
	expect(board.profiles()).toEqual({default: {context: 'sandbox', adminUser: 'somebody'}});
	// From the profiles by a key, and by its name from anywhere; esc leaves all as it was.
	board.type('ps');
	await board.waitFor(/▸ sandbox \(current\)/);
	board.type('k');
	await board.waitFor('▸ elsewhere');
	board.type('\x1b');
	await board.waitFor('PROFILE');
	board.type(':setup\r');
	await board.waitFor(/▸ sandbox \(current\)/);
	board.type('\r\r');
	await board.waitFor(/^ {2}> somebody/m);
	board.type('\x15not:this\r');
	await board.waitFor('must be a user name');
	board.type('\x15\r');
	await board.waitFor('ratings-vm');
	expect(board.profiles()).toEqual({default: {context: 'sandbox'}});
});

test('esc goes on with what is there by itself, and that is not asked again', async () => {
	const home = newHome({'.kube/config': contexts('sandbox')});
	const board = open(home, {columns: 80, rows: 24});
	await board.waitFor('Which cluster?');
	board.type('\x1b');
	await board.waitFor('ratings-vm');
	await board.waitFor('Skipped: profile default in ~/.config/meshboard/config.json is empty');
	expect(board.profiles()).toEqual({default: {}});
	board.type('q');
	await board.exited;
	const again = open(home, {columns: 80, rows: 24});
	await again.waitFor('ratings-vm');
	expect(again.raw()).not.toContain('Which cluster?');
});

test('what cannot be read is told in a sentence, and the rest is asked', async () => {
	const home = newHome({'.kube/config': '{"contexts": [', '.ssh/config': 'Host vm\n  NoSuchOption yes\n'});
	const socket = join(home, 'agent');
	const board = open(home, {columns: 80, rows: 24}, {SSH_AUTH_SOCK: socket});
	await board.waitFor('question 1 of 2');
	const text = board.screen.text().replaceAll(/\s+/g, ' ');
	expect(text).toMatch(/▲ The kubeconfig .*config is not valid YAML/);
	expect(text).toMatch(/▲ The SSH configuration .* cannot be read: .*bad configuration options/);
	expect(text).toContain(`No ssh-agent answers at ${socket}: its keys are left out.`);
	board.type('\r\r');
	await board.waitFor('There is no connection');
	await board.waitFor('open the demo');
	expect(Object.keys(board.profiles())).toEqual(['default']);
});

test('without a kubeconfig nothing is asked: the demo is offered, and nothing is saved', async () => {
	const home = newHome();
	const board = open(home, {columns: 80, rows: 24});
	await board.waitFor('There is no kubeconfig');
	await board.waitFor('open the demo');
	expect(board.profiles).toThrow();
});

test('what the command line says is not asked, and who names an entry is not asked at all', async () => {
	const home = newHome({'.kube/config': contexts()});
	const words = ['--context', 'sandbox', '--admin-user', 'admin'];
	const board = open(home, {columns: 80, rows: 24}, {}, words);
	await board.waitFor('How are the VMs reached over SSH?');
	expect(board.screen.text()).not.toContain('question');
	board.type('\r');
	await board.waitFor('ratings-vm');
	expect(board.profiles()).toEqual({default: {}});

	const all = open(newHome({'.kube/config': contexts()}), {columns: 80, rows: 24}, {}, [...words, '--ssh-key', 'x']);
	await all.waitFor('ratings-vm');
	expect(all.raw()).not.toMatch(/Which|nothing to ask/);
	expect(all.profiles, 'a profile that nobody asked for').toThrow();

	const told = open(newHome(), {columns: 80, rows: 24}, {}, ['--kubeconfig', sandbox.kubeconfig, 'orders-vm.payments']);
	await told.waitFor('orders-vm');
	expect(told.raw()).not.toContain('set-up');
});

test('the first frame waits for nothing that is looked at, and esc does not either', async () => {
	const home = newHome({'.kube/config': contexts('sandbox')});
	// An agent that takes the question and never answers.
	const socket = join(home, 'agent');
	const server = createServer(() => {}).listen(socket);
	onTestFinished(() => void server.close());
	const board = open(home, {columns: 80, rows: 24}, {SSH_AUTH_SOCK: socket});
	await board.waitFor('Looking for kubeconfig, ssh-agent and ~/.ssh/config');
	board.type('\r');
	await board.waitFor('still being looked at');
	board.type('\x1b');
	await board.waitFor('ratings-vm');
});

/** A real ssh-agent with one key of that name; answers its socket. */
async function startAgent(comment: string): Promise<string> {
	const folder = newHome();
	const socket = join(folder, 'agent');
	const key = join(folder, 'key');
	const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'pipe', 'ignore']});
	onTestFinished(() => void agent.kill());
	await once(agent.stdout, 'data');
	execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', key]);
	execFileSync('ssh-add', ['-q', key], {env: {...process.env, SSH_AUTH_SOCK: socket}});
	return socket;
}
