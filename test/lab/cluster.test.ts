import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createCluster} from '../../source/kubernetes/cluster.ts';
import type {EntriesUpdate} from '../../source/ports.ts';
import {clusterContract} from '../contract/cluster.ts';
import {apply, closeNamespace, eventually, kubeconfig, kubectl, openNamespace} from './harness.ts';
import {entryManifests} from './manifests.ts';

const namespace = 'lab-cluster';

clusterContract('The lab', async () => {
	await openNamespace(namespace);
	return {
		kubeconfig: kubeconfig(),
		namespace,
		pod: {labels: 'app=client', container: 'client'},
		stop: async () => {
			await closeNamespace(namespace);
		},
	};
});

describe('a user with few rights', () => {
	const [own, other] = ['lab-tenant', 'lab-tenant-not'];
	const grant = (...verbs: string[]) =>
		apply([
			{
				apiVersion: 'rbac.authorization.k8s.io/v1',
				kind: 'Role',
				metadata: {name: 'entries', namespace: own},
				rules: [{apiGroups: ['networking.istio.io'], resources: ['workloadentries'], verbs}],
			},
			{
				apiVersion: 'rbac.authorization.k8s.io/v1',
				kind: 'RoleBinding',
				metadata: {name: 'entries', namespace: own},
				roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'entries'},
				subjects: [{kind: 'User', name: 'tenant', apiGroup: 'rbac.authorization.k8s.io'}],
			},
		]);
	/** What a watch of the tenant has told when it is complete, or refused. */
	const watched = async (namespaces: readonly string[]) => {
		const cluster = await createCluster({kubeconfig: kubeconfig('tenant'), env: {}});
		const stop = new AbortController();
		const updates: EntriesUpdate[] = [];
		const done = cluster.watchEntries({namespaces}, (update) => updates.push(update), stop.signal);
		await eventually('an end of the list', 20, async () => {
			const last = updates.at(-1);
			return last !== undefined && (last.complete || last.state.kind === 'denied');
		});
		stop.abort();
		await done;
		cluster.close();
		return {
			state: updates.at(-1)?.state,
			refs: updates.flatMap(({upserted}) => upserted.map((entry) => `${entry.name}.${entry.namespace}`)),
		};
	};

	beforeAll(async () => {
		for (const each of [own, other]) {
			await kubectl(`create namespace ${each}`);
			await apply(entryManifests({name: 'vm', namespace: each, ip: '10.128.0.77'}));
		}
	});
	afterAll(async () => {
		for (const each of [own, other]) await closeNamespace(each);
	});

	test('is told what they may not do, in the words of the API server', async () => {
		expect((await watched([])).state).toMatchObject({
			kind: 'denied',
			reason: expect.stringMatching(/User "tenant" cannot list resource "workloadentries"/),
			error: {code: 'cluster.forbidden', exitCode: 77},
		});
		const cluster = await createCluster({kubeconfig: kubeconfig('tenant'), env: {}});
		await expect(cluster.createToken(own, 'default', 'istio-ca', 3600)).rejects.toMatchObject({
			code: 'token.forbidden',
		});
		await expect(cluster.istiod('istio-system', undefined, '/debug/syncz')).rejects.toMatchObject({
			code: 'cluster.forbidden',
		});
		cluster.close();
	});

	test('sees the namespace of theirs, and no other', async () => {
		await grant('get', 'list', 'watch');
		expect((await watched([own, other])).refs).toEqual([`vm.${own}`]);
		expect((await watched([own])).state).toEqual({kind: 'live'});
	});

	test('keeps the list that they may read and not watch', async () => {
		await grant('get', 'list');
		const {state, refs} = await watched([own]);
		expect(state).toMatchObject({kind: 'stale', reason: expect.stringMatching(/cannot watch resource/)});
		expect(refs).toEqual([`vm.${own}`]);
	});
});
