import {execFile} from 'node:child_process';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Check} from '../../source/diagnosis/finding.ts';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';
import {startPty} from '../helpers/pty.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, newHome, profiles, run} from './process.ts';

/* `check` of the built program where the mesh has no pod that can dial a VM: a probe pod is started when it is asked for, and is gone afterwards. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let home: string;
const names = async (): Promise<readonly string[]> => {
	const {items} = await sandbox.get('/api/v1/pods');
	return items
		.map(({metadata}: KubernetesObject) => metadata.name)
		.filter((name: string) => name.startsWith('meshboard'));
};
beforeAll(async () => {
	sandbox = await openSandbox();
	home = newHome(profiles(JSON.stringify({version: 1, profiles: {default: sandbox.profile}})));
	const {items} = await sandbox.get('/api/v1/pods');
	for (const {metadata} of items as readonly KubernetesObject[])
		if (metadata.namespace !== 'istio-system')
			await sandbox.api(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {method: 'DELETE'});
});
afterAll(() => sandbox.close());

const target = 'orders-vm.payments';
const inbound = (stdout: string) =>
	(JSON.parse(stdout) as {results: Array<{checks: Check[]}>}).results[0]?.checks.find(({id}) =>
		id.startsWith('inbound-'),
	);

test('unasked, nothing is started, and it is said what would', async () => {
	const {code, stdout} = await run(['check', target, '-o', 'json'], home);
	expect(code).toBe(0);
	expect(inbound(stdout)).toMatchObject({outcome: 'not-done', detail: expect.stringContaining('--probe-pod')});
	expect(await names()).toEqual([]);
});

test('with --probe-pod the way is tried from there, also where nobody can be asked, and nothing is left', async () => {
	const {code, stdout, stderr} = await run(
		['check', target, '--probe-pod', '--probe-image', 'busybox:1.37', '-o', 'json'],
		home,
	);
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(inbound(stdout)?.from).toMatch(/^pod payments\/meshboard-probe-[0-9a-f]{6}$/);
	expect(inbound(stdout)?.detail).toContain('refuses');
	expect(await names()).toEqual([]);
});

test('a read-only profile forbids it', async () => {
	expect(await run(['check', target, '--probe-pod', '--read-only'], home)).toMatchObject({code: 77, stdout: ''});
});

test('at a terminal it is shown and asked, and done only with a yes', async () => {
	const pty = startPty(process.execPath, [cli, 'check', target], {
		columns: 160,
		rows: 60,
		cwd: home,
		env: {HOME: home, XDG_CONFIG_HOME: `${home}/config`, XDG_STATE_HOME: `${home}/state`, KUBECONFIG: undefined},
	});
	try {
		const asked = await pty.waitFor('Start this pod for the test?', 30_000);
		expect(asked).toMatch(
			/POST \/api\/v1\/namespaces\/payments\/pods, meshboard-probe-[0-9a-f]{6} of .*no privileges/s,
		);
		expect(await names()).toEqual([]);
		pty.type('y\r');
		await pty.waitFor(/pod payments\/meshboard-probe-/, 30_000);
		expect((await pty.exited).exitCode).toBe(0);
	} finally {
		await pty.close();
	}
	expect(await names()).toEqual([]);
});

test('an interrupt removes it too', async () => {
	const child = execFile(process.execPath, [cli, 'check', target, '--probe-pod', '--watch'], {
		env: {...process.env, HOME: home, XDG_CONFIG_HOME: `${home}/config`, XDG_STATE_HOME: `${home}/state`},
	});
	const ended = new Promise((resolve) => child.once('close', resolve));
	await expect.poll(names, {timeout: 30_000}).not.toEqual([]);
	child.kill('SIGINT');
	await ended;
	expect(await names()).toEqual([]);
});
