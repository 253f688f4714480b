import {describe, expect, it, test} from 'vitest';
import {pending} from '../../../source/diagnosis/facts.ts';
import type {Target} from '../../../source/mesh/target.ts';
import {examine} from '../../../source/onboarding/doctor/examine.ts';
import type {DoctorFacts} from '../../../source/onboarding/doctor/facts.ts';
import {nothingYet} from '../../../source/onboarding/perform/gather.ts';
import {ran} from '../drive.ts';
import {listeners, now, ok, syncz, tokenOf} from '../verify/world.ts';
import {contextOf, factsOf, inspection, sound} from './sound.ts';

const bundle = sound.proxy.bundle;
const withBundle = (change: object) => ({proxy: {bundle: {...(bundle as NonNullable<typeof bundle>), ...change}}});
const notReady = {
	ready: ok('not ready', 503),
	info: ok({state: 'PRE_INITIALIZING'}),
	connected: false,
	certs: ok({certificates: []}),
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
					syncz: {done: true, pods: [{pod: 'a', status: 200, body: syncz({cluster_sent: 'b', cluster_acked: 'a'})}]},
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
			factsOf({}, {istiod: 'pods/portforward is forbidden', vm: 'no answer'}),
		);
		expect(findings).toEqual([]);
		expect(checks.filter(({outcome}) => outcome === 'not-done').map(({id, detail}) => `${id} ${detail}`)).toEqual([
			'doctor.vm no answer; this leaves open its engine, clock, disk, ports and addresses',
			'doctor.istiod pods/portforward is forbidden; this leaves open whether it acknowledges its configuration',
		]);
	});

	it('does not make a cause of what is only half seen: without its log a proxy that is not ready has none', () => {
		expect(errors(factsOf({envoy: notReady}, {proxy: 'denied'}))).toEqual([]);
	});
});
