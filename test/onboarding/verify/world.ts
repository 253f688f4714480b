import {createHash} from 'node:crypto';
import type {KubernetesObject} from '../../../source/mesh/kubernetes-object.ts';
import type {Target} from '../../../source/mesh/target.ts';
import type {
	Action,
	DialAnswer,
	HttpAnswer,
	IstiodAnswer,
	ListAnswer,
	PodAnswer,
} from '../../../source/onboarding/action.ts';
import type {Facts, Step} from '../../../source/onboarding/step.ts';
import {verifySteps} from '../../../source/onboarding/steps/verify/index.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

export const service = (
	ports: readonly object[] = [{name: 'http', port: 9080}],
	name = 'ratings',
): KubernetesObject => ({
	metadata: {name, namespace: 'bookinfo'},
	spec: {selector: {app: 'ratings'}, ports},
});
export const target = targetNamed('ratings-vm', 'bookinfo', {services: [service()]});
export const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
export const now = Date.parse('2026-08-27T10:00:00Z') / 1000;
export const ok = (body: unknown, status = 200): HttpAnswer => ({
	ok: true,
	status,
	body: typeof body === 'string' ? body : JSON.stringify(body),
});
export const spiffe = 'spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings';
export const tokenOf = (change: object = {}) =>
	Buffer.from(
		JSON.stringify({
			aud: ['istio-ca'],
			sub: 'system:serviceaccount:bookinfo:bookinfo-ratings',
			exp: now + 3600,
			...change,
		}),
	).toString('base64url');

/** A VM whose proxy is in the mesh; a test changes what it is about. */
export type World = {
	http: Record<string, () => HttpAnswer>;
	inspect: () => {Status: string; RestartCount: number; ExitCode: number; Env?: readonly string[]} | undefined;
	log: () => string;
	root: string;
	payload: string;
	istiod: () => IstiodAnswer;
	/** Of the cluster, by resource. */
	objects: Record<string, readonly KubernetesObject[]>;
	request: () => PodAnswer;
	dial: DialAnswer['outcome'];
	waited: number;
};

function healthy(): World {
	let requests = 0;
	return {
		http: {
			'15021/healthz/ready': () => ok(''),
			'15000/server_info': () =>
				ok({
					version: 'x/1.40.0/Clean/RELEASE',
					node: {id: 'sidecar~10.128.0.2~ratings-vm.bookinfo~bookinfo.svc.cluster.local'},
				}),
			'15000/certs': () =>
				ok({
					certificates: [
						{
							cert_chain: [
								{
									subject_alt_names: [{uri: spiffe}],
									days_until_expiration: '0',
									expiration_time: '2026-08-28T10:00:00Z',
								},
							],
						},
					],
				}),
			'15000/listeners?format=json': () => ok(listeners('10.128.0.2', 9080)),
			'15000/config_dump?resource=dynamic_listeners&mask=name,error_state.details': () => ok({configs: []}),
			'15000/clusters?format=json': () => ok(clusters({rq_total: requests++})),
		},
		inspect: () => ({Status: 'running', RestartCount: 0, ExitCode: 0}),
		log: () => '',
		root: target.mesh?.rootCertificate ?? '',
		payload: tokenOf(),
		istiod: () => ({
			done: true,
			pods: [
				{pod: 'istiod-a', status: 200, body: '[]'},
				{pod: 'istiod-b', status: 200, body: syncz({cluster_sent: 'a', cluster_acked: 'a'})},
			],
		}),
		objects: {},
		request: () => ({done: true, pod: 'bookinfo/client', status: 200, body: 'ratings', text: 'ratings'}),
		dial: 'open',
		waited: 0,
	};
}

export function listeners(address: string, port: number) {
	return {listener_statuses: [{name: 'in', local_address: {socket_address: {address, port_value: port}}}]};
}

export function clusters(stats: Readonly<Record<string, number>>) {
	const list = Object.entries(stats).map(([name, value]) => ({name, value: String(value)}));
	const address = {socket_address: {address: '127.0.0.1', port_value: 9080}};
	return {cluster_statuses: [{name: 'inbound|9080||', host_statuses: [{address, stats: list}]}]};
}

export function syncz(status: object): string {
	return JSON.stringify([{proxy: 'ratings-vm.bookinfo', ...status}]);
}

function answer(world: World, action: Action): unknown {
	switch (action.kind) {
		case 'http':
			return world.http[`${action.port}${action.path}`]?.() ?? {ok: false, text: 'connection refused'};
		case 'wait':
			world.waited += action.seconds;
			return undefined;
		case 'list':
			return {done: true, objects: world.objects[action.resource.resource] ?? []} satisfies ListAnswer;
		case 'istiod':
			return world.istiod();
		case 'pod-request':
			return world.request();
		case 'pod-dial':
			return {outcome: world.dial, ms: 1, text: '', chain: [], from: 'pod bookinfo/client'} satisfies DialAnswer;
		case 'exec': {
			if (action.command === 'date -u +%s') return ran(`${now}\n`);
			if (action.command.startsWith('docker logs')) return ran(world.log());
			if (action.command.startsWith('cut')) return ran(`${world.payload}\n`);
			if (action.command.includes('sha256sum'))
				return ran(`${createHash('sha256').update(world.root).digest('hex')}  istio-ca.pem\n`);
			const state = world.inspect();
			return state === undefined
				? ran('[]', 1, 'Error: No such container: istio-proxy')
				: ran(JSON.stringify([{RestartCount: state.RestartCount, State: state, Config: {Env: state.Env ?? []}}]));
		}
		default:
			throw new Error(`not asked by verify: ${action.kind}`);
	}
}

export function verify(
	id: string,
	change: (world: World) => void = () => {},
	about: {target?: Target; facts?: Facts} = {},
) {
	const world = healthy();
	change(world);
	const step = verifySteps.find((candidate) => candidate.id === `verify.${id}`) as Step;
	const {outcome, asked} = drive(step, {target, facts: {}, options, ...about}, (action) => answer(world, action));
	return {...outcome, asked, waited: world.waited, cause: outcome.findings?.[0]?.id};
}
