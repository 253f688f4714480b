import {describe, expect, it} from 'vitest';
import type {DialAnswer, DialOutcome} from '../../../source/onboarding/action.ts';
import {matrixStep} from '../../../source/onboarding/steps/check/matrix.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive} from '../drive.ts';
import {
	answerOf,
	filter,
	findingsOf,
	gatewayWith,
	idsOf,
	inCluster,
	look,
	options,
	tableOf,
	tcp,
	type World,
} from './matrix-world.ts';

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

	it('are tried several times, from both ends: what is lost now and then is a warning', () => {
		const {outcome} = look({listeners: [tcp('*', 9080)], ways: {9080: 'open'}, lost: 1});
		const warned = (outcome.checks ?? []).filter(({detail}) => detail.endsWith('; 1 of 3 tries did not come through'));
		expect(warned.map(({port, outcome}) => `${port} ${outcome}`)).toEqual(
			[15_012, 15_443, 15_021, 443, 9080].map((port) => `${port} warning`),
		);
	});

	it('prove nothing where the proxy of a package takes them and is not ready', () => {
		const layout = {value: 'package', source: 'flag'} as const;
		const redirected = {layout, interceptionMode: {value: 'REDIRECT', source: 'flag'}} as const;
		const ways = {15012: 'refused', 15443: 'refused', '127.0.0.1:15001': 'refused'} as const;
		const gatewayOf = (world: World) => tableOf(world).filter((row) => /:(15012|15443) /.test(row));
		const vain = {target: redirected, ways} as const;
		expect(gatewayOf(vain)).toEqual(['10.128.0.254:15012 not-done', '10.128.0.254:15443 not-done']);
		expect(idsOf(vain)).toEqual([]);
		const others: readonly World[] = [
			{target: {layout}, ways},
			{target: {...redirected, layout: {value: 'container', source: 'default'}}, ways},
			{target: redirected, ways: {...ways, '127.0.0.1:15001': 'open'}},
			{target: redirected, ways: {...ways, '127.0.0.1:15020': 'refused'}},
		];
		for (const world of others) expect(idsOf(world)).toEqual(['network.gateway-refused']);
	});

	it('cannot be known without gateway, and are not passed', () => {
		expect(tableOf({target: {gateway: undefined}})).toContain(': not-done');
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
	const outside = gatewayWith({address: 'gw.example.com', isIp: false});
	it.each<[string, World, string, string, RegExp]>([
		[
			'that resolves',
			{},
			'passed',
			'resolved',
			/^10\.128\.0\.254; for the proxy the bundle's hosts entry says 10\.\S+$/,
		],
		['that is pinned and not in DNS', {resolves: [2, '']}, 'passed', 'pinned', /^not in DNS, nor need it be: /],
		['that must be in DNS, and is', {target: outside}, 'passed', 'resolved', /^10\.128\.0\.254$/],
		[
			'that must be in DNS, and is not',
			{resolves: [2, ''], target: outside},
			'failed',
			'unresolved',
			/^not in the DNS/,
		],
		['and a VM without getent', {resolves: [127, '']}, 'not-done', 'not-done', /getent/],
	])('%s', (_, world, outcome, result, detail) => {
		const found = look(world).outcome.checks?.find(({id}) => id === 'dns');
		expect(found).toMatchObject({outcome, result, detail: expect.stringMatching(detail)});
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
		const inward = asked.filter((action) => action.kind === 'pod-dial' || (action.kind === 'exec' && action.changes));
		const ended = world.heard === undefined ? ['exec'] : [];
		expect(inward.map(({kind}) => kind)).toEqual(['exec', 'pod-dial', 'pod-dial', ...ended]);
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

it('a gateway that nobody told to pass anything on refuses the VM → gateway.not-exposed', () => {
	const ways = {15012: 'refused', 15443: 'refused'} as const;
	expect(idsOf({ways, bareGateway: true})).toEqual(['gateway.not-exposed']);
	const [found] = findingsOf({ways, bareGateway: true});
	expect(found?.evidence.map(({text}) => text)).toEqual(
		expect.arrayContaining([expect.stringMatching(/^refused after/)]),
	);
	expect(idsOf({ways})).toEqual(['network.gateway-refused']);
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
