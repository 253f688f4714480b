import {describe, expect, it} from 'vitest';
import type {Target} from '../../../source/mesh/target.ts';
import type {DialOutcome} from '../../../source/onboarding/action.ts';
import {matrixStep} from '../../../source/onboarding/steps/check/matrix.ts';
import {targetNamed} from '../../helpers/target.ts';
import {drive, ran} from '../drive.ts';
import {answerOf, filter, idsOf, look, options, tcp, type World} from './matrix-world.ts';

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
