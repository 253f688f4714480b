import fc from 'fast-check';
import {describe, expect, it, test} from 'vitest';
import {catalogue, type FindingId, finding} from '../../source/diagnosis/catalogue.ts';
import {rootCauses} from '../../source/diagnosis/root-causes.ts';

/* One root cause, one finding: shared/findings.md has the order in which causes explain each other. */

const of = (id: FindingId, target = 'vm/10.128.0.2', text: string = id) =>
	finding(id, {target, evidence: [{source: 'seen', text}]});
const told = (...ids: readonly FindingId[]) => rootCauses(ids.map((id) => of(id))).findings.map(({id}) => id);

describe('a cause hides what follows from it', () => {
	test.each<{seen: FindingId[]; told: FindingId[]}>([
		{seen: ['xds.unknown', 'token.expired', 'proxy.not-ready'], told: ['token.expired']},
		{seen: ['network.gateway-blocked', 'xds.unknown', 'traffic.unknown'], told: ['network.gateway-blocked']},
		{seen: ['network.gateway-refused', 'gateway.not-exposed'], told: ['gateway.not-exposed']},
		{seen: ['network.gateway-blocked', 'network.istiod-wrong-address'], told: ['network.istiod-wrong-address']},
		{
			seen: ['entry.service-account-missing', 'token.missing', 'proxy.not-ready'],
			told: ['entry.service-account-missing'],
		},
		{seen: ['token.rejected', 'token.service-account-not-found'], told: ['token.service-account-not-found']},
		{seen: ['token.expired', 'vm.clock-skew'], told: ['vm.clock-skew']},
		{seen: ['proxy.root-cert-missing', 'token.missing'], told: ['token.missing']},
		{seen: ['identity.cluster-id', 'proxy.env-quoted'], told: ['proxy.env-quoted']},
		{seen: ['proxy.not-running', 'vm.docker-stopped'], told: ['vm.docker-stopped']},
		{seen: ['vm.ports-in-use', 'proxy.already-running'], told: ['proxy.already-running']},
		{seen: ['listener.port-taken', 'proxy.already-running'], told: ['proxy.already-running']},
		{seen: ['listener.inbound-missing', 'sidecar.missing', 'traffic.unknown'], told: ['sidecar.missing']},
		{seen: ['listener.egress-conflict', 'listener.port-taken'], told: ['listener.port-taken']},
		{seen: ['traffic.mtls-mismatch', 'service.none-selects'], told: ['service.none-selects']},
		{seen: ['service.endpoint-missing', 'app.unhealthy'], told: ['app.unhealthy']},
		{seen: ['entry.instance-ip-not-local', 'entry.addresses-swapped'], told: ['entry.addresses-swapped']},
	])('$seen → $told', ({seen, told: expected}) => {
		expect(told(...seen)).toEqual(expected);
	});
});

describe('causes that do not explain each other are all told, by severity, then in the order of the areas', () => {
	test.each<{seen: FindingId[]; told: FindingId[]}>([
		{seen: ['app.not-listening', 'token.expired'], told: ['token.expired', 'app.not-listening']},
		{seen: ['vm.not-reboot-safe', 'app.not-listening'], told: ['app.not-listening', 'vm.not-reboot-safe']},
		{seen: ['listener.port-taken', 'sidecar.conflict'], told: ['sidecar.conflict', 'listener.port-taken']},
		// Pods that do not reach the VM are no reason for a proxy without its stream.
		{seen: ['xds.unknown', 'network.vm-unreachable'], told: ['network.vm-unreachable', 'xds.unknown']},
	])('$seen', ({seen, told: expected}) => {
		expect(told(...seen)).toEqual(expected);
	});
});

describe('what is told in the last resort (†)', () => {
	it('stays where nothing else is known, and explains only what comes last of all', () => {
		expect(told('proxy.not-ready')).toEqual(['proxy.not-ready']);
		expect(told('proxy.not-ready', 'xds.unknown')).toEqual(['xds.unknown']);
		expect(told('traffic.unknown', 'xds.rejected')).toEqual(['xds.rejected']);
		expect(told('xds.rejected', 'token.rejected')).toEqual(['token.rejected', 'xds.rejected']);
	});

	it('is not explained by a warning', () => {
		expect(told('proxy.not-ready', 'vm.not-reboot-safe')).toEqual(['proxy.not-ready', 'vm.not-reboot-safe']);
	});
});

it('what follows is evidence of its first cause, through whatever lies between', () => {
	const {findings, explained} = rootCauses([of('proxy.not-ready'), of('xds.unknown'), of('token.expired')]);
	expect(findings).toHaveLength(1);
	expect(findings[0]?.evidence.map(({source}) => source)).toEqual([
		'seen',
		'so also proxy.not-ready',
		'so also xds.unknown',
	]);
	expect(explained.map(({finding: {id}, by}) => `${id} by ${by.id}`)).toEqual([
		'proxy.not-ready by token.expired',
		'xds.unknown by token.expired',
	]);
});

it('the same cause of the same target is one, with the evidence of both, each line once', () => {
	const {findings} = rootCauses([
		of('token.expired', 'vm/a', 'log'),
		of('token.expired', 'vm/a', 'log'),
		of('token.expired', 'vm/a', 'file'),
	]);
	expect(findings.map(({evidence}) => evidence.map(({text}) => text))).toEqual([['log', 'file']]);
	expect(rootCauses([of('token.expired', 'vm/a'), of('token.expired', 'vm/b')]).findings).toHaveLength(2);
});

it('is told as whoever knows most of it tells it', () => {
	const exact = {
		...of('network.gateway-blocked'),
		summary: 'The VM gets no answer from 10.128.0.254:15012.',
		remedy: {text: 'Open it.', command: 'iptables -D'},
	};
	for (const both of [
		[of('network.gateway-blocked'), exact],
		[exact, of('network.gateway-blocked')],
	])
		expect(rootCauses(both).findings).toMatchObject([{summary: exact.summary, remedy: exact.remedy}]);
	const at = (command: string) => ({...of('listener.port-taken'), remedy: {text: '', command}});
	expect(rootCauses([at('ss sport = :9080'), at('ss sport = :9081')]).findings).toHaveLength(2);
});

const ids = fc.subarray(Object.keys(catalogue) as FindingId[], {minLength: 1, maxLength: 12});

test('whatever is seen, something of it is told, nothing is lost, and the order does not matter', () => {
	fc.assert(
		fc.property(ids, fc.infiniteStream(fc.nat()), (seen, chance) => {
			const {findings, explained} = rootCauses(seen.map((id) => of(id)));
			expect(findings.length).toBeGreaterThan(0);
			expect([...findings, ...explained.map((one) => one.finding)].map(({id}) => id).sort()).toEqual([...seen].sort());
			const told = new Set(findings.map(({id}) => id));
			expect(explained.filter(({by}) => !told.has(by.id))).toEqual([]);
			const mixed = seen
				.map((id) => ({id, at: chance.next().value}))
				.sort((a, b) => a.at - b.at)
				.map(({id}) => of(id));
			expect(new Set(rootCauses(mixed).findings.map(({id}) => id))).toEqual(told);
			const ranks = findings.map(({severity}) => ['error', 'warning', 'info'].indexOf(severity));
			expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
		}),
	);
});
