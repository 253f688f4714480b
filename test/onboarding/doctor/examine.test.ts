import {describe, expect, it, test} from 'vitest';
import {pending} from '../../../source/diagnosis/facts.ts';
import type {Target} from '../../../source/mesh/target.ts';
import {examine} from '../../../source/onboarding/doctor/examine.ts';
import type {DoctorFacts} from '../../../source/onboarding/doctor/facts.ts';
import {nothingYet} from '../../../source/onboarding/doctor/facts.ts';
import {ran} from '../drive.ts';
import {listeners, now, ok, spiffe, syncz, tokenOf} from '../verify/world.ts';
import {answer, clock, connections, contextOf, factsOf, inspection, sound} from './sound.ts';

const bundle = sound.proxy.bundle;
const withBundle = (change: object) => ({proxy: {bundle: {...(bundle as NonNullable<typeof bundle>), ...change}}});
const notReady = {
	ready: ok('not ready', 503),
	info: ok({state: 'PRE_INITIALIZING'}),
	connected: false,
	certs: ok({certificates: []}),
};
/** A cluster of an EnvoyFilter, and its secret. */
const warming = {
	clusters: ok({configs: [{cluster: {name: 'ledger'}}]}),
	secrets: ok({configs: [{name: 'kubernetes://ledger-client'}, {name: 'default'}]}),
};
const errors = (facts: DoctorFacts, change: Partial<Target> = {}) =>
	examine(contextOf(change), facts)
		.findings.filter(({severity}) => severity === 'error')
		.map(({id}) => id);

it('a sound proxy: every check is passed, and nothing is found', () => {
	const {findings, explained, checks} = examine(contextOf(), factsOf());
	expect(findings).toEqual([]);
	expect(explained).toEqual([]);
	expect(checks.filter(({outcome}) => outcome !== 'passed')).toEqual([]);
	expect(checks.length).toBeGreaterThan(15);
});

