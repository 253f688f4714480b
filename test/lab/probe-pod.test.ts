import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Check, Finding} from '../../source/diagnosis/finding.ts';
import {slowLink} from '../helpers/slow-link.ts';
import {begun} from './begun.ts';
import {
	apply,
	closeNamespace,
	eventually,
	kubeconfig,
	kubectl,
	type Meshboard,
	must,
	newMeshboard,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/*
 * The matrix of a team that sees its own namespace only, in which nothing of the mesh runs: a probe pod of the real cluster dials the VM, past
 * an admission that lets nothing privileged in, and is gone afterwards.
 */

const namespace = 'probe';
const name = 'probe-vm';
const image = 'docker.io/lab/base:lab';
const nobody = {metadata: {name: 'probe'}};
let meshboard: Meshboard;
let address = '';

const group = 'rbac.authorization.k8s.io';
const subjects = [{kind: 'User', name: 'tenant', apiGroup: group}];
const reads = [{apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch']}];
const probes = [
	{apiGroups: [''], resources: ['pods'], verbs: ['create', 'patch', 'delete']},
	{apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get']},
];
const role = (where: string, rules: readonly object[]) => [
	{apiVersion: `${group}/v1`, kind: 'Role', metadata: {...nobody.metadata, namespace: where}, rules},
	{
		apiVersion: `${group}/v1`,
		kind: 'RoleBinding',
		metadata: {...nobody.metadata, namespace: where},
		subjects,
		roleRef: {apiGroup: group, kind: 'Role', name: 'probe'},
	},
];

beforeAll(async () => {
	meshboard = newMeshboard({kubeconfig: kubeconfig('tenant')});
	await kubectl(`delete namespace ${namespace} --ignore-not-found`);
	address = await vm.up(name);
	await vm.app(name, 9080, address);
	const labels = {'istio-injection': 'enabled', 'pod-security.kubernetes.io/enforce': 'restricted'};
	await apply([
		{apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace, labels}},
		...entryManifests({name, namespace, ip: address, annotations: {'ssh-user': 'admin'}}),
		...role(namespace, reads),
		...role('istio-system', reads),
	]);
});

afterAll(async () => {
	meshboard.remove();
	await kubectl('-n istio-system delete role,rolebinding probe --ignore-not-found');
	await Promise.all([vm.down(name), closeNamespace(namespace)]);
});

async function check(...words: readonly string[]) {
	const {stdout, stderr} = await meshboard.run(['check', `${name}.${namespace}`, '-o', 'json', ...words], {
		seconds: 120,
	});
	const {results} = JSON.parse(stdout || '{}') as {
		results: ReadonlyArray<{checks: readonly Check[]; findings: readonly Finding[]}>;
	};
	const [result] = results;
	return {
		inbound: result?.checks.find(({id}) => id === 'inbound-9080'),
		found: result?.findings.map(({id}) => id).filter((id) => id.startsWith('network.')),
		whole: `${stdout}${stderr}`,
	};
}
const pods = () => kubectl(`-n ${namespace} get pods -o name`);
const probe = ['--probe-pod', '--probe-image', image] as const;

test('where there is no pod of the mesh it is said what would help; without the rights, which ones are lacking', async () => {
	const {inbound, whole} = await check();
	expect(inbound, whole).toMatchObject({outcome: 'not-done', detail: expect.stringContaining('--probe-pod')});
	const refused = await check(...probe);
	expect(refused.inbound?.detail, refused.whole).toContain(
		`A probe pod in namespace ${namespace} takes rights that you do not have: create pods, patch pods, delete pods, create pods/exec.`,
	);
	expect(await pods()).toBe('');
});

test('with them the pod dials, under an admission that is restricted, and nothing is left of it', async () => {
	await apply(role(namespace, [...reads, ...probes]));
	const open = await check(...probe);
	expect(open.inbound, open.whole).toMatchObject({
		outcome: 'passed',
		from: expect.stringMatching(/^pod probe\/meshboard-probe-/),
	});
	await eventually('the pod gone', 30, async () => (await pods()) === '');
	await vm.block(name, 'in', 9080, 'drop');
	try {
		const blocked = await check(...probe);
		expect(blocked.inbound, blocked.whole).toMatchObject({outcome: 'failed', result: 'filtered'});
		expect(blocked.found).toEqual(['network.vm-unreachable']);
	} finally {
		await vm.unblock(name, 'in', 9080, 'drop');
	}
});

test('an image that cannot be had is told in the words of the cluster, and nothing is left', async () => {
	const {inbound, whole} = await check('--probe-pod', '--probe-image', 'registry.lab:5000/nobody/nothing:1');
	expect(inbound?.outcome, whole).toBe('not-done');
	expect(inbound?.detail).toMatch(/does not come up: Err?ImagePull/);
	await eventually('the pod gone', 30, async () => (await pods()) === '');
});

test('what one left that was killed is removed by the next', async () => {
	const killed = must(process.execPath, ['dist/cli.js', 'check', `${name}.${namespace}`, ...probe, '--watch'], {
		env: meshboard.env,
		seconds: 20,
	}).catch(() => undefined);
	const left = await eventually('a pod', 60, async () => (await pods()) || undefined);
	await killed;
	// As the kubelet does with its deadline.
	await kubectl(`-n ${namespace} patch ${left} --type merge -p`, '{"spec":{"activeDeadlineSeconds":1}}');
	await eventually('its end', 60, async () =>
		(await kubectl(`-n ${namespace} get ${left} -o jsonpath={.status.phase}`)).includes('Failed'),
	);
	const {inbound, whole} = await check(...probe);
	expect(inbound?.outcome, whole).toBe('passed');
	await eventually('all gone', 30, async () => (await pods()) === '');
});

test('one whose cluster is out of reach when it is to go, goes as soon as that answers again', {
	timeout: 120_000,
}, async () => {
	const config = readFileSync(kubeconfig('tenant'), 'utf8');
	const [server, host = '', port = ''] = /https:\/\/([^:\s]+):(\d+)/.exec(config) ?? [''];
	const link = await slowLink(host, Number(port), 0);
	const path = join(meshboard.home, 'by-link.kubeconfig');
	writeFileSync(path, config.replace(server, `https://127.0.0.1:${link.port}`));
	const words = ['check', `${name}.${namespace}`, ...probe, '--watch', '--kubeconfig', path];
	const {child, ended} = await begun(meshboard, words, 'check.flows');
	await eventually('a pod that runs', 60, async () =>
		(await kubectl(`-n ${namespace} get pods -o jsonpath={.items[*].status.phase}`)).includes('Running'),
	);
	link.cut();
	child.kill('SIGINT');
	await new Promise((resolve) => setTimeout(resolve, 4000));
	expect(await pods()).not.toBe('');
	await link.mend();
	await ended;
	expect(await kubectl(`-n ${namespace} get pods --field-selector=status.phase=Running -o name`)).toBe('');
	link.close();
});
