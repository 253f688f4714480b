import {describe, expect, it} from 'vitest';
import type {Action} from '../../../source/onboarding/action.ts';
import type {Wanted} from '../../../source/onboarding/event.ts';
import {stepsOf} from '../../../source/onboarding/plan.ts';
import type {Facts} from '../../../source/onboarding/step.ts';
import {drive, ran} from '../drive.ts';
import {answers, changes, context, now, onboarded, pristine, target, type Vm} from './vm.ts';

/* Renewing and offboarding a proxy of the package, step by step as the plan has them. */

const refused = () => ({ok: false, text: 'connection refused'});
const ready = () => ({ok: true, status: 200, body: ''});

/** Walks these steps of a task, each with what the ones before have learned. */
function walk(
	wanted: Partial<Wanted>,
	ids: readonly string[],
	vm: Vm,
	other: (action: Action) => unknown = () => undefined,
) {
	const options = {task: 'renew', prepare: false, force: false, layout: 'package', ...wanted} as const;
	let facts: Facts = {};
	return ids.map((id) => {
		const step = stepsOf(options).find((one) => one.id === id);
		if (step === undefined) throw new Error(`no step ${id}`);
		const {outcome, asked} = drive(
			step,
			context(facts, {}, options),
			answers(vm, (action) => {
				if (action.kind === 'resolve') return target;
				return other(action) ?? (action.kind === 'http' ? ready() : undefined);
			}),
		);
		facts = {...facts, ...outcome.facts};
		return {...outcome, did: changes(asked)};
	});
}

describe('renew', () => {
	const ids = ['renew.look', 'renew.put', 'renew.restart'];

	it('leaves a token that serves, and a proxy that runs', () => {
		const [look, put, restart] = walk({}, ids, onboarded());
		expect(look?.detail).toMatch(/^the token serves, .* left; the service runs$/);
		expect([put?.status, restart?.status]).toEqual(['skipped', 'skipped']);
	});

	it.each([
		{what: 'has ended', vm: {claims: {...onboarded().claims, exp: now - 1}}},
		{what: 'is of another account', vm: {claims: {...onboarded().claims, sub: 'system:serviceaccount:bookinfo:other'}}},
		{what: 'is absent', vm: {claims: undefined}},
	])('puts a token into both its places where the one there $what, without a restart', ({vm}) => {
		const [, put, restart] = walk({}, ids, {...onboarded(), ...vm});
		expect(put).toMatchObject({
			status: 'succeeded',
			changed: true,
			did: [['/var/lib/istio/istio-token', '/var/run/secrets/tokens/istio-token']],
		});
		expect(restart?.status).toBe('skipped');
	});

	it('replaces one that serves when asked to', () => {
		const [, put] = walk({force: true}, ids, onboarded());
		expect(put?.changed).toBe(true);
	});

	it.each([
		{what: 'does not run', vm: {active: 'failed'}, other: () => undefined, why: 'failed, enabled'},
		{
			what: 'does not answer',
			vm: {},
			other: (action: Action) => (action.kind === 'http' ? refused() : undefined),
			why: 'the proxy does not answer',
		},
	])('starts a proxy again that $what', ({vm, other, why}) => {
		const [, , restart] = walk({}, ids, {...onboarded(), ...vm}, other);
		expect(restart).toMatchObject({status: 'succeeded', did: ['systemctl restart istio']});
		expect(restart?.detail).toContain(why);
	});

	it('of a VM without the service is an error that says so', () => {
		const [look] = walk({}, ['renew.look'], pristine());
		expect(look).toMatchObject({status: 'failed', findings: [{id: 'proxy.not-running'}]});
	});
});

describe('offboard', () => {
	const ids = ['offboard.service', 'offboard.files'];
	const offboard = (vm: Vm, wanted: Partial<Wanted> = {}, more: readonly string[] = []) =>
		walk({task: 'offboard', ...wanted}, [...ids, ...more], vm);

	it('stops the service for good, then removes what the onboarding left', () => {
		const [service, files] = offboard(onboarded());
		expect(service?.did).toEqual(['systemctl disable --now istio']);
		expect(files?.status).toBe('succeeded');
		const [removed, hosts] = files?.did ?? [];
		for (const path of ['/var/lib/istio/envoy/cluster.env', '/var/lib/istio/istio-token', '/etc/certs/key.pem'])
			expect(removed).toContain(path);
		expect(hosts).toContain('/etc/hosts');
	});

	it('has nothing to do on a VM that was never onboarded, or is not any more', () => {
		for (const result of offboard(pristine())) expect(result).toMatchObject({status: 'skipped', did: []});
		const after = {...pristine(), version: '1.31.0', active: 'inactive', enabled: 'disabled'};
		for (const result of offboard(after)) expect(result).toMatchObject({status: 'skipped', did: []});
	});

	it('leaves the proxy of another account', () => {
		const other = {...onboarded(), identity: 'URI:spiffe://cluster.local/ns/bookinfo/sa/other'};
		for (const result of offboard(other)) expect(result).toMatchObject({status: 'skipped', did: []});
	});

	it('waits until nobody sends anything any more, where the entry was taken out', () => {
		const waited: Action[] = [];
		walk({task: 'offboard', deleteEntry: true}, ['offboard.service'], onboarded(), (action) => {
			if (action.kind === 'wait') waited.push(action);
			return undefined;
		});
		expect(waited).toMatchObject([{seconds: 10}]);
	});

	it('that fails to stop the service says why', () => {
		const [service] = walk({task: 'offboard'}, ['offboard.service'], onboarded(), (action) =>
			action.kind === 'exec' && action.changes ? ran('', 1, 'Failed to stop istio.service') : undefined,
		);
		expect(service).toMatchObject({status: 'failed'});
		expect(service?.detail).toContain('Failed to stop istio.service');
	});

	it('keeps the package unless it is asked for', () => {
		const names = (wanted: Partial<Wanted>) =>
			stepsOf({task: 'offboard', prepare: false, force: false, layout: 'package', ...wanted}).map(({id}) => id);
		expect(names({})).toEqual(['offboard.service', 'offboard.files', 'offboard.gone']);
		expect(names({removePackage: true})).toContain('offboard.package');
	});
});