describe('one fault, one error', () => {
	test.each<{fault: string; id: string; facts: DoctorFacts}>([
		{
			fault: 'the token has ended, and there is no certificate',
			id: 'token.expired',
			facts: factsOf({...withBundle({payload: tokenOf({exp: now - 60})}), envoy: notReady}),
		},
		{
			fault: 'a token for another audience',
			id: 'token.audience',
			facts: factsOf({...withBundle({payload: tokenOf({aud: ['kubernetes']})}), envoy: notReady}),
		},
		{
			fault: 'no token at all',
			id: 'token.missing',
			facts: factsOf({...withBundle({token: 'absent', payload: ''}), envoy: notReady}),
		},
		{
			fault: 'the whole directory is gone',
			id: 'token.missing',
			facts: factsOf({
				...withBundle({token: 'absent', payload: '', root: 'absent', rootIsCurrent: undefined}),
				envoy: notReady,
			}),
		},
		{
			fault: "a directory in the root certificate's place",
			id: 'proxy.root-cert-missing',
			facts: factsOf({...withBundle({root: 'directory', rootIsCurrent: undefined}), envoy: notReady}),
		},
		{
			fault: 'the root of another mesh',
			id: 'identity.root-mismatch',
			facts: factsOf({...withBundle({rootIsCurrent: false}), envoy: notReady}),
		},
		{
			fault: 'the name of istiod leads to a former address',
			id: 'network.istiod-wrong-address',
			facts: factsOf({
				proxy: {
					inspection: inspection({hosts: ['istiod.istio-system.svc:10.128.0.9']}),
					log: ['error\tdial tcp 10.128.0.9:15012: connect: connection refused'],
				},
				envoy: notReady,
			}),
		},
		{
			fault: 'the name of istiod leads nowhere',
			id: 'network.istiod-unresolved',
			facts: factsOf({proxy: {inspection: inspection({hosts: []})}, envoy: notReady}),
		},
		{
			fault: 'the cluster id is in quotes',
			id: 'proxy.env-quoted',
			facts: factsOf({
				proxy: {
					inspection: inspection({
						env: ['POD_NAME=ratings-vm', 'POD_NAMESPACE=bookinfo', "ISTIO_META_CLUSTER_ID='lab'"],
					}),
				},
				envoy: notReady,
			}),
		},
		{
			fault: 'no container',
			id: 'proxy.not-running',
			facts: factsOf({proxy: {inspection: ran('[]', 1, 'Error: No such container: istio-proxy'), bundle: undefined}}),
		},
		{
			fault: 'a container that ended',
			id: 'proxy.not-running',
			facts: factsOf({proxy: {inspection: inspection({state: {Status: 'exited', ExitCode: 1}})}, envoy: notReady}),
		},
		{
			fault: 'a container that somebody stopped, whose last words are of its stream',
			id: 'proxy.not-running',
			facts: factsOf({
				proxy: {
					inspection: inspection({state: {Status: 'exited', ExitCode: 0}}),
					log: [
						'2026-08-27T09:59:00Z\tinfo\txdsproxy\tupstream terminated with unexpected error EOF, config stream closed: 14',
					],
				},
				envoy: notReady,
			}),
		},
		{
			fault: 'the certificate has ended',
			id: 'identity.cert-expired',
			facts: factsOf({
				envoy: {
					certs: ok({
						certificates: [
							{cert_chain: [{subject_alt_names: [{uri: spiffe}], expiration_time: '2026-08-26T10:00:00Z'}]},
						],
					}),
				},
			}),
		},
		{
			fault: 'an agent that hangs, and renews nothing',
			id: 'identity.cert-expired',
			facts: factsOf({
				envoy: {
					ready: {ok: false, text: 'no answer within 10 s'},
					certs: ok({
						certificates: [
							{cert_chain: [{subject_alt_names: [{uri: spiffe}], expiration_time: '2026-08-26T10:00:00Z'}]},
						],
					}),
				},
			}),
		},
		{
			fault: 'it waits for what does not come, by its own words',
			id: 'xds.warming',
			facts: factsOf({
				proxy: {
					log: ['2026-08-27T10:00:00Z\twarn\tEnvoy proxy is NOT ready: workers have not yet started'],
				},
				envoy: {...notReady, info: ok({state: 'INITIALIZING'}), connected: true},
			}),
		},
		{
			fault: 'it waits for a secret that does not come',
			id: 'xds.warming',
			facts: factsOf({envoy: {...notReady, connected: true, warming}}),
		},
		{
			fault: 'it waits for a secret since it was ready, and acknowledges nothing',
			id: 'xds.warming',
			facts: factsOf({
				envoy: {warming},
				istiod: {syncz: answer(syncz({cluster_sent: 'b', cluster_acked: 'a'}))},
			}),
		},
		{
			fault: 'ready once, without a stream now',
			id: 'xds.unknown',
			facts: factsOf({envoy: {connected: false}}),
		},
		{fault: 'not ready, and nobody knows why', id: 'proxy.not-ready', facts: factsOf({envoy: notReady})},
		{
			fault: 'configuration that is not acknowledged',
			id: 'xds.not-synced',
			facts: factsOf({
				istiod: {
					syncz: answer(syncz({cluster_sent: 'b', cluster_acked: 'a'})),
				},
			}),
		},
		{
			fault: 'no inbound listener',
			id: 'listener.inbound-missing',
			facts: factsOf({envoy: {listeners: ok(listeners('127.0.0.1', 15090))}}),
		},
		{
			fault: 'an application that does not run',
			id: 'app.not-listening',
			facts: factsOf({
				vm: {vm: {...sound.vm.vm, listeners: sound.vm.vm.listeners?.filter(({address}) => address !== '127.0.0.1')}},
			}),
		},
		{
			fault: 'an address that is not on the VM',
			id: 'entry.instance-ip-not-local',
			facts: factsOf({
				vm: {vm: {...sound.vm.vm, addresses: [{interface: 'eth0', address: '10.0.0.4'}]}},
				envoy: {listeners: ok(listeners('127.0.0.1', 15090))},
			}),
		},
		{
			fault: "the VM's clock is off",
			id: 'vm.clock-skew',
			facts: factsOf({vm: {serverTime: sound.vm.vm.clock + 4000}, envoy: notReady}),
		},
	])('$fault → $id', ({facts, id}) => {
		expect(errors(facts)).toEqual([id]);
	});

	it('of a proxy that dials the istiod of another revision it is where it talks to, not a name that it does not need', () => {
		const env = [
			'POD_NAME=ratings-vm',
			'POD_NAMESPACE=bookinfo',
			'PROXY_CONFIG={"discoveryAddress":"istiod-canary.istio-system.svc:15012"}',
		];
		const container = inspection({env, hosts: ['istiod-canary.istio-system.svc:10.128.0.254']});
		const facts = factsOf({proxy: {inspection: container}, istiod: {syncz: answer('[]')}});
		const {findings} = examine(contextOf(), facts);
		expect(findings.map(({id}) => id)).toEqual(['xds.not-synced']);
		expect(findings[0]?.evidence.map(({text}) => text)).toContain(
			'discoveryAddress istiod-canary.istio-system.svc:15012',
		);
	});

	it('of what is waited for is the secret of others, not the own ones that wait behind it', () => {
		const told = (about: Partial<typeof warming>) =>
			examine(contextOf(), factsOf({envoy: {...notReady, warming: {...warming, ...about}}})).findings[0]?.summary;
		expect(told({})).toMatch(/waits for a secret that does not: kubernetes:\/\/ledger-client\.$/);
		expect(told({secrets: ok({configs: [{name: 'default'}]})})).toMatch(/waits for a secret that does not: default\.$/);
		expect(told({secrets: ok({})})).toMatch(/waits for a cluster that does not: ledger\.$/);
	});

	it('two at once are both told', () => {
		const facts = factsOf({
			...withBundle({payload: tokenOf({exp: now - 60})}),
			envoy: notReady,
			vm: {vm: {...sound.vm.vm, listeners: []}},
		});
		expect(errors(facts)).toEqual(['token.expired', 'app.not-listening']);
	});
});

