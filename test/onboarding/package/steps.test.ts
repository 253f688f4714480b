import {describe, expect, it} from 'vitest';
import {places} from '../../../source/bundle/package/placed.ts';
import type {Target} from '../../../source/mesh/target.ts';
import {parseWorkloadGroup} from '../../../source/mesh/workload-group.ts';
import type {Outcome, StepContext} from '../../../source/onboarding/step.ts';
import {packageVmStep} from '../../../source/onboarding/steps/package/check.ts';
import {comparePackageStep} from '../../../source/onboarding/steps/package/compare.ts';
import {installStep} from '../../../source/onboarding/steps/package/install.ts';
import {placeStep} from '../../../source/onboarding/steps/package/place.ts';
import {registeredStep} from '../../../source/onboarding/steps/package/registered.ts';
import {startPackageStep} from '../../../source/onboarding/steps/package/start.ts';
import {hostsLineOf} from '../../../source/vm/package-commands.ts';
import {drive, ran} from '../drive.ts';
import {answers, changes, claims, context, listening, now, onboarded, pristine, sum, target, type Vm} from './vm.ts';

const compared = (vm: Vm, change: Partial<Target> = {}, options = {}): Outcome =>
	drive(comparePackageStep, context({}, change, options), answers(vm)).outcome;

describe('the check of a VM', () => {
	const check = (vm: Vm, options: Partial<StepContext['options']> = {}) =>
		drive(packageVmStep, context({}, {}, options), answers(vm)).outcome;

	it('finds one that is onboarded as it should be', () => {
		expect(check(onboarded())).toMatchObject({status: 'succeeded', findings: []});
	});

	it('wants the package, or its file', () => {
		expect(check(pristine())).toMatchObject({status: 'failed', findings: [{id: 'vm.runtime-missing'}]});
		expect(check(pristine(), {package: '/tmp/istio-sidecar.deb'})).toMatchObject({status: 'succeeded'});
		expect(check(pristine(), {package: '/tmp/istio-sidecar.rpm'}).detail).toContain('wants a .deb package');
	});

	it('tells another proxy, and another program on its ports', () => {
		const other = {...onboarded(), active: 'inactive'};
		expect(check(other)).toMatchObject({status: 'failed', findings: [{id: 'proxy.already-running'}]});
		const taken = {...pristine(), version: '1', sockets: [listening(15020, 'nginx')]};
		expect(check(taken)).toMatchObject({status: 'failed', findings: [{id: 'vm.ports-in-use'}]});
	});

	it('tells which ports of sshd are left out of interception', () => {
		const vm = {...onboarded(), sockets: [listening(22, 'sshd'), listening(2222, 'sshd')]};
		const ssh = check(vm).checks?.find(({id}) => id === 'vm.ssh');
		expect(ssh?.detail).toBe('port 22 and 2222 will not be intercepted');
	});
});

describe('the package', () => {
	const given = {package: '/tmp/istio-sidecar.deb'};
	it('that is there is left as it is', () => {
		const {outcome, asked} = drive(installStep, context({}, {}, given), answers(onboarded()));
		expect(outcome).toMatchObject({status: 'skipped', detail: 'istio-sidecar 1.31.0 is there already'});
		expect(asked).toHaveLength(1);
	});

	it('is copied, then installed with what it needs', () => {
		let installed = false;
		const {outcome, asked} = drive(installStep, context({}, {}, given), (action) => {
			if (action.kind === 'exec' && action.changes) installed = true;
			return answers(installed ? onboarded() : pristine())(action);
		});
		expect(outcome).toMatchObject({status: 'succeeded', detail: 'istio-sidecar 1.31.0, installed', changed: true});
		expect(asked.find(({kind}) => kind === 'upload')).toMatchObject({to: '/var/cache/meshboard/istio-sidecar.deb'});
		expect(changes(asked).join()).toContain('apt-get install -y');
	});

	it.each([
		['package architecture (amd64) does not match system (arm64)', 'vm.arch-mismatch'],
		['dpkg: error: No space left on device', 'vm.disk-unwritable'],
		['E: Unable to correct problems', 'vm.runtime-missing'],
	])('that does not install is told: %s', (words, id) => {
		const {outcome} = drive(
			installStep,
			context({}, {}, given),
			answers(pristine(), (action) => (action.kind === 'exec' && action.show ? ran('', 100, words) : undefined)),
		);
		expect(outcome).toMatchObject({status: 'failed', findings: [{id}]});
	});
});

