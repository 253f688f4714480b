import {spawn} from 'node:child_process';
import {load} from 'js-yaml';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, run} from './process.ts';

/* `meshboard list`, with the built program on the sandbox's API server: what scripts read. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const list = async (...words: string[]) => {
	const {code, stdout, stderr} = await run(['list', '--kubeconfig', sandbox.kubeconfig, ...words]);
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	return stdout;
};
const everyone = ['ratings-vm.bookinfo', 'reviews-vm.bookinfo', 'ledger-vm.payments', 'orders-vm.payments'];

test('text has a line for each entry, sorted, under the headings', async () => {
	const [head, ...rows] = (await list()).trimEnd().split('\n');
	expect(head).toMatch(/^NAMESPACE +NAME +ADDRESS +NETWORK +SERVICE ACCOUNT +PROXY +AGE$/);
	expect(rows.map((row) => row.split(/ {2,}/).slice(0, 2).reverse().join('.'))).toEqual(everyone);
	expect(rows[0]).toMatch(/^bookinfo +ratings-vm +10\.128\.0\.2 +\S+ +bookinfo-ratings +absent +\d\S+$/);
});

test('json has the documented shape, and yaml says the same', async () => {
	const {items} = JSON.parse(await list('-o', 'json'));
	expect(items).toHaveLength(4);
	expect(items[0]).toEqual({
		namespace: 'bookinfo',
		name: 'ratings-vm',
		address: '10.128.0.2',
		network: expect.any(String),
		serviceAccount: 'bookinfo-ratings',
		labels: expect.objectContaining({app: 'ratings'}),
		sshHost: '127.0.0.1',
		proxy: {state: 'absent', detail: 'no istiod lists this proxy'},
		createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
	});
	expect(load(await list('-o', 'yaml'))).toEqual({items});
});

test('name gives targets that onboard takes', async () => {
	expect((await list('-o', 'name')).trimEnd().split('\n')).toEqual(everyone);
});

test('a namespace, and a label selector, narrow the list', async () => {
	expect((await list('-n', 'payments', '-o', 'name')).trimEnd().split('\n')).toEqual(everyone.slice(2));
	expect(await list('-l', 'app=reviews', '-o', 'name')).toBe('reviews-vm.bookinfo\n');
});

test('an empty selection is no error, and is told on standard error', async () => {
	const ended = await run(['list', '--kubeconfig', sandbox.kubeconfig, '-l', 'app=nothing']);
	expect(ended).toMatchObject({code: 0, stderr: expect.stringContaining('no WorkloadEntries')});
});

test('--watch goes on and prints what changes, until it is interrupted', async () => {
	const words = ['list', '--kubeconfig', sandbox.kubeconfig, '--watch', '-o', 'ndjson'];
	const child = spawn(process.execPath, [cli, ...words], {
		env: {...process.env, HOME: newHome()},
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
	let output = '';
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		output += chunk;
	});
	const seen = async (text: string) => {
		await expect.poll(() => output, {timeout: 10_000}).toContain(text);
	};
	await seen('orders-vm');
	const path = '/apis/networking.istio.io/v1/namespaces/payments/workloadentries';
	await sandbox.api(path, {
		method: 'POST',
		body: {
			apiVersion: 'networking.istio.io/v1',
			kind: 'WorkloadEntry',
			metadata: {name: 'late-vm'},
			spec: {address: '10.128.0.9'},
		},
	});
	await seen('"late-vm"');
	await sandbox.api(`${path}/late-vm`, {method: 'DELETE'});
	await seen('{"removed":"late-vm.payments"}');
	child.kill('SIGINT');
	expect(await ended).toBe(130);
	for (const line of output.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});
