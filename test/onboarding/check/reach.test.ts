import {describe, expect, it} from 'vitest';
import {finding} from '../../../source/diagnosis/catalogue.ts';
import type {Target} from '../../../source/mesh/target.ts';
import type {Action, DialAnswer, DialOutcome} from '../../../source/onboarding/action.ts';
import {gatewayStep} from '../../../source/onboarding/steps/check/gateway.ts';
import {inboundStep} from '../../../source/onboarding/steps/check/inbound.ts';
import {objectsStep} from '../../../source/onboarding/steps/check/objects.ts';
import {entryNamed, targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';

const options = {task: 'onboard', prepare: false, force: false, profile: 'default', context: 'lab'} as const;
const contextOf = (change: Partial<Target> = {}) => ({
	target: targetNamed('ratings-vm', 'bookinfo', change),
	facts: {},
	options,
});
const answer = (outcome: DialOutcome, change: Partial<DialAnswer> = {}): DialAnswer => ({
	outcome,
	ms: 12,
	text: `it was ${outcome}`,
	chain: [],
	from: 'vm istio-proxy@10.128.0.2:22',
	...change,
});
/** Outcomes by port; what is not named is open. */
const dials =
	(byPort: Readonly<Record<number, DialOutcome>>, other: (action: Action) => unknown = () => undefined) =>
	(action: Action) =>
		other(action) ??
		('port' in action && action.kind !== 'http'
			? answer(byPort[action.port] ?? 'open', {chain: chainOf(byPort[action.port])})
			: ran());
const chainOf = (outcome: DialOutcome | undefined) =>
	outcome === 'tls-untrusted' ? [{subject: 'CN=lb', issuer: 'CN=Corporate CA', names: [], fingerprint: 'AA'}] : [];
const meshWith = (change: object): Partial<Target> => {
	const mesh = targetNamed('a', 'b').mesh;
	return mesh === undefined ? {} : {mesh: {...mesh, ...change}};
};

describe('the gateway from the VM', () => {
	it('is dialled as the proxy will, both ports side by side', () => {
		const {outcome, asked} = drive(gatewayStep, contextOf(), dials({}));
		expect(asked).toMatchObject([
			{kind: 'dial', host: '10.128.0.254', port: 15012, tls: {serverName: 'istiod.istio-system.svc'}},
			{kind: 'dial', host: '10.128.0.254', port: 15443},
		]);
		expect(outcome).toMatchObject({status: 'succeeded', detail: '10.128.0.254 answers on 15012 and 15443'});
	});

	it.each([
		['a revision', {revision: 'canary'}, {}, [15012, 15443], 'istiod-canary.istio-system.svc'],
		[
			'another name',
			{proxyConfig: {discoveryAddress: 'istiod-blue.mesh.svc:15012'}},
			{},
			[15012, 15443],
			'istiod-blue.mesh.svc',
		],
		[
			'one port for all',
			{proxyConfig: {discoveryAddress: 'istiod.istio-system.svc:15443'}},
			{},
			[15443],
			'istiod.istio-system.svc',
		],
		['a port given by hand', {}, {port: 32012}, [32012], 'istiod.istio-system.svc'],
		['a gateway without 15443', {}, {ports: [15012]}, [15012], 'istiod.istio-system.svc'],
	])('%s', (_, mesh, gateway, ports, serverName) => {
		const base = targetNamed('a', 'b').gateway;
		const {asked} = drive(
			gatewayStep,
			contextOf({...meshWith(mesh), ...(base && {gateway: {...base, ...gateway}})}),
			dials({}),
		);
		expect(asked.map((action) => action.kind === 'dial' && action.port)).toEqual(ports);
		expect(asked[0]).toMatchObject({tls: {serverName}});
	});

	it.each<[string, Readonly<Record<number, DialOutcome>>, string, number]>([
		['a firewall that drops', {15012: 'filtered'}, 'network.gateway-blocked', 1],
		['a firewall that drops both ports, once', {15012: 'filtered', 15443: 'filtered'}, 'network.gateway-blocked', 2],
		['no route', {15443: 'unreachable'}, 'network.gateway-blocked', 1],
		['a load balancer without listener', {15012: 'refused'}, 'network.gateway-refused', 1],
		['a load balancer without backend', {15012: 'reset'}, 'network.gateway-refused', 1],
		['a certificate of another CA', {15012: 'tls-untrusted'}, 'network.tls-intercepted', 1],
		["another istiod's certificate", {15012: 'tls-misnamed'}, 'xds.name-mismatch', 1],
		['a name without address', {15012: 'unresolved', 15443: 'unresolved'}, 'network.istiod-unresolved', 2],
	])('%s', (_, byPort, id, evidence) => {
		const {outcome} = drive(gatewayStep, contextOf(), dials(byPort));
		expect(outcome.status).toBe('failed');
		expect(outcome.findings?.map((found) => found.id)).toEqual([id]);
		expect(outcome.findings?.[0]).toMatchObject({target: 'vm/10.128.0.2'});
		expect(outcome.findings?.[0]?.evidence.filter(({source}) => source.startsWith('TCP '))).toHaveLength(evidence);
	});

	it('shows who issued the certificate that was received', () => {
		const {outcome} = drive(gatewayStep, contextOf(), dials({15012: 'tls-untrusted'}));
		expect(outcome.findings?.[0]?.summary).toContain('CN=Corporate CA');
	});

	it('says what leads to the istiod of a revision, when its name is not in the certificate', () => {
		const {outcome} = drive(gatewayStep, contextOf(meshWith({revision: 'canary'})), dials({15012: 'tls-misnamed'}));
		expect(outcome.findings?.[0]?.summary).toMatch(
			/:15012 does not lead to istiod-canary\.istio-system\.svc: .+ meshboard expand --revision canary$/,
		);
	});

	it('asks for the name only where the proxy dials by it', () => {
		const named = (mesh: object) => {
			const [dial] = drive(gatewayStep, contextOf(meshWith(mesh)), dials({})).asked;
			return dial?.kind === 'dial' && dial.tls?.named;
		};
		expect(named({proxyConfig: {discoveryAddress: 'istiod.istio-system.svc:15012'}})).toBe(true);
		expect(named({proxyConfig: {discoveryAddress: 'istiod.example.com:15012'}})).toBe(false);
	});

	it.each([
		['large packets get lost', [0, 1], 'network.mtu'],
		['ping tells nothing', [1, 1], 'network.gateway-blocked'],
		['there is no ping', [127, 127], 'network.gateway-blocked'],
		['large packets pass', [0, 0], 'network.gateway-blocked'],
	])('a handshake that hangs, and %s', (_, [small, large], id) => {
		const ping = (action: Action) =>
			action.kind === 'exec' ? ran('', action.command.includes('-s 500 ') ? small : large) : undefined;
		const {outcome} = drive(gatewayStep, contextOf(), dials({15012: 'tls-timeout'}, ping));
		expect(outcome.findings?.map((found) => found.id)).toEqual([id]);
	});

	it('that is not ready explains a refusal: it is not told as a fault of the network', () => {
		const problems = [finding('gateway.not-ready', {target: 'cluster/lab', evidence: []})];
		const {outcome} = drive(gatewayStep, contextOf({problems}), dials({15012: 'refused'}));
		expect(outcome).toMatchObject({status: 'failed', findings: []});
	});

	it('on a port that this VM does not use is a warning', () => {
		const entry = entryNamed('ratings-vm', 'bookinfo', {network: 'cluster-net'});
		const {outcome} = drive(gatewayStep, contextOf({entry}), dials({15443: 'filtered'}));
		expect(outcome).toMatchObject({status: 'succeeded', findings: []});
		expect(outcome.checks?.map((check) => check.outcome)).toEqual(['passed', 'warning']);
	});

	it('cannot be tested where sshd forbids forwarding, which is not a pass', () => {
		const {outcome} = drive(gatewayStep, contextOf(), dials({15012: 'not-done', 15443: 'not-done'}));
		expect(outcome).toMatchObject({status: 'succeeded', findings: []});
		expect(outcome.detail).toContain('nothing could be tested');
		expect(outcome.checks?.every((check) => check.outcome === 'not-done' && check.detail === 'it was not-done')).toBe(
			true,
		);
	});

	it('that is not known is not dialled', () => {
		const {outcome, asked} = drive(gatewayStep, contextOf({gateway: undefined}), dials({}));
		expect(asked).toEqual([]);
		expect(outcome.checks?.[0]).toMatchObject({outcome: 'not-done', detail: 'no gateway is known'});
	});
});

describe('the VM from the mesh', () => {
	it.each<[DialOutcome, string]>([
		['open', 'passed'],
		['refused', 'passed'],
		['not-done', 'not-done'],
		['filtered', 'failed'],
		['unreachable', 'failed'],
	])('%s is %s', (outcome, expected) => {
		const driven = drive(inboundStep, contextOf(), dials({9080: outcome}));
		expect(driven.outcome.checks?.[0]?.outcome).toBe(expected);
		expect(driven.outcome.findings?.map(({id}) => id) ?? []).toEqual(
			expected === 'failed' ? ['network.vm-unreachable'] : [],
		);
	});

	it.each<[string, DialOutcome, string]>([
		['the port', 'open', 'a firewall drops it'],
		['the address', 'filtered', 'nor from any other port'],
	])('tells a fault of %s', (_, ssh, words) => {
		const {outcome} = drive(inboundStep, contextOf(), dials({9080: 'filtered', 22: ssh}));
		expect(outcome.findings?.[0]?.summary).toContain(words);
	});

	it('is not dialled where no port is known', () => {
		const {outcome, asked} = drive(inboundStep, contextOf({ingress: []}), dials({}));
		expect(asked).toEqual([]);
		expect(outcome).toMatchObject({status: 'succeeded', checks: [{outcome: 'not-done'}]});
	});
});

describe('the objects', () => {
	const objects = (change: Partial<Target>) => {
		const found = targetNamed('ratings-vm', 'bookinfo', {
			services: [{metadata: {name: 'ratings', namespace: 'bookinfo'}}],
			...change,
		});
		const {outcome} = drive(objectsStep, contextOf(), () => found);
		return {outcome, found, checks: Object.fromEntries((outcome.checks ?? []).map((each) => [each.id, each.outcome]))};
	};

	it('are read anew and handed on', () => {
		const {outcome, found, checks} = objects({});
		expect(outcome).toMatchObject({status: 'succeeded', findings: []});
		expect(outcome.target).toBe(found);
		expect(new Set(Object.values(checks))).toEqual(new Set(['passed']));
	});

	it('fail by area, with every finding', () => {
		const about = {target: 'workloadentry/bookinfo/ratings-vm', evidence: []};
		const {outcome, checks} = objects({
			problems: [
				finding('sidecar.missing', about),
				finding('entry.labels-missing', about),
				finding('entry.network-unknown', about),
			],
		});
		expect(outcome.status).toBe('failed');
		expect(checks).toMatchObject({
			'objects.sidecar': 'failed',
			'objects.entry': 'warning',
			'objects.gateway': 'passed',
		});
		expect(outcome.findings?.map(({id}) => id).sort()).toEqual([
			'entry.labels-missing',
			'entry.network-unknown',
			'sidecar.missing',
		]);
	});

	it('that may not be read are not passed', () => {
		const {checks} = objects({
			services: [],
			ingress: [],
			gateway: undefined,
			problems: [finding('cluster.forbidden', {target: 'cluster/lab', evidence: []})],
		});
		expect(checks).toMatchObject({
			'objects.mesh': 'failed',
			'objects.service': 'not-done',
			'objects.sidecar': 'not-done',
			'objects.gateway': 'not-done',
		});
	});
});
