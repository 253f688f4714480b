import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {newHome, profiles, run} from './process.ts';

/* `doctor --fix` of the built program on the sandbox: what it shows, what it refuses, and that the cause is gone. One test builds on another. */

const stuck = 'orders-vm.payments';
const pristine = 'reviews-vm.bookinfo';

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
beforeAll(async () => {
	sandbox = await openSandbox();
	const config = {version: 1, current: 'default', profiles: {default: sandbox.profile}};
	home = newHome(profiles(JSON.stringify(config)));
});
afterAll(() => sandbox.close());

const doctor = (...words: string[]) => run(['doctor', ...words], home);
const fix = (id: string, ...words: string[]) => doctor(stuck, '--fix', id, ...words);
const onVm = (command: string) => sandbox.ssh('orders-vm', 'payments', 'istio-proxy', command);
const entry = '/apis/networking.istio.io/v1/namespaces/payments/workloadentries/orders-vm';
const sidecars = '/apis/networking.istio.io/v1/namespaces/payments/sidecars';

describe('doctor --fix', () => {
	test('is offered with the finding, in words and as a field', async () => {
		expect((await doctor(stuck)).stdout).toContain('  → meshboard can do it: --fix token.expired\n');
		const {results} = JSON.parse((await doctor(stuck, '-o', 'json')).stdout) as {results: [{findings: object[]}]};
		expect(results[0].findings).toEqual([expect.objectContaining({id: 'token.expired', fixable: true})]);
	});

	test('shows its plan and changes nothing with --dry-run, also where nothing may be changed', async () => {
		const {code, stdout} = await fix('token.expired', '--dry-run', '--read-only');
		expect(code).toBe(0);
		expect(stdout).toMatch(/istio-token, mode 0640, token \[redacted\] \(audience istio-ca/);
		expect(stdout).toContain('docker restart istio-proxy');
		expect((await doctor(stuck)).code).toBe(79);
	});

	test('wants consent, and is refused in a read-only profile', async () => {
		expect(await fix('token.expired')).toMatchObject({code: 64, stderr: expect.stringContaining('without consent')});
		expect(await fix('token.expired', '--yes', '--read-only')).toMatchObject({code: 77});
		expect(await fix('token.expired', '--watch')).toMatchObject({
			code: 64,
			stderr: expect.stringContaining('--watch and --fix'),
		});
	});

	test('says in a sentence what to do instead: an id that is none, that was not found, that only a person can mend', async () => {
		expect(await fix('token.expird', '--yes')).toMatchObject({
			code: 64,
			stderr: expect.stringMatching(
				/^meshboard: "token\.expird" is the id of no cause\.\nDid you mean token\.expired\?/,
			),
		});
		expect(await fix('vm.docker-stopped', '--yes')).toMatchObject({
			code: 79,
			stdout: '',
			stderr: expect.stringMatching(
				/^orders-vm\.payments: vm\.docker-stopped was not found, so that there is nothing to mend; there is token\.expired\.$/m,
			),
		});
		expect(await doctor(pristine, '--fix', 'ssh.auth-failed', '--yes')).toMatchObject({
			code: 65,
			stderr: expect.stringMatching(/^meshboard: meshboard cannot mend ssh\.auth-failed itself\.\n.*ssh-copy-id/),
		});
	});

	test('mends it, looks again, and says that it is gone → 0', async () => {
		const {code, stdout, stderr} = await fix('token.expired', '--yes');
		expect(code, stdout + stderr).toBe(0);
		expect(stdout).toMatch(/^orders-vm\.payments: nothing found, .*\norders-vm\.payments: token\.expired is gone$/m);
		expect((await doctor(stuck)).code).toBe(0);
		expect(await fix('token.expired', '--yes')).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('nothing to mend'),
		});
	}, 40_000);

	test('as json: what was done and what is found then', async () => {
		await onVm('docker rm -f istio-proxy');
		const {code, stdout, stderr} = await fix('proxy.not-running', '--yes', '-o', 'json');
		expect(code, stdout + stderr).toBe(0);
		const {results} = JSON.parse(stdout) as {results: [{steps: ReadonlyArray<{id: string; state: string}>}]};
		expect(results).toMatchObject([
			{target: stuck, fix: 'proxy.not-running', gone: true, outcome: 'succeeded', healthy: true, findings: []},
		]);
		const states = Object.fromEntries(results[0].steps.map(({id, state}) => [id, state]));
		// The token and the files serve: only a container was missing.
		expect(states).toMatchObject({
			'bootstrap.token': 'skipped',
			'bootstrap.files': 'skipped',
			'bootstrap.start': 'succeeded',
		});
	}, 40_000);

	test('removes the directory that Docker makes in the place of a file', async () => {
		await onVm('docker stop istio-proxy; rm /etc/istio-proxy/istio-token; mkdir /etc/istio-proxy/istio-token');
		const {code, stdout, stderr} = await fix('token.missing', '--yes');
		expect(code, stdout + stderr).toBe(0);
		expect(stdout).toContain('Clear away directories in the place of files: /etc/istio-proxy/istio-token');
		expect((await onVm('cut -d. -f1 /etc/istio-proxy/istio-token')).stdout).toMatch(/^eyJ/);
	}, 40_000);

	test('shows what becomes of an object, and changes it', async () => {
		const marked = {metadata: {annotations: {'sidecar-bootstrap.istio.io/ssh-uesr': 'istio-proxy'}}};
		await sandbox.api(entry, {
			method: 'PATCH',
			headers: {'content-type': 'application/merge-patch+json'},
			body: marked,
		});
		const shown = await fix('entry.annotation-unknown', '--dry-run');
		expect(shown.stdout).toMatch(
			/PATCH \/apis\/networking\.istio\.io\/namespaces\/payments\/workloadentries\/orders-vm/,
		);
		expect(shown.stdout).toMatch(/^ +- +sidecar-bootstrap\.istio\.io\/ssh-uesr: istio-proxy$/m);
		expect((await sandbox.get(entry)).metadata.annotations).toHaveProperty(['sidecar-bootstrap.istio.io/ssh-uesr']);
		const {code, stdout, stderr} = await fix('entry.annotation-unknown', '--yes');
		expect(code, stdout + stderr).toBe(0);
		expect((await sandbox.get(entry)).metadata.annotations).not.toHaveProperty(['sidecar-bootstrap.istio.io/ssh-uesr']);
	}, 40_000);

	test('leads a name that the Sidecar offers to the proxy, in /etc/hosts', async () => {
		const host = './ledger.payments.svc.cluster.local';
		const [sidecar] = (await sandbox.get(sidecars)).items.filter(({metadata}: {metadata: {name: string}}) =>
			metadata.name.startsWith('orders'),
		);
		const egress = [{port: {number: 8080, protocol: 'HTTP', name: 'http'}, bind: '127.0.0.2', hosts: [host]}];
		await sandbox.api(`${sidecars}/${sidecar.metadata.name}`, {
			method: 'PATCH',
			headers: {'content-type': 'application/merge-patch+json'},
			body: {spec: {egress}},
		});
		const {code, stdout, stderr} = await fix('traffic.hosts-entry-missing', '--yes');
		expect(code, stdout + stderr).toBe(0);
		expect((await onVm('cat /etc/hosts')).stdout).toMatch(
			/^127\.0\.0\.2 ledger\.payments\.svc\.cluster\.local # meshboard/,
		);
	}, 40_000);

	test('makes the Service that is missing', async () => {
		await sandbox.api('/api/v1/namespaces/payments/services/orders', {method: 'DELETE'});
		const {code, stdout, stderr} = await fix('service.none-selects', '--yes');
		expect(code, stdout + stderr).toBe(0);
		expect((await sandbox.get('/api/v1/namespaces/payments/services/orders')).spec.selector).toMatchObject({
			app: 'orders',
		});
	}, 40_000);

	test('makes the Sidecar that is missing', async () => {
		const [before] = (await sandbox.get(sidecars)).items.filter(({metadata}: {metadata: {name: string}}) =>
			metadata.name.startsWith('orders'),
		);
		await sandbox.api(`${sidecars}/${before.metadata.name}`, {method: 'DELETE'});
		const {code, stdout, stderr} = await fix('sidecar.missing', '--yes');
		expect(code, stdout + stderr).toBe(0);
		const [after] = (await sandbox.get(sidecars)).items.filter(({metadata}: {metadata: {name: string}}) =>
			metadata.name.startsWith('orders'),
		);
		expect(after.spec.ingress).toMatchObject([{port: {number: 8081}, defaultEndpoint: '127.0.0.1:8081'}]);
	}, 40_000);
});
