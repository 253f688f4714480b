import {describe, expect, it} from 'vitest';
import type {Target} from '../../../source/mesh/target.ts';
import type {DialAnswer, DialOutcome} from '../../../source/onboarding/action.ts';
import {matrixStep} from '../../../source/onboarding/steps/check/matrix.ts';
import type {VmFacts} from '../../../source/vm/facts.ts';
import {entryNamed, targetNamed} from '../../helpers/target.ts';
import {type Asked, drive, ran} from '../drive.ts';

const options = {task: 'check', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const tcp = (address: string, port: number) => ({address, port, process: ''});

type World = {
	readonly target?: Partial<Target>;
	readonly listeners?: VmFacts['listeners'];
	/** How a way ends, by `host:port`, or by the port alone; what is not named is open from the VM and refused from pods. */
	readonly ways?: Readonly<Record<string, DialOutcome>>;
	/** `iptables-save` on the VM; undefined: it may not be read. */
	readonly rules?: readonly string[];
	/** Endpoints of a Service of the namespace. */
	readonly pods?: readonly string[];
	readonly healthy?: boolean;
	readonly resolves?: readonly [number, string];
	/** Given `--yes`: what was said by what then listens on the VM. */
	readonly heard?: string;
	/** Given `--probe-pod`: how making it ends. */
	readonly probe?: {readonly done: true} | {readonly done: false; readonly text: string};
	/** How a way ends from there. */
	readonly fromProbe?: DialOutcome;
};

function look(world: World) {
	const target = targetNamed('ratings-vm', 'bookinfo', world.target);
	const vm = {listeners: world.listeners ?? []} as VmFacts;
	const listen = world.heard !== undefined;
	const probe = world.probe === undefined ? {} : {probePod: {name: 'meshboard-probe-abc', image: 'busybox'}};
	return drive(matrixStep, {target, facts: {vm}, options: {...options, listen, ...probe}}, (action) =>
		answerOf(world, action),
	);
}

function answerOf(world: World, action: Asked) {
	const {ways = {}, rules, pods = [], healthy = true, resolves = [0, '10.128.0.254'], heard = ''} = world;
	switch (action.kind) {
		case 'dial':
		case 'pod-dial': {
			if ('by' in action) return dialled(world.fromProbe ?? 'open', action.kind);
			const usual = action.kind === 'dial' || action.port === 22 ? 'open' : 'refused';
			return dialled(ways[`${action.host}:${action.port}`] ?? ways[action.port] ?? usual, action.kind);
		}
		case 'probe-pod':
			return world.probe;
		case 'http':
			return {ok: true, status: healthy ? 200 : 503, body: ''};
		case 'list':
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

const tableOf = (world: World) =>
	(look(world).outcome.checks ?? []).map(({to = '', port = '', outcome}) => `${to}:${port} ${outcome}`);
const findingsOf = (world: World) => look(world).outcome.findings ?? [];
const idsOf = (world: World) => findingsOf(world).map(({id}) => id);
const filter = (...rules: string[]) => ['*filter', ':INPUT ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ...rules, 'COMMIT'];
const gatewayWith = (change: object): Partial<Target> => {
	const {gateway} = targetNamed('a', 'b');
	return gateway === undefined ? {} : {gateway: {...gateway, ...change}};
};
const inCluster: Partial<Target> = {entry: entryNamed('ratings-vm', 'bookinfo', {network: 'cluster-net'})};

describe('the ways', () => {
	it('of a VM in a network of its own', () => {
		expect(tableOf({listeners: [tcp('*', 9080)], ways: {9080: 'open'}})).toEqual([
			'10.128.0.2:22 passed',
			'istiod.istio-system.svc: passed',
			'10.128.0.254:15012 passed',
			'10.128.0.254:15443 passed',
			'10.128.0.254:15021 passed',
			'registry-1.docker.io:443 passed',
			'10.128.0.2:9080 passed',
		]);
	});

	it("of a VM in the cluster's network: also to pods", () => {
		expect(tableOf({target: inCluster, pods: ['10.20.0.1', '10.20.0.2']})).toEqual(
			expect.arrayContaining(['10.20.0.1:9080 passed', '10.20.0.2:9080 passed']),
		);
	});

	it('to telemetry, where the mesh sends it and the gateway has the port', () => {
		const config = {
			tracing: {zipkin: {address: 'zipkin.istio-system:9411'}},
			envoyAccessLogService: {address: 'oap.istio-system:11800'},
		};
		const {mesh} = targetNamed('a', 'b');
		const target = (ports: readonly number[]) => ({
			...gatewayWith({ports}),
			...(mesh && {mesh: {...mesh, proxyConfig: config}}),
		});
		expect(tableOf({target: target([15_012, 15_443, 9411, 11_800])})).toEqual(
			expect.arrayContaining(['10.128.0.254:9411 passed', '10.128.0.254:11800 passed']),
		);
		expect(tableOf({target: target([15_012, 15_443])}).join()).not.toMatch(/9411|11800/);
	});

	it("from pods to the proxy's health, where one listens", () => {
		const world = {listeners: [tcp('*', 15_021)], ways: {'10.128.0.2:15021': 'open'}} as const;
		expect(tableOf(world)).toContain('10.128.0.2:15021 passed');
		expect(tableOf({})).not.toContain('10.128.0.2:15021 passed');
	});

	it('are all tried at once', () => {
		const {asked} = look({});
		expect(asked.slice(0, 8).map(({kind}) => kind)).toEqual([
			'exec',
			'exec',
			'dial',
			'dial',
			'dial',
			'dial',
			'pod-dial',
			'pod-dial',
		]);
		expect(asked).toHaveLength(8);
	});

	it('cannot be known without gateway, and are not passed', () => {
		expect(tableOf({target: {gateway: undefined}})).toContain(': not-done');
	});
});

describe('each way says', () => {
	const checkOf = (world: World, id: string) => look(world).outcome.checks?.find((check) => check.id === id);

	it('what takes it, and what came of it in a word', () => {
		const checks = look({listeners: [tcp('*', 9080)], ways: {9080: 'open', 15021: 'reset'}}).outcome.checks ?? [];
		expect(checks.filter(({why}) => why === undefined)).toEqual([]);
		expect(checks.map(({id, result}) => `${id} ${result}`)).toEqual([
			'ssh open',
			'dns resolved',
			'gateway.istiod open',
			'gateway.services open',
			'gateway.15021 reset',
			'registry open',
			'inbound-9080 open',
		]);
	});

	it('which finding tells why it is closed', () => {
		expect(checkOf({ways: {15012: 'filtered'}}, 'gateway.istiod')).toMatchObject({
			result: 'filtered',
			finding: 'network.gateway-blocked',
		});
		expect(checkOf({ways: {15012: 'tls-untrusted'}}, 'gateway.istiod')).toMatchObject({
			result: 'tls-intercepted',
			finding: 'network.tls-intercepted',
		});
		expect(checkOf({ways: {9080: 'filtered'}}, 'inbound-9080')?.finding).toBe('network.vm-unreachable');
		expect(checkOf({}, 'gateway.istiod')).not.toHaveProperty('finding');
	});

	it('that large packets get lost, where ping shows it', () => {
		const target = targetNamed('ratings-vm', 'bookinfo');
		const {outcome} = drive(matrixStep, {target, facts: {}, options}, (action) =>
			action.kind === 'exec' && action.command.startsWith('ping ')
				? ran('', action.command.includes('1372') ? 1 : 0)
				: answerOf({ways: {15012: 'tls-timeout'}}, action),
		);
		expect(outcome.checks?.find(({id}) => id === 'gateway.istiod')).toMatchObject({
			result: 'mtu',
			finding: 'network.mtu',
			detail: expect.stringContaining('500 bytes pass, 1372 do not'),
		});
	});

	it('whose rule closes it and the rule to ask for, where that is worth no finding', () => {
		const world = {ways: {15021: 'filtered'}, rules: filter('-A OUTPUT -p tcp --dport 15021 -j DROP')} as const;
		expect(idsOf(world)).toEqual([]);
		const {block, outcome} = checkOf(world, 'gateway.15021') ?? {};
		expect(outcome).toBe('warning');
		expect(block?.remedy.text).toMatch(/own firewall drops it\. Allow TCP port 15021 from the VM/);
		expect(block?.evidence).toEqual([
			{source: 'iptables-save on the VM', text: '-A OUTPUT -p tcp --dport 15021 -j DROP'},
		]);
		expect(block?.remedy.rules?.['ufw']).toBe('sudo ufw allow out proto tcp to 10.128.0.254 port 15021');
		expect(checkOf({...world, ways: {15021: 'tls-untrusted'}}, 'gateway.15021')).not.toHaveProperty('block');
	});

	it('the fault of the gateway, where that explains it', () => {
		const {problems} = targetNamed('a', 'b');
		const broken = {...problems[0], id: 'gateway.not-ready', severity: 'error', target: 'x', summary: '', evidence: []};
		const target = {problems: [{...broken, remedy: {text: ''}}]} as Partial<Target>;
		const check = checkOf({target, ways: {15012: 'refused', 15021: 'refused'}}, 'gateway.istiod');
		expect(check).toMatchObject({finding: 'gateway.not-ready'});
		expect(check).not.toHaveProperty('block');
	});
});

describe('a way that is tried several times', () => {
	const detailOf = (tries: DialAnswer['tries']) => {
		const target = targetNamed('ratings-vm', 'bookinfo');
		const {outcome} = drive(matrixStep, {target, facts: {}, options}, (action) => {
			const usual = answerOf({}, action);
			return action.kind === 'dial' ? {...usual, tries} : usual;
		});
		return outcome.checks?.find(({id}) => id === 'gateway.istiod');
	};

	it('tells how long they took', () => {
		const check = detailOf({made: 3, open: 3, fastest: 2, slowest: 1040});
		expect(check).toMatchObject({outcome: 'passed', detail: expect.stringContaining('3 tries in 2 to 1040 ms')});
	});

	it('is worth a warning where some are lost', () => {
		const check = detailOf({made: 3, open: 2, fastest: 2, slowest: 4});
		expect(check).toMatchObject({outcome: 'warning', detail: expect.stringContaining('1 of 3 tries')});
	});

	it('is asked for from the VM', () => {
		expect(
			look({})
				.asked.filter(({kind}) => kind === 'dial')
				.every((action) => 'tries' in action && action.tries === 3),
		).toBe(true);
	});
});

describe('a name', () => {
	it.each<[string, World, string]>([
		['that resolves', {}, 'passed'],
		['that is pinned and does not resolve', {resolves: [2, '']}, 'passed'],
		[
			'that must resolve, and does not',
			{resolves: [2, ''], target: gatewayWith({address: 'gw.example.com', isIp: false})},
			'failed',
		],
		['and a VM without getent', {resolves: [127, '']}, 'not-done'],
	])('%s', (_, world, expected) => {
		const {outcome} = look(world);
		expect(outcome.checks?.find(({id}) => id === 'dns')?.outcome).toBe(expected);
	});
});

describe('from pods to the VM', () => {
	const listening = [tcp('10.128.0.2', 9080)];
	it.each<[string, World, string, readonly string[]]>([
		['open', {ways: {9080: 'open'}, listeners: listening}, 'passed', []],
		['refused where nothing listens: nobody home, or a rule', {}, 'not-done', []],
		['refused where only loopback listens', {listeners: [tcp('127.0.0.1', 9080)]}, 'not-done', []],
		['refused where the proxy listens: a rule rejects', {listeners: listening}, 'failed', ['network.vm-unreachable']],
		['refused where everything listens', {listeners: [tcp('*', 9080)]}, 'failed', ['network.vm-unreachable']],
		['no answer', {ways: {9080: 'filtered'}}, 'failed', ['network.vm-unreachable']],
		[
			'no answer from the proxy',
			{ways: {9080: 'filtered'}, listeners: listening},
			'failed',
			['network.vm-unreachable'],
		],
		['no pod can try', {ways: {9080: 'not-done'}}, 'not-done', []],
	])('%s', (_, world, expected, ids) => {
		expect(look(world).outcome.checks?.find(({id}) => id === 'inbound-9080')?.outcome).toBe(expected);
		expect(idsOf(world)).toEqual(ids);
	});

	it.each<[string, World, string, readonly string[]]>([
		['and the way is open', {ways: {9080: 'open'}}, 'passed', []],
		['and a rule rejects', {}, 'failed', ['network.vm-unreachable']],
		['and a rule drops', {ways: {9080: 'filtered'}}, 'failed', ['network.vm-unreachable']],
		['and the VM has nothing to listen with', {heard: 'no tool\n'}, 'not-done', []],
	])('agreed to, meshboard listens where nobody does, %s', (_, world, expected, ids) => {
		const {outcome, asked} = look({heard: 'listening 9080\n', ...world});
		expect(outcome.checks?.find(({id}) => id === 'inbound-9080')?.outcome).toBe(expected);
		expect((outcome.findings ?? []).map(({id}) => id)).toEqual(ids);
		const changing = asked.filter((action) => action.kind === 'exec' && action.changes);
		expect(changing).toHaveLength(world.heard === undefined ? 2 : 1);
		expect(asked[0]).toBe(changing[0]);
	});

	it('agreed to, what listens already is left alone', () => {
		const {asked} = look({heard: '', ways: {9080: 'open'}, listeners: listening});
		expect(asked.filter((action) => action.kind === 'exec' && action.changes)).toEqual([]);
	});

	it('without consent nothing listens, and it is said what would', () => {
		const {outcome} = look({});
		expect(outcome.checks?.find(({id}) => id === 'inbound-9080')?.detail).toContain('with --yes');
	});

	it.each<[boolean, readonly string[]]>([
		[true, ['network.health-port-blocked']],
		[false, []],
	])('health that is closed, of a proxy that answers: %s', (healthy, ids) => {
		expect(idsOf({healthy, listeners: [tcp('*', 15_021)], ways: {'10.128.0.2:15021': 'filtered'}})).toEqual(ids);
	});
});

describe('where no pod of the mesh can dial', () => {
	const none = {ways: {9080: 'not-done', 22: 'not-done'}} as const;
	const inbound = (world: World) => look(world).outcome.checks?.find(({id}) => id === 'inbound-9080');
	const probes = (world: World) => look(world).asked.filter(({kind}) => kind === 'probe-pod');

	it('unasked no pod is started, and it is said what would', () => {
		expect(inbound(none)?.detail).toContain('--probe-pod starts one');
		expect(probes(none)).toEqual([]);
	});

	it.each<[DialOutcome, string, readonly string[]]>([
		['open', 'passed', []],
		['filtered', 'failed', ['network.vm-unreachable']],
		['refused', 'not-done', []],
	])('agreed to, a probe pod does: %s', (fromProbe, outcome, ids) => {
		const world = {...none, probe: {done: true}, fromProbe} as const;
		expect(inbound(world)?.outcome).toBe(outcome);
		expect(idsOf(world)).toEqual(ids);
		expect(probes(world)).toHaveLength(1);
	});

	it('agreed to, none is started where a pod of the mesh can', () => {
		expect(probes({ways: {9080: 'open'}, probe: {done: true}})).toEqual([]);
	});

	it('one that does not come up is told beside the reason for it', () => {
		expect(inbound({...none, probe: {done: false, text: 'no rights'}})?.detail).toBe('it was not-done; no rights');
	});

	it('what listens for the moment of the test does so anew, since a pod takes a while', () => {
		const {asked, outcome} = look({...none, probe: {done: true}, heard: 'listening 9080\n'});
		expect(outcome.checks?.find(({id}) => id === 'inbound-9080')?.outcome).toBe('passed');
		const kinds = asked.flatMap((action) =>
			action.kind === 'probe-pod'
				? ['pod']
				: action.kind === 'exec' && action.changes
					? [action.command.includes('LISTENS') && action.command.includes('listen(') ? 'listen' : 'hush']
					: [],
		);
		expect(kinds).toEqual(['listen', 'pod', 'hush', 'listen', 'hush']);
	});
});

describe('pods that are not reached', () => {
	const world = {target: inCluster, pods: ['10.20.0.1']} as const;
	it.each<[DialOutcome, readonly string[]]>([
		['open', []],
		['filtered', ['network.pods-unreachable']],
		['refused', ['network.pods-unreachable']],
		['not-done', []],
	])('%s', (outcome, ids) => {
		expect(idsOf({...world, ways: {'10.20.0.1:9080': outcome}})).toEqual(ids);
	});

	it('are no news where the gateway is not reached either', () => {
		const ways = {'10.20.0.1:9080': 'filtered', 15012: 'filtered', 15443: 'filtered'} as const;
		expect(idsOf({...world, ways})).toEqual(['network.gateway-blocked']);
	});
});

describe('whose rule it is', () => {
	const out = {ways: {15012: 'filtered'}} as const;
	it.each<[string, World, RegExp, string]>([
		['not readable', out, /could not be read/, 'gcloud'],
		['no rule of the VM', {...out, rules: filter()}, /let it pass: it is the network/, 'gcloud'],
		[
			'a drop on the VM',
			{...out, rules: filter('-A OUTPUT -p tcp --dport 15012 -j DROP')},
			/own firewall drops it/,
			'ufw',
		],
		[
			'a reject on the VM',
			{ways: {15012: 'refused'}, rules: filter('-A OUTPUT -p tcp --dport 15012 -j REJECT')},
			/own firewall rejects it/,
			'ufw',
		],
		['perhaps', {...out, rules: filter('-A OUTPUT -o eth0 -j DROP')}, /perhaps drops it/, 'ufw'],
		[
			'a drop of what comes in',
			{ways: {9080: 'filtered'}, rules: filter('-A INPUT -p tcp --dport 9080 -j DROP')},
			/own firewall drops it/,
			'ufw',
		],
		[
			'a drop of something else',
			{ways: {9080: 'filtered'}, rules: filter('-A INPUT -p tcp --dport 9081 -j DROP')},
			/it is the network/,
			'gcloud',
		],
	])('%s', (_, world, words, first) => {
		const [found] = findingsOf(world);
		expect(found?.remedy.text).toMatch(words);
		expect(found?.remedy.text).toMatch(/Allow TCP port/);
		expect(Object.keys(found?.remedy.rules ?? {})).toHaveLength(6);
		expect(Object.keys(found?.remedy.rules ?? {})[0]).toBe(first);
	});

	it('is asked for only when something is blocked', () => {
		const probes = (world: World) =>
			look(world).asked.filter((action) => action.kind === 'exec' && action.command.includes('iptables'));
		expect(probes({})).toEqual([]);
		expect(probes(out)).not.toEqual([]);
	});

	it('names where pods come from', () => {
		const [found] = findingsOf({ways: {9080: 'filtered'}});
		expect(found?.remedy.rules?.['ufw']).toBe(
			'sudo ufw allow proto tcp from 10.20.0.0/16 to any port 9080\nsudo ufw allow proto tcp from 192.0.2.7 to any port 9080',
		);
	});
});
