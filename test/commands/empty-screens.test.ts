import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {startFakeApi} from '../helpers/fake-api.ts';
import {startPty} from '../helpers/pty.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, kubeconfig, newHome} from './process.ts';

/* A list without entries says why, and what to do: the built program in a terminal of 60 columns. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

/** The screens on a server, or on the sandbox. Whoever has a profile is not asked. */
function open(server?: string, words: readonly string[] = []) {
	const home = newHome({
		'meshboard/config.json': '{"version":1,"profiles":{"default":{}}}',
		...(server === undefined ? {} : {config: kubeconfig({lab: server})}),
	});
	const env = {HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home, SSH_AUTH_SOCK: undefined};
	const config = server === undefined ? sandbox.kubeconfig : `${home}/config`;
	const pty = startPty(process.execPath, [cli, '--kubeconfig', config, ...words], {columns: 60, rows: 20, env});
	onTestFinished(() => pty.close());
	return {
		...pty,
		/** Waits for a text that may be wrapped. */
		says: (words: RegExp) => pty.waitFor((text) => words.test(text.replaceAll(/\s+/g, ' ')), 15_000),
	};
}

/** A server that answers everything with one status. */
async function startServer(code: number): Promise<string> {
	const server = createServer((_, response) => {
		response.writeHead(code, {'content-type': 'application/json'});
		response.end(JSON.stringify({kind: 'Status', status: 'Failure', code, message: 'no', reason: 'NotFound'}));
	}).listen(0, '127.0.0.1');
	onTestFinished(() => void server.close());
	await new Promise((resolve) => server.once('listening', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('no entry in the namespaces that were asked for: how to make one, and where others are', async () => {
	const board = open(undefined, ['-n', 'nothing-here']);
	await board.says(/There is no WorkloadEntry in nothing-here of sandbox\./);
	await board.says(/c creates one.*Another namespace: :ns NAME\. Another cluster: :ctx NAME, or p/);
	// It says the truth.
	board.type('c');
	await board.waitFor('What is made?');
});

test('no entry in the one that is shown, and none that the filter lets through', async () => {
	const board = open();
	await board.waitFor('ratings-vm');
	board.type(':ns bookinfo\r');
	await board.waitFor((text) => !text.includes('orders-vm'));
	board.type('/nonsense');
	await board.says(/Nothing matches "nonsense" among \d entries\. esc clears the filter, \? shows how/);
	board.type('\x1b');
	await board.waitFor('ratings-vm');
	board.type(':ns default\r');
	await board.says(/There is no WorkloadEntry in default\. :ns all shows every namespace; c creates an entry\./);
	board.type(':ns all\r');
	await board.waitFor('orders-vm');
});

test('a server that is not there', async () => {
	const board = open('https://127.0.0.1:9');
	await board.says(/The entries cannot be read now: Nothing listens at https:\/\/127\.0\.0\.1:9/);
	await board.says(/It is tried again and again\. Another cluster: :ctx NAME.*meshboard demo/);
});

test('a cluster without Istio', async () => {
	const board = open(await startServer(404));
	await board.says(/Istio is not installed there/);
	await board.says(/Choose another context, or install Istio/);
});

test('no right to list: which namespaces, by flag or profile', async () => {
	const status = {kind: 'Status', status: 'Failure', code: 403, reason: 'Forbidden', message: 'list is forbidden'};
	const api = await startFakeApi(({path}, response) => {
		const isReview = path.endsWith('/selfsubjectaccessreviews');
		response.writeHead(isReview ? 201 : 403, {'content-type': 'application/json'});
		response.end(JSON.stringify(isReview ? {status: {allowed: false}} : status));
	});
	const board = open(`http://127.0.0.1:${api.port}`);
	await board.says(/The entries may not be listed: /);
	await board.says(/Name the namespaces that you may list: meshboard -n NAMESPACE, or namespaces in the profile \(p\)/);
});

test('no run yet, and no profile', async () => {
	const board = open();
	await board.waitFor('ratings-vm');
	board.type('\t');
	await board.waitFor('No runs yet: mark entries with space, then o.');
	board.type('pd');
	await board.waitFor('Type default to remove it');
	board.type('default\r');
	await board.says(/There is no profile yet.*s looks for clusters and SSH keys here and asks; n makes one/);
	board.type('s');
	await board.says(/The set-up/);
	expect(board.screen.text()).toMatch(/▸ sandbox \(current\)/);
});
