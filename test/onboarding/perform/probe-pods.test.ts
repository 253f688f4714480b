import {afterEach, expect, test} from 'vitest';
import {UserError} from '../../../source/errors.ts';
import {createCluster} from '../../../source/kubernetes/cluster.ts';
import type {KubernetesObject} from '../../../source/mesh/kubernetes-object.ts';
import {createProbePods, leftPod} from '../../../source/onboarding/perform/probe-pods.ts';
import {probeLabels, probePod} from '../../../source/onboarding/probe-pod.ts';
import type {Clock, Cluster} from '../../../source/ports.ts';
import {memoryCluster} from '../../helpers/memory-cluster.ts';
import {openSandbox} from '../../sandbox/open-sandbox.ts';

/* Probe pods: on the API server of the sandbox, and where a pod may not be made or does not come up. */

const closing: Array<() => unknown> = [];
afterEach(async () => {
	for (const close of closing.splice(0).reverse()) await close();
});

const clock: Clock = {
	now: () => new Date(),
	sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20))),
};
const never = new AbortController().signal;
const pod = probePod('bookinfo', 'meshboard-probe-abc', 'busybox');

async function open() {
	const sandbox = await openSandbox();
	const cluster = await createCluster({kubeconfig: sandbox.kubeconfig, env: {}});
	const probes = createProbePods({cluster, clock});
	closing.push(sandbox.close, cluster.close, probes.close);
	const selector = encodeURIComponent(`app.kubernetes.io/name=${probeLabels['app.kubernetes.io/name']}`);
	const names = async (): Promise<string[]> => {
		const {items} = await sandbox.get(`/api/v1/pods?labelSelector=${selector}`);
		return items.map(({metadata}: KubernetesObject) => metadata.name);
	};
	return {sandbox, cluster, probes, names};
}

test('one pod serves all that want it, runs when it is handed on, and is gone at the end', async () => {
	const {cluster, probes, names} = await open();
	const [one, other] = [{}, {}];
	await Promise.all([probes.use(one, pod, never), probes.use(other, pod, never)]);
	expect(await names()).toEqual(['meshboard-probe-abc']);
	const where = {namespace: 'bookinfo', name: 'meshboard-probe-abc', container: 'probe'};
	expect(await cluster.podExec(where, ['sh', '-c', 'echo here'], {timeoutSeconds: 5})).toMatchObject({
		stdout: 'here\n',
	});
	probes.leave(one);
	await probes.use(one, pod, never);
	expect(await names()).toEqual(['meshboard-probe-abc']);
	await probes.close();
	expect(await names()).toEqual([]);
});

test('what a meshboard left that was killed is removed by the next; what another uses is not', async () => {
	const {cluster, probes, names} = await open();
	const left = async (name: string, status: object) => {
		await cluster.apply({group: '', resource: 'pods'}, probePod('bookinfo', name, 'busybox'));
		await cluster.patch({group: '', resource: 'pods'}, 'bookinfo', name, {status});
	};
	await left('meshboard-probe-old', {phase: 'Failed', reason: 'DeadlineExceeded'});
	await left('meshboard-probe-done', {phase: 'Succeeded'});
	await left('meshboard-probe-other', {phase: 'Running'});
	await probes.use({}, pod, never);
	expect((await names()).toSorted()).toEqual(['meshboard-probe-abc', 'meshboard-probe-other']);
});

test('an interrupt while it comes up leaves nothing', async () => {
	const {cluster, names} = await open();
	const stop = new AbortController();
	const slow = createProbePods({
		cluster: {
			...cluster,
			apply: async (...words) => {
				const made = await cluster.apply(...words);
				stop.abort();
				return made;
			},
		},
		clock,
	});
	await slow.use({}, pod, stop.signal);
	await slow.close();
	expect(await names()).toEqual([]);
});

test('a server that is out of reach when it is to be removed is asked again; what it never takes is told', async () => {
	const {cluster, names} = await open();
	let failures = 3;
	const away = new UserError({code: 'cluster.unreachable', message: 'No.', exitCode: 69});
	const remove: Cluster['remove'] = (...words) => (failures-- > 0 ? Promise.reject(away) : cluster.remove(...words));
	const cut = createProbePods({cluster: {...cluster, remove}, clock});
	await cut.use({}, pod, never);
	expect(await cut.close()).toEqual([]);
	expect(await names()).toEqual([]);
	await cut.use({}, pod, never);
	failures = Number.POSITIVE_INFINITY;
	let looks = 0;
	const fast: Clock = {...clock, now: () => new Date(4000 * looks++)};
	const gone = createProbePods({cluster: {...cluster, remove}, clock: fast});
	await gone.use({}, pod, never);
	const [left = ''] = await gone.close();
	expect(left).toBe('bookinfo/meshboard-probe-abc');
	expect(leftPod(left)).toContain('kubectl -n bookinfo delete pod meshboard-probe-abc');
	failures = 0;
	await cut.close();
});

/** A cluster in which a pod that is made has a status from the beginning. */
function answering(status: object | undefined, mayI: boolean[] = [true, true, true, true, true]) {
	const calls: string[] = [];
	const cluster: Cluster = {
		...memoryCluster([]),
		mayI: async () => mayI,
		apply: async (_, object) => {
			calls.push(`make ${object.metadata.name}`);
			return object;
		},
		get: async () => (status === undefined ? undefined : {...pod, status}),
		remove: async (_, namespace, name) => {
			await new Promise((resolve) => setTimeout(resolve, 20));
			calls.push(`remove ${namespace}/${name}`);
			return true;
		},
	};
	return {calls, probes: createProbePods({cluster, clock})};
}

test('who may not exec or remove is told before anything is made', async () => {
	const {calls, probes} = answering({phase: 'Running'}, [true, true, true, false, false]);
	await expect(probes.use({}, pod, never)).rejects.toMatchObject({
		code: 'cluster.forbidden',
		message: 'A probe pod in namespace bookinfo takes rights that you do not have: delete pods, create pods/exec.',
	});
	expect(calls.filter((call) => call.startsWith('make'))).toEqual([]);
});

test.each<[string, object | undefined, RegExp]>([
	[
		'an image that is not there',
		{phase: 'Pending', containerStatuses: [{state: {waiting: {reason: 'ErrImagePull', message: 'not found'}}}]},
		/does not come up: ErrImagePull: not found\.$/,
	],
	[
		'an image without a shell',
		{phase: 'Failed', containerStatuses: [{state: {terminated: {reason: 'StartError', message: 'no sh'}}}]},
		/StartError: no sh\.$/,
	],
	['a pod that somebody removed', undefined, /somebody removed it/],
])('%s is told in the words of the cluster, and the pod is removed', async (_, status, words) => {
	const {calls, probes} = answering(status);
	await expect(probes.use({}, pod, never)).rejects.toMatchObject({message: expect.stringMatching(words)});
	await probes.close();
	expect(calls).toEqual(['make meshboard-probe-abc', 'remove bookinfo/meshboard-probe-abc']);
});
