import type {Target} from '../../../source/mesh/target.ts';
import type {Action, DialAnswer, DialOutcome} from '../../../source/onboarding/action.ts';
import {matrixStep} from '../../../source/onboarding/steps/check/matrix.ts';
import type {VmFacts} from '../../../source/vm/facts.ts';
import {entryNamed, targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

/* The matrix against a world from a table: how each way ends, what listens on the VM, which rules it has. */

export const options = {task: 'check', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
export const tcp = (address: string, port: number) => ({address, port, process: ''});

export type World = {
	readonly target?: Partial<Target>;
	readonly listeners?: VmFacts['listeners'];
	/** How a way ends, by `host:port`, or by the port alone; what is not named is open from the VM and refused from pods. */
	readonly ways?: Readonly<Record<string, DialOutcome>>;
	/** Of the ways that are open and tried more than once: how many tries are lost. */
	readonly lost?: number;
	/** `iptables-save` on the VM; undefined: it may not be read. */
	readonly rules?: readonly string[];
	/** Endpoints of a Service of the namespace. */
	readonly pods?: readonly string[];
	/** The gateway's Service is there, and nothing beside it. */
	readonly bareGateway?: boolean;
	readonly healthy?: boolean;
	readonly resolves?: readonly [number, string];
	/** Given `--yes`: what was said by what then listens on the VM. */
	readonly heard?: string;
	/** Given `--probe-pod`: how making it ends. */
	readonly probe?: {readonly done: true} | {readonly done: false; readonly text: string};
	/** How a way ends from there. */
	readonly fromProbe?: DialOutcome;
};

export function look(world: World) {
	const target = targetNamed('ratings-vm', 'bookinfo', world.target);
	const vm = {listeners: world.listeners ?? []} as VmFacts;
	const listen = world.heard !== undefined;
	const probe = world.probe === undefined ? {} : {probePod: {name: 'meshboard-probe-abc', image: 'busybox'}};
	return drive(matrixStep, {target, facts: {vm}, options: {...options, listen, ...probe}}, (action) =>
		answerOf(world, action),
	);
}

export function answerOf(world: World, action: Action) {
	const {ways = {}, rules, pods = [], healthy = true, resolves = [0, '10.128.0.254'], heard = ''} = world;
	switch (action.kind) {
		case 'dial':
		case 'pod-dial': {
			if ('by' in action) return dialled(world.fromProbe ?? 'open', action.kind);
			const usual = action.kind === 'dial' || action.port === 22 ? 'open' : 'refused';
			const answer = dialled(ways[`${action.host}:${action.port}`] ?? ways[action.port] ?? usual, action.kind);
			const {tries: made = 1} = action;
			return made === 1
				? answer
				: {...answer, tries: {made, open: made - (world.lost ?? 0), fastest: 12, slowest: 1040}};
		}
		case 'probe-pod':
			return world.probe;
		case 'http':
			return {ok: true, status: healthy ? 200 : 503, body: ''};
		case 'list':
			if (action.resource.resource === 'services' && world.bareGateway) return {done: true, objects: [bareGateway]};
			return {done: true, objects: objectsOf(action.resource.resource, pods)};
		case 'exec': {
			if (action.command.startsWith('getent ')) return {...ran(resolves[1], resolves[0]), ms: 3};
			if (action.changes) return ran(heard);
			if (!action.command.includes('iptables-save')) return {...ran(), ms: 20};
			return ran(rules === undefined ? '=iptables 1' : ['=iptables 0', ...rules.map((rule) => `|${rule}`)].join('\n'));
		}
		default:
			throw new Error(`not asked for: ${action.kind}`);
	}
}

const bareGateway = {
	metadata: {name: 'istio-eastwestgateway', namespace: 'istio-system'},
	spec: {selector: {istio: 'eastwestgateway'}},
};

const dialled = (outcome: DialOutcome, kind: string): DialAnswer => ({
	outcome,
	ms: 12,
	text: `it was ${outcome}`,
	chain: [],
	from: kind === 'dial' ? 'vm istio-proxy@10.128.0.2:22' : 'pod bookinfo/client',
});

function objectsOf(resource: string, pods: readonly string[]): readonly object[] {
	if (resource === 'nodes')
		return [
			{
				metadata: {name: 'node'},
				spec: {podCIDRs: ['10.20.0.0/16']},
				status: {addresses: [{type: 'InternalIP', address: '192.0.2.7'}]},
			},
		];
	if (resource === 'services')
		return [{kind: 'Service', metadata: {name: 'details', namespace: 'bookinfo'}, spec: {ports: [{port: 80}]}}];
	if (resource !== 'endpointslices') return [];
	return [
		{
			metadata: {name: 'details-a', namespace: 'bookinfo', labels: {'kubernetes.io/service-name': 'details'}},
			ports: [{port: 9080}],
			endpoints: pods.map((address) => ({addresses: [address], targetRef: {kind: 'Pod'}})),
		},
	];
}

export const tableOf = (world: World) =>
	(look(world).outcome.checks ?? []).map(({to = '', port = '', outcome}) => `${to}:${port} ${outcome}`);
export const findingsOf = (world: World) => look(world).outcome.findings ?? [];
export const idsOf = (world: World) => findingsOf(world).map(({id}) => id);
export const filter = (...rules: string[]) => [
	'*filter',
	':INPUT ACCEPT [0:0]',
	':OUTPUT ACCEPT [0:0]',
	...rules,
	'COMMIT',
];
export const gatewayWith = (change: object): Partial<Target> => {
	const {gateway} = targetNamed('a', 'b');
	return gateway === undefined ? {} : {gateway: {...gateway, ...change}};
};
export const inCluster: Partial<Target> = {entry: entryNamed('ratings-vm', 'bookinfo', {network: 'cluster-net'})};
