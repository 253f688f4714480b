import {spawn} from 'node:child_process';
import {load, loadAll} from 'js-yaml';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {expectForm} from '../helpers/expect-form.ts';
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

/** `list --watch WORDS` on a sandbox, under way. */
function watch({kubeconfig}: {readonly kubeconfig: string}, ...words: readonly string[]) {
	const child = spawn(process.execPath, [cli, 'list', '--kubeconfig', kubeconfig, '--watch', ...words], {
		env: {...process.env, HOME: newHome()},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const text = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const)
		child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
	const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
	return {
		text,
		seen: async (words: string, where: 'stdout' | 'stderr' = 'stdout') => {
			await expect.poll(() => text[where], {timeout: 10_000}).toContain(words);
		},
		end() {
			child.kill('SIGINT');
			return ended;
		},
	};
}

/** Makes an entry, waits until it is told, and takes it away again. */
async function comeAndGo(name: string, seen: () => Promise<void>): Promise<void> {
	const path = '/apis/networking.istio.io/v1/namespaces/payments/workloadentries';
	const metadata = {name, labels: {app: 'of-metadata'}};
	const spec = {address: '10.1.0.9', labels: {app: 'of-spec'}};
	const body = {apiVersion: 'networking.istio.io/v1', kind: 'WorkloadEntry', metadata, spec};
	await sandbox.api(path, {method: 'POST', body});
	await seen();
	await sandbox.api(`${path}/${name}`, {method: 'DELETE'});
}

test('--watch goes on and prints what changes, until it is interrupted', async () => {
	const {text, seen, end} = watch(sandbox, '-o', 'ndjson');
	await seen('orders-vm');
	await comeAndGo('late-vm', () => seen('"late-vm"'));
	await seen('{"removed":"late-vm.payments"}');
	expect(await end()).toBe(130);
	expectForm(['list', '--watch', '-o', 'ndjson'], text.stdout);
	expect(text.stderr).toBe('');
});

test('what --watch adds stands in the columns of the first rows, with the labels that istiod selects by', async () => {
	const {text, seen, end} = watch(sandbox, '-o', 'wide');
	await seen('orders-vm');
	await comeAndGo('a-vm', () => seen('a-vm'));
	await seen('a-vm.payments removed');
	await end();
	const lines = text.stdout.split('\n');
	const added = lines.find((line) => line.includes('a-vm  ')) ?? '';
	for (const word of ['NAME ', 'ADDRESS', 'AGE', 'LABELS'])
		expect(added[lines[0]?.indexOf(word) ?? -1], `under ${word}`).toMatch(/\S/);
	expect(added).toContain('app=of-metadata');
});

test('--watch as yaml is a stream of documents', async () => {
	const {text, seen, end} = watch(sandbox, '-o', 'yaml');
	await seen('orders-vm');
	await comeAndGo('late-vm', () => seen('late-vm'));
	await seen('removed:');
	await end();
	const documents = loadAll(text.stdout);
	expect(documents[0]).toMatchObject({items: [{}, {}, {}, {}]});
	expect(documents.at(-1)).toEqual({removed: 'late-vm.payments'});
});

test('--watch tells when it no longer sees the cluster', async () => {
	const other = await openSandbox();
	const {seen, end} = watch(other);
	await seen('orders-vm');
	await other.close();
	await seen('The list is not live: ', 'stderr');
	expect(await end()).toBe(130);
});