describe('the comparison', () => {
	it('finds nothing to do where all is as it should be', () => {
		expect(compared(onboarded())).toMatchObject({facts: {unchanged: true, stale: []}});
	});

	it('goes by whose the root certificates are: the proxy writes that file anew', () => {
		const vm = onboarded();
		vm.contents.set(places['root-cert.pem'], {
			content: 'as the CA answers',
			mode: 0o600,
			owner: 'istio-proxy',
			written: now,
		});
		expect(compared({...vm, roots: [sum('former'), sum('')]})).toMatchObject({facts: {unchanged: true}});
	});

	it('finds all to do on a new VM', () => {
		const names = ['cluster.env', 'mesh.yaml', 'root-cert.pem', 'istio-token', 'meshboard.conf', '/etc/hosts'];
		expect(compared({...pristine(), version: '1.31.0'}).facts?.stale).toEqual(names);
	});

	const changed = (path: string, change: object) => (vm: Vm) => {
		const file = vm.contents.get(path);
		if (file !== undefined) vm.contents.set(path, {...file, ...change});
	};
	const set = (change: Partial<Vm>) => (vm: Vm) => {
		Object.assign(vm, change);
	};
	it.each<[string, (vm: Vm) => void, readonly string[]]>([
		['a file that differs', changed(places['mesh.yaml'], {content: 'x'}), ['mesh.yaml']],
		['the root of another mesh', set({roots: [sum('other')]}), ['root-cert.pem']],
		['a file that all may write', changed(places['cluster.env'], {mode: 0o666}), ['cluster.env']],
		['a file of root', changed(places['istio-token'], {owner: 'root'}), ['istio-token']],
		['a token that has ended', set({claims: {...claims, exp: now - 1}}), ['istio-token']],
		['a token of another account', set({claims: {...claims, sub: 'x'}}), ['istio-token']],
		['another gateway', set({hosts: [hostsLineOf('10.9.9.9', 'istiod.istio-system.svc')]}), ['/etc/hosts']],
		['a second address of istiod', ({hosts}) => void hosts.push('10.9.9.9 istiod.istio-system.svc me'), ['/etc/hosts']],
		['a service that stopped', set({active: 'failed'}), []],
		['a service that does not start by itself', set({enabled: 'disabled'}), []],
		['a file that is newer than the service', changed(places['mesh.yaml'], {written: now}), []],
		['sshd on another port', ({sockets}) => void sockets.push(listening(2222, 'sshd')), ['cluster.env']],
	])('sees %s', (_what, change, stale) => {
		const vm = onboarded();
		change(vm);
		expect(compared(vm)).toMatchObject({status: 'succeeded', facts: {unchanged: false, stale}});
	});

	it.each<[string, readonly string[], readonly string[]]>([
		['has this address among others', ['10.128.0.9', '10.128.0.254'], []],
		['has moved', ['10.128.0.9'], ['/etc/hosts']],
		['does not resolve at the moment', [], []],
	])('of a gateway whose name %s', (_what, gatewayIps, stale) => {
		const gateway = {address: 'gateway.example.com', isIp: false, ports: [15012], origin: 'flag'};
		const vm = {...onboarded(), gatewayIps: [...gatewayIps]};
		expect(compared(vm, {gateway})).toMatchObject({facts: {unchanged: stale.length === 0, stale}});
	});
});

