import {connect as connectTcp, createServer} from 'node:net';
import {describe, expect, test} from 'vitest';
import {UserError} from '../../../source/errors.ts';
import type {KubernetesObject} from '../../../source/mesh/kubernetes-object.ts';
import type {Dial, Http, PodDial, Write} from '../../../source/onboarding/action.ts';
import {findMeshPods} from '../../../source/onboarding/mesh-pod.ts';
import {dialFromVm} from '../../../source/onboarding/perform/dial.ts';
import {getFromVm} from '../../../source/onboarding/perform/http.ts';
import {createPerformer} from '../../../source/onboarding/perform/performer.ts';
import {createPodDialer} from '../../../source/onboarding/perform/pod-dialer.ts';
import {writeFiles} from '../../../source/onboarding/perform/write.ts';
import type {Cluster, Connector, DialResult, ExecResult, RemoteHost} from '../../../source/ports.ts';
import {memoryCluster} from '../../helpers/memory-cluster.ts';
import {noProbes} from '../../helpers/no-probes.ts';
import {scriptedHost} from '../../helpers/scripted-host.ts';
import {targetNamed} from '../../helpers/target.ts';

/* Silence has two reasons: the port, or the VM. Blaming a firewall for a VM that is off the network would send a person the wrong way. */

const signal = new AbortController().signal;
const dial: Dial = {kind: 'dial', host: 'gateway', port: 15012, timeoutSeconds: 1};
const http: Http = {kind: 'http', port: 15021, path: '/healthz/ready'};
const write: Write = {
	kind: 'write',
	as: 'user',
	directory: '/etc/istio-proxy',
	files: [{name: 'sidecar.env', mode: 0o600, content: 'A=1'}],
	changes: true,
};
const lost = {ended: 'lost', code: undefined} as const;
const isLost = {
	code: 'ssh.connection-lost',
	exitCode: 69,
	evidence: [{source: 'ssh admin@10.128.0.2:22', text: 'no sign of life for 20 s'}],
};

/** A VM that dials as told, and whose commands end as told. */
function vmThat(dialled: () => Promise<DialResult>, end: Partial<ExecResult>): RemoteHost {
	const closed = end.ended === 'lost' ? Promise.resolve('no sign of life for 20 s') : new Promise<string>(() => {});
	return {...scriptedHost(() => end), closed, dial: dialled};
}
const silent = (failure: 'filtered' | 'lost') => () =>
	Promise.resolve({ok: false, failure, text: 'no answer within 1 s'} as const);
const refused = () => Promise.resolve({ok: false, failure: 'refused', text: 'Connection refused'} as const);

test.each(['filtered', 'lost'] as const)('a port without an answer (%s) on a VM that is gone', async (failure) => {
	await expect(dialFromVm(vmThat(silent(failure), lost), dial, signal)).rejects.toMatchObject(isLost);
	await expect(getFromVm(vmThat(silent(failure), lost), http, signal)).rejects.toMatchObject(isLost);
});

test('a port without an answer on a VM that answers', async () => {
	expect(await dialFromVm(vmThat(silent('filtered'), {}), dial, signal)).toMatchObject({outcome: 'filtered'});
	expect(await getFromVm(vmThat(silent('filtered'), {}), http, signal)).toMatchObject({ok: false});
});

test('a port that refuses says itself that the VM is there', async () => {
	expect(await dialFromVm(vmThat(refused, lost), dial, signal)).toMatchObject({outcome: 'refused'});
	expect(await getFromVm(vmThat(refused, lost), http, signal)).toMatchObject({ok: false});
});

test('a connection that ends under a request, since the VM is gone', async () => {
	const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
	const opened = async (): Promise<DialResult> => {
		const address = server.address();
		const stream = connectTcp(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
		return {ok: true, stream};
	};
	await expect(getFromVm(vmThat(opened, lost), http, signal)).rejects.toMatchObject(isLost);
	await expect(
		dialFromVm(vmThat(opened, lost), {...dial, tls: {serverName: 'istiod', rootCertificate: '', named: true}}, signal),
	).rejects.toMatchObject(isLost);
	expect(await getFromVm(vmThat(opened, {}), http, signal)).toMatchObject({ok: false});
	server.close();
});

test('files that were on their way are not told as a lack of room or rights', async () => {
	await expect(writeFiles(vmThat(refused, lost), write, undefined, signal)).rejects.toMatchObject(isLost);
	await expect(
		writeFiles(vmThat(refused, {code: 1, stderr: 'sh: No space left on device'}), write, undefined, signal),
	).rejects.toMatchObject({code: 'vm.disk-unwritable'});
});

describe('pods get no answer from a VM', () => {
	const pod: KubernetesObject = {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: {name: 'client', namespace: 'bookinfo'},
		spec: {containers: [{name: 'client'}, {name: 'istio-proxy'}]},
		status: {phase: 'Running', conditions: [{type: 'Ready', status: 'True'}]},
	};
	const action: PodDial = {kind: 'pod-dial', host: '10.128.0.2', port: 9080, timeoutSeconds: 1};
	const dialWith = (connect: Connector['connect']) => {
		const cluster: Cluster = {
			...memoryCluster([pod]),
			podExec: async () => ({code: 0, stdout: 'begun\n0|* Connection timed out\n0|\n', stderr: ''}),
		};
		const target = targetNamed('ratings-vm', 'bookinfo');
		const performer = createPerformer({
			cluster,
			connector: {connect, publicKey: () => Promise.resolve('')},
			prompts: {ask: async () => undefined},
			clock: {now: () => new Date(), sleep: () => Promise.resolve()},
			probes: noProbes,
			meshPods: (namespace) => findMeshPods(cluster, namespace),
			dialFrom: createPodDialer(cluster),
			resolve: () => Promise.resolve(target),
			localFile: () => Promise.reject(new Error('no file')),
			imageArchive: async () => ({names: [], format: 'docker', architecture: ''}),
			onSecret: () => undefined,
		});
		return performer.perform(action, target, () => undefined, signal);
	};
	const refusing = (code: string, exitCode: 69 | 77) => () =>
		Promise.reject(new UserError({code, message: 'No.', exitCode}));

	test('that answers us', async () => {
		expect(await dialWith(async () => vmThat(refused, {}))).toMatchObject({outcome: 'filtered'});
	});

	test('that is gone', async () => {
		await expect(dialWith(async () => vmThat(refused, lost))).rejects.toMatchObject(isLost);
		await expect(dialWith(refusing('ssh.timeout', 69))).rejects.toMatchObject({code: 'ssh.timeout'});
	});

	test('that is there and does not let us in: what pods see is still told', async () => {
		expect(await dialWith(refusing('ssh.auth-failed', 77))).toMatchObject({outcome: 'filtered'});
	});
});