describe('a token that has ended', () => {
	it('is a warning while the certificate holds', () => {
		const {findings} = examine(contextOf(), factsOf(withBundle({payload: tokenOf({exp: now - 60})})));
		expect(findings.map(({id, severity}) => `${severity} ${id}`)).toEqual(['warning token.short-lived']);
	});

	it('means nothing yet before the certificate is known', () => {
		const facts = {...factsOf(withBundle({payload: tokenOf({exp: now - 60})})), envoy: pending};
		expect(examine(contextOf(), facts).findings).toEqual([]);
	});
});

describe('what is not known', () => {
	it('is no finding: before anything was answered there is none of the VM', () => {
		const {findings, checks} = examine(contextOf(), nothingYet);
		expect(findings).toEqual([]);
		expect(checks.every(({id}) => id.startsWith('objects.'))).toBe(true);
	});

	it('is listed with the reason and with what it leaves open', () => {
		const {findings, checks} = examine(
			contextOf(),
			factsOf({}, {istiod: 'pods/portforward is forbidden.', vm: 'no answer'}),
		);
		expect(findings).toEqual([]);
		expect(checks.filter(({outcome}) => outcome === 'not-done').map(({id, detail}) => `${id} ${detail}`)).toEqual([
			'doctor.vm no answer; this leaves open its engine, clock, disk, ports and addresses',
			'doctor.istiod pods/portforward is forbidden; this leaves open whether it acknowledges its configuration',
		]);
	});

	it.each([401, 403, 404])('of an istiod whose endpoints are closed (%i) nothing is made: it is said', (status) => {
		const closed = {done: true, pods: [{pod: 'istiod-a', status, body: 'no'}]} as const;
		const {findings, checks} = examine(
			contextOf(),
			factsOf({istiod: {syncz: closed, connections: closed, version: closed}}),
		);
		expect(findings).toEqual([]);
		expect(checks.filter(({outcome}) => outcome === 'not-done').map(({detail}) => detail)).toEqual([
			`not every istiod could be asked: istiod-a answered ${status}`,
		]);
	});

	it('does not make a cause of what is only half seen: without its log a proxy that is not ready has none', () => {
		expect(errors(factsOf({envoy: notReady}, {proxy: 'denied'}))).toEqual([]);
	});
});