describe('files and service', () => {
	const factsOf = (vm: Vm, change: Partial<Target> = {}) => compared(vm, change).facts ?? {};

	it('of a new VM are all put, and the service is started', () => {
		const facts = factsOf({...pristine(), version: '1.31.0'});
		const placed = drive(placeStep, context(facts), answers(pristine()));
		expect(placed.outcome).toMatchObject({status: 'succeeded', changed: true});
		const [paths] = changes(placed.asked);
		expect(paths).toContain('/var/run/secrets/tokens/istio-token');
		const started = drive(startPackageStep, context(facts), answers(pristine()));
		expect(changes(started.asked)).toEqual([
			expect.stringContaining('systemctl enable istio'),
			'systemctl restart istio',
		]);
	});

	it('that are as they should be are not touched', () => {
		const facts = factsOf(onboarded());
		for (const step of [placeStep, startPackageStep]) {
			const {outcome, asked} = drive(step, context(facts), answers(onboarded()));
			expect(outcome).toMatchObject({status: 'skipped'});
			expect(asked).toEqual([]);
		}
	});

	it('with other settings find the service stopped, whose rules of interception go with it', () => {
		const vm = onboarded();
		vm.sockets.push(listening(2222, 'sshd'));
		const {asked} = drive(placeStep, context(factsOf(vm)), answers(vm));
		expect(changes(asked)).toEqual(['systemctl stop istio', [places['cluster.env']]]);
		const down = {...vm, active: 'failed'};
		expect(changes(drive(placeStep, context(factsOf(down)), answers(down)).asked)).toEqual([[places['cluster.env']]]);
		const stuck = drive(
			placeStep,
			context(factsOf(vm)),
			answers(vm, () => ran('', 1, 'Job timed out.')),
		);
		expect(stuck.outcome).toMatchObject({status: 'failed', detail: expect.stringContaining('Job timed out.')});
	});

	it('of which only the token is new leave the service alone', () => {
		const facts = factsOf({...onboarded(), claims: undefined});
		const {outcome, asked} = drive(startPackageStep, context(facts), answers(onboarded()));
		expect(outcome.detail).toBe('The service istio goes on: only its token is new');
		expect(changes(asked)).toHaveLength(1);
	});

	it('of another identity take the certificate with them', () => {
		const vm = {...onboarded(), active: 'failed', identity: 'URI:spiffe://cluster.local/ns/bookinfo/sa/other'};
		const {asked} = drive(startPackageStep, context(factsOf(vm)), answers(vm));
		expect(changes(asked)[1]).toBe('rm -f /etc/certs/cert-chain.pem /etc/certs/key.pem');
		const own = {...onboarded(), active: 'failed'};
		expect(changes(drive(startPackageStep, context(factsOf(own)), answers(own)).asked)).toHaveLength(2);
	});

	it('that do not start are told with the words of systemd', () => {
		const facts = factsOf({...onboarded(), active: 'failed'});
		const {outcome} = drive(
			startPackageStep,
			context(facts),
			answers(onboarded(), (action) =>
				action.kind === 'exec' && action.command === 'systemctl restart istio' ? ran('', 1, 'Job failed.') : undefined,
			),
		);
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'proxy.not-running'}]});
		expect(outcome.detail).toContain('Job failed.');
	});
});

describe('registration', () => {
	const group = parseWorkloadGroup({metadata: {name: 'ratings', namespace: 'bookinfo'}, spec: {}});
	const waiting = {...target, group, entry: {...target.entry, uid: ''}};

	it('is waited for, and then the entry is the target', () => {
		let asked = 0;
		const {outcome} = drive(registeredStep, context({}, waiting), ({kind}) =>
			kind === 'resolve' ? (asked++ === 0 ? waiting : {...target, group}) : ran(),
		);
		expect(outcome).toMatchObject({status: 'succeeded', target: {entry: {uid: '0000-1111'}}});
	});

	it('that does not come is told', () => {
		const {outcome} = drive(registeredStep, context({}, waiting), ({kind}) => (kind === 'resolve' ? waiting : ran()));
		expect(outcome).toMatchObject({status: 'failed', findings: [{id: 'entry.not-registered'}]});
	});
});
