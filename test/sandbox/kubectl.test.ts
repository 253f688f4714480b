import {execFileSync, spawn} from 'node:child_process';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openSandbox} from './open-sandbox.ts';

const entry = `apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: {name: new-vm, namespace: bookinfo, labels: {team: blue}}
spec: {address: 10.128.0.9, serviceAccount: bookinfo-ratings, labels: {app: ratings}}
`;

const program = 'kubectl';
const noKubectl = (() => {
	try {
		execFileSync(program, ['version', '--client'], {stdio: 'ignore'});
		return undefined;
	} catch {
		return 'skipped: no kubectl on this machine';
	}
})();

describe.skipIf(noKubectl !== undefined)(
	`kubectl on the sandbox${noKubectl === undefined ? '' : ` (${noKubectl})`}`,
	() => {
		let sandbox: Awaited<ReturnType<typeof openSandbox>>;
		beforeAll(async () => {
			sandbox = await openSandbox();
		});
		afterAll(() => sandbox?.close());

		it('tells the versions of both sides', async () => {
			const {code, stdout} = await sandbox.kubectl(['version']);
			expect(code).toBe(0);
			expect(stdout).toMatch(/^Server Version: v1\.\d+/m);
		});

		it('lists the entries of all namespaces by their short name, with the columns of the CRD', async () => {
			const {stdout} = await sandbox.kubectl(['get', 'we', '-A']);
			const rows = stdout
				.trim()
				.split('\n')
				.map((line) => line.split(/\s+/));
			expect(rows[0]).toEqual(['NAMESPACE', 'NAME', 'AGE', 'ADDRESS']);
			expect(rows.slice(1).map(([namespace, name, , address]) => [namespace, name, address])).toEqual([
				['bookinfo', 'ratings-vm', '10.128.0.2'],
				['bookinfo', 'reviews-vm', '10.128.0.3'],
				['payments', 'ledger-vm', '10.128.0.4'],
				['payments', 'orders-vm', '10.128.0.5'],
			]);
		});

		it('creates, reads, labels and deletes an entry, and a watch tells it all', async () => {
			const watch = spawn(program, [
				'--kubeconfig',
				sandbox.kubeconfig,
				'get',
				'we',
				'-n',
				'bookinfo',
				'-w',
				'--output-watch-events',
			]);
			let seen = '';
			watch.stdout.setEncoding('utf8').on('data', (chunk: string) => {
				seen += chunk;
			});
			const told = (line: RegExp) => expect.poll(() => seen, {timeout: 5000}).toMatch(line);
			await told(/ADDED\s+ratings-vm/);

			expect(await sandbox.kubectl(['create', '-f', '-'], entry)).toMatchObject({
				code: 0,
				stdout: 'workloadentry.networking.istio.io/new-vm created\n',
			});
			const again = await sandbox.kubectl(['create', '-f', '-'], entry);
			expect(again).toMatchObject({code: 1, stderr: expect.stringContaining('AlreadyExists')});
			const {stdout} = await sandbox.kubectl(['get', 'we', 'new-vm', '-n', 'bookinfo', '-o', 'yaml']);
			expect(stdout).toContain('address: 10.128.0.9');
			expect(stdout).toContain('apiVersion: networking.istio.io/v1\n');
			expect(
				(await sandbox.kubectl(['label', 'we', 'new-vm', '-n', 'bookinfo', 'team=green', '--overwrite'])).code,
			).toBe(0);
			const green = await sandbox.kubectl(['get', 'we', '-A', '-l', 'team in (green)', '-o', 'name']);
			expect(green.stdout).toBe('workloadentry.networking.istio.io/new-vm\n');
			expect((await sandbox.kubectl(['delete', 'we', 'new-vm', '-n', 'bookinfo'])).code).toBe(0);
			expect(await sandbox.kubectl(['get', 'we', 'new-vm', '-n', 'bookinfo'])).toMatchObject({
				code: 1,
				stderr: expect.stringContaining('NotFound'),
			});

			await told(/ADDED +new-vm [\s\S]*MODIFIED +new-vm [\s\S]*DELETED +new-vm /);
			watch.kill();
		}, 30_000);

		it('applies a change of a built-in kind and of a custom one', async () => {
			const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: extra, namespace: payments}\n';
			expect((await sandbox.kubectl(['apply', '-f', '-'], account)).stdout).toBe('serviceaccount/extra created\n');
			expect((await sandbox.kubectl(['apply', '-f', '-'], account)).stdout).toBe('serviceaccount/extra unchanged\n');
			expect((await sandbox.kubectl(['apply', '-f', '-'], entry)).code).toBe(0);
			expect((await sandbox.kubectl(['apply', '-f', '-'], entry.replace('10.128.0.9', '10.128.0.8'))).stdout).toContain(
				'configured',
			);
			const {stdout} = await sandbox.kubectl([
				'get',
				'we',
				'new-vm',
				'-n',
				'bookinfo',
				'-o',
				'jsonpath={.spec.address}',
			]);
			expect(stdout).toBe('10.128.0.8');
		});

		it('runs a command in a pod', async () => {
			const ended = await sandbox.kubectl([
				'exec',
				'-n',
				'bookinfo',
				'client-5b8c7d9f6-2hxjw',
				'-c',
				'client',
				'--',
				'sh',
				'-c',
				'echo in the pod; exit 7',
			]);
			expect(ended).toMatchObject({code: 7, stdout: 'in the pod\n'});
		});
	},
);