describe('the entry beside the proxy that stands for it', () => {
	const all = (facts: DoctorFacts, change: Partial<Target> = {}) =>
		examine(contextOf(change), facts).findings.map(({id}) => id);
	const entry = contextOf().target.entry;
	const probed = (status: string, at = '') => ({entry: {...entry, health: {status, message: 'Get "/": 503', at}}});
	const secondsAgo = (seconds: number) =>
		new Date(((contextOf().facts.serverTime?.() ?? 0) - seconds) * 1000).toISOString();
	const seen = (change: Partial<typeof sound.istiod>) => factsOf({istiod: change});

	it('is told when its probe fails, unless there is nothing to probe', () => {
		expect(all(factsOf(), probed('True'))).toEqual([]);
		expect(all(factsOf(), probed('False'))).toEqual(['app.unhealthy']);
		expect(all(factsOf({vm: {vm: {...sound.vm.vm, listeners: []}}}), probed('False'))).toEqual(['app.not-listening']);
	});

	it('is given the time of a second probe', () => {
		expect(all(factsOf(), probed('False', secondsAgo(2)))).toEqual([]);
		expect(all(factsOf(), probed('False', secondsAgo(30)))).toEqual(['app.unhealthy']);
	});

	it('has no condition though a proxy is there: it is not linked', () => {
		expect(all(factsOf(), probed(''))).toEqual(['entry.not-linked']);
		expect(all(seen({syncz: answer('[]')}), probed(''))).not.toContain('entry.not-linked');
	});

	test.each<{ages: readonly number[]; ids: readonly string[]}>([
		{ages: [600, 400], ids: ['identity.duplicate-proxy']},
		// The stream before has not been given up yet.
		{ages: [1800, 5], ids: []},
		{ages: [], ids: []},
	])('streams of $ages s → $ids', ({ages, ids}) => {
		expect(all(seen({connections: answer(connections(...ages))}))).toEqual(ids);
	});

	test.each<{ago: number; vm: boolean; ids: readonly string[]}>([
		{ago: 3600, vm: false, ids: ['entry.stale']},
		{ago: 3600, vm: true, ids: []},
		{ago: 30, vm: false, ids: []},
	])('left $ago s ago, the VM answers: $vm → $ids', ({ago, vm, ids}) => {
		const left = {'istio.io/disconnectedAt': new Date((clock - ago) * 1000).toISOString()};
		const gone = vm ? {} : {vm: 'not done', proxy: 'not done', envoy: 'not done'};
		const facts = factsOf({istiod: {syncz: answer('[]')}}, gone);
		const stale = all(facts, {entry: {...entry, annotations: left}}).filter((id) => id === 'entry.stale');
		expect(stale).toEqual(ids);
	});
});

describe('a proxy that no longer fits', () => {
	const ids = (...env: readonly string[]) =>
		examine(
			contextOf(),
			factsOf({proxy: {inspection: inspection({env: ['POD_NAME=ratings-vm', 'POD_NAMESPACE=bookinfo', ...env]})}}),
		).findings.map(({id}) => id);

	it('its entry: what policies select by differs', () => {
		expect(ids('ISTIO_METAJSON_LABELS={"version":"v3","app":"ratings","class":"vm"}')).toEqual([]);
		expect(ids('ISTIO_METAJSON_LABELS={"app":"reviews"}')).toEqual(['proxy.env-drift']);
		expect(ids('ISTIO_META_NETWORK=elsewhere')).toEqual(['proxy.env-drift']);
		// Quotes have an id of their own.
		expect(ids("ISTIO_META_NETWORK='vm-net'")).toEqual([]);
	});

	test.each<{proxy: string; istiod: string; skewed: boolean}>([
		{proxy: '1.31.0', istiod: '1.31.2-abcdef-Clean', skewed: false},
		{proxy: '1.30.5', istiod: '1.31.2-abcdef-Clean', skewed: false},
		{proxy: '1.29.0', istiod: '1.31.2-abcdef-Clean', skewed: true},
		{proxy: '1.32.0', istiod: '1.31.2-abcdef-Clean', skewed: true},
		{proxy: '1.9.9', istiod: '1.10.0', skewed: false},
		{proxy: '1.29.0', istiod: 'unknown-unknown-unknown', skewed: false},
	])('its istiod: $proxy beside $istiod → $skewed', ({proxy, istiod, skewed}) => {
		const info = ok({node: {id: 'sidecar~10.128.0.77~ratings-vm.bookinfo~x', metadata: {ISTIO_VERSION: proxy}}});
		const {findings} = examine(contextOf(), factsOf({envoy: {info}, istiod: {version: answer(istiod)}}));
		expect(findings.map(({id}) => id)).toEqual(skewed ? ['proxy.version-skew'] : []);
	});
});
