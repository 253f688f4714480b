import {spawn} from 'node:child_process';
import {createServer} from 'node:http';
import {createServer as createTlsServer} from 'node:https';
import {type AddressInfo, connect} from 'node:net';
import {describe, test} from 'vitest';
import {createAuthority} from '../../source/sandbox/mesh/certificates.ts';
import {cleaners, closed, expectTold, folder, kubeconfig, newHome, onboard, run, tableTests} from './process.ts';

/* What goes wrong on the way to the cluster, with the built program as a process without a terminal. */

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
