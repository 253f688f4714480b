import {describe, expect, it, test} from 'vitest';
import {catalogue, type FindingId, finding} from '../../../source/diagnosis/catalogue.ts';
import {networkUnserved} from '../../../source/diagnosis/causes/network-unserved.ts';
import type {Finding} from '../../../source/diagnosis/finding.ts';
import {UserError} from '../../../source/errors.ts';
import {istiodGateway, istiodRoutes} from '../../../source/mesh/expose.ts';
import {readService} from '../../../source/mesh/service.ts';
import {readSidecar} from '../../../source/mesh/sidecar.ts';
import type {Target} from '../../../source/mesh/target.ts';
import {toManifest} from '../../../source/mesh/yaml.ts';
import {describeAction} from '../../../source/onboarding/describe.ts';
import type {DoctorFacts} from '../../../source/onboarding/doctor/facts.ts';
import {type DoctorRecord, examinedOf} from '../../../source/onboarding/doctor/record.ts';
import {chooseFix, findCause, parseFix} from '../../../source/onboarding/fix/choose-fix.ts';
import {fixes, fixFor, fixSteps, isFixable} from '../../../source/onboarding/fix/fixes.ts';
import {nothingAround} from '../../../source/onboarding/objects/around.ts';
import type {Facts} from '../../../source/onboarding/step.ts';
import {clock, contextOf, factsOf, sound} from '../doctor/sound.ts';
import {drive, ran} from '../drive.ts';
import {answers, changes, onboarded, context as vmContext} from '../package/vm.ts';
import {service} from '../verify/world.ts';

/* How causes are mended: what is chosen for each, what is left to a person, and what the plan shows. */

const ids = Object.keys(fixes) as readonly FindingId[];
const someFinding = (id: FindingId, manifest?: string): Finding =>
	finding(id, {target: 'vm/x', evidence: [], ...(manifest === undefined ? {} : {manifest})});

function recordOf(change: Partial<Target> = {}, facts: DoctorFacts = factsOf()): DoctorRecord {
	const {target, options} = contextOf(change);
	return {
		target: target.ref,
		begunAt: '',
		seconds: 1,
		context: {target, options},
		serverTime: clock,
		facts,
		faults: [],
	};
}

const {entry} = contextOf().target;
const around = {
	...nothingAround,
	namespace: 'bookinfo',
	serviceAccounts: ['bookinfo-ratings', 'default'],
	services: [readService(service())],
};
const choose = (
	id: FindingId,
	change: Partial<Target> = {},
	{value, facts}: {value?: string; facts?: DoctorFacts} = {},
) => chooseFix(recordOf(change, facts), someFinding(id), {id, value}, around);

/** The change of the entry's fields, where there is one. */
function fieldsOf(id: FindingId, change: Partial<Target> = {}, more: {value?: string; facts?: DoctorFacts} = {}) {
	const [first] = choose(id, change, more).changes;
	return first?.kind === 'patch' ? first.change : first;
}

function refusal(work: () => unknown): UserError {
	try {
		work();
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
	throw new Error('it was not refused');
}

const withAddresses = (...addresses: readonly string[]) =>
	factsOf({vm: {vm: {...sound.vm.vm, addresses: addresses.map((address) => ({interface: 'eth0', address}))}}});
const annotated = (annotations: Readonly<Record<string, string>>) => ({entry: {...entry, annotations}});
const prefix = 'sidecar-bootstrap.istio.io/';

describe('the table', () => {
	it('names causes of the catalogue alone, each with something to do', () => {
		for (const id of ids) {
			expect(catalogue).toHaveProperty([id]);
			const {changes, vm = [], removes, proxy} = fixes[id] ?? {};
			expect(
				[changes, vm[0], removes, proxy].some((part) => part !== undefined),
				id,
			).toBe(true);
		}
	});

	test.each(ids)('%s: the plan shows what it changes', (id) => {
		const {target, options} = contextOf();
		const {proxy} = fixes[id] ?? {};
		const fix = {id, ...(proxy === undefined ? {} : {proxy}), containers: ['other']};
		const steps = fixSteps(fix, 'container');
		const shown = steps.flatMap((step) => step.plan({target, facts: {}, options: {...options, task: 'fix', fix}}));
		expect(shown.length).toBeGreaterThan(0);
		for (const action of shown) expect(describeAction(action, target)).not.toContain('undefined');
		expect(new Set(steps.map((step) => step.id)).size).toBe(steps.length);
	});

	it('offers for a package only what concerns it', () => {
		expect(fixFor('vm.docker-stopped', 'package')).toBeUndefined();
		expect(fixFor('token.expired', 'package')).toBeDefined();
		expect(fixSteps({id: 'token.expired', proxy: 'renew'}, 'package').map(({id}) => id)).toContain('verify.service');
	});

	it('offers a new Service only where it is known which', () => {
		expect(isFixable(someFinding('service.none-selects'), 'container')).toBe(false);
		expect(isFixable(someFinding('service.none-selects', 'kind: Service'), 'container')).toBe(true);
		expect(isFixable(someFinding('ssh.timeout'), 'container')).toBe(false);
	});
});

describe('the rules of interception', () => {
	/** What is done to the VM where all that bootstrap leaves on it is as it should be. */
	const commands = (id: FindingId) => {
		const {proxy} = fixes[id] ?? {};
		let facts: Facts = {};
		const {target} = vmContext({}, {problems: []});
		const answer = answers(onboarded(), ({kind}) => (kind === 'resolve' ? target : undefined));
		return fixSteps({id, ...(proxy === undefined ? {} : {proxy})}, 'package')
			.filter((step) => step.phase === 'fix' || step.phase === 'bootstrap')
			.flatMap((step) => {
				const {outcome, asked} = drive(step, vmContext(facts, target), answer);
				facts = {...facts, ...outcome.facts};
				return changes(asked);
			});
	};

	it('are set anew by a start of the service, whether or not a file differs', () => {
		expect(commands('iptables.not-applied')).toEqual(['systemctl restart istio']);
		expect(commands('iptables.ssh-captured').at(-1)).toBe('systemctl restart istio');
	});

	it('of a former proxy are taken away first', () => {
		expect(commands('iptables.leftover-rules')).toEqual([
			'/usr/local/bin/pilot-agent istio-iptables --cleanup-only',
			'systemctl restart istio',
		]);
	});
});

describe('what a person writes', () => {
	it('is an id, with a value where there is a choice', () => {
		expect(parseFix('token.expired')).toEqual({id: 'token.expired', value: undefined});
		expect(parseFix('entry.labels-missing=a=b')).toEqual({id: 'entry.labels-missing', value: 'a=b'});
		expect(refusal(() => parseFix('token.expird'))).toMatchObject({
			exitCode: 64,
			hint: expect.stringContaining('token.expired'),
		});
	});

	it('finds what the doctor finds, and what lint and check find beyond', () => {
		const problems = [someFinding('entry.labels-missing')];
		const denied = factsOf({vm: {vm: {...sound.vm.vm, configDir: {...sound.vm.vm.configDir, writable: false}}}});
		const record = recordOf({problems}, denied);
		const found = (id: string) => findCause(record, examinedOf(record), id)?.id;
		expect(examinedOf(record).findings).toEqual([]);
		expect(found('entry.labels-missing')).toBe('entry.labels-missing');
		expect(found('vm.config-dir-denied')).toBe('vm.config-dir-denied');
		expect(found('token.expired')).toBeUndefined();
	});

	it('is refused, with what to do instead, where meshboard cannot do it', () => {
		const error = refusal(() =>
			chooseFix(recordOf(), someFinding('network.mtu'), {id: 'network.mtu', value: undefined}, around),
		);
		expect(error.message).toBe('meshboard cannot mend network.mtu itself.');
		expect(error.hint).toContain('Lower the MTU');
		expect(error.exitCode).toBe(65);
	});
});

describe('the entry', () => {
	test.each<{id: FindingId; change?: Partial<Target>; value?: string; facts?: DoctorFacts; fields: object}>([
		{
			id: 'entry.instance-ip-not-local',
			facts: withAddresses('10.0.0.4'),
			fields: {metadata: {annotations: {[`${prefix}proxy-instance-ip`]: '10.0.0.4'}}},
		},
		{
			id: 'entry.instance-ip-not-local',
			facts: withAddresses('10.0.0.4', '10.0.0.5'),
			value: '10.0.0.5',
			fields: {metadata: {annotations: {[`${prefix}proxy-instance-ip`]: '10.0.0.5'}}},
		},
		{id: 'entry.address-missing', facts: withAddresses('10.0.0.4'), fields: {spec: {address: '10.0.0.4'}}},
		{
			id: 'entry.addresses-swapped',
			change: {instanceIp: {value: '203.0.113.7', source: 'annotation'}},
			fields: {
				metadata: {annotations: {[`${prefix}proxy-instance-ip`]: entry.address}},
				spec: {address: '203.0.113.7'},
			},
		},
		{id: 'entry.service-account-missing', fields: {spec: {serviceAccount: 'bookinfo-ratings'}}},
		{
			id: 'entry.labels-missing',
			change: {entry: {...entry, specLabels: {app: 'ratings'}, metadataLabels: {}}},
			fields: {spec: {labels: {version: 'v1'}}},
		},
		{
			id: 'entry.labels-missing',
			change: {entry: {...entry, specLabels: {}, metadataLabels: {}}},
			fields: {spec: {labels: {app: 'ratings', version: 'v1'}}},
		},
		{
			id: 'entry.annotation-unknown',
			change: annotated({[`${prefix}ssh-prot`]: '2222', [`${prefix}k8s-ca-root-cert-configmap`]: 'x'}),
			fields: {
				metadata: {
					annotations: {
						[`${prefix}ssh-prot`]: null,
						[`${prefix}ssh-port`]: '2222',
						[`${prefix}k8s-ca-root-cert-configmap`]: null,
					},
				},
			},
		},
		// What is there already under the right name stays.
		{
			id: 'entry.annotation-unknown',
			change: annotated({[`${prefix}ssh-prot`]: '2222', [`${prefix}ssh-port`]: '22'}),
			fields: {metadata: {annotations: {[`${prefix}ssh-prot`]: null}}},
		},
		{id: 'network.pods-unreachable', value: 'vm-net', fields: {spec: {network: 'vm-net'}}},
		{id: 'gateway.mesh-expansion-off', fields: {spec: {meshExpansion: {}}}},
		{id: 'entry.stale', fields: {kind: 'remove-object', name: 'ratings-vm'}},
	])('$id → $fields', ({id, change, fields, ...more}) => {
		expect(fieldsOf(id, change, more)).toMatchObject(fields);
	});

	test.each<{id: FindingId; change?: Partial<Target>; value?: string; facts?: DoctorFacts; says: RegExp}>([
		{
			id: 'entry.instance-ip-not-local',
			facts: withAddresses('10.0.0.4', '10.0.0.5'),
			says: /--fix entry\.instance-ip-not-local=ADDRESS \(there are: 10\.0\.0\.4, 10\.0\.0\.5\)/,
		},
		{
			id: 'entry.instance-ip-not-local',
			facts: withAddresses('10.0.0.4'),
			value: '10.9.9.9',
			says: /There are: 10\.0\.0\.4/,
		},
		{id: 'network.pods-unreachable', says: /=NETWORK/},
		{id: 'entry.annotation-unknown', change: annotated({[`${prefix}ssh-prot`]: 'no port'}), says: /by hand/},
	])('$id asks where it cannot be told', ({id, change, says, ...more}) => {
		const {message, hint, exitCode} = refusal(() => choose(id, change, more));
		expect(`${message} ${hint}`).toMatch(says);
		expect(exitCode).toBe(65);
	});

	it('is followed by a new container only where there is one', () => {
		expect(choose('entry.labels-missing').proxy).toBe('recreate');
		const none = factsOf({
			proxy: {inspection: ran('[]', 1, 'Error: No such container: istio-proxy'), bundle: undefined},
		});
		expect(choose('entry.labels-missing', {}, {facts: none}).proxy).toBeUndefined();
		expect(choose('proxy.not-running', {}, {facts: none}).proxy).toBe('recreate');
	});
});

describe('other objects', () => {
	it('an account with its name, and a token of it', () => {
		expect(choose('token.service-account-not-found')).toMatchObject({
			proxy: 'renew',
			changes: [
				{
					kind: 'apply-object',
					object: {kind: 'ServiceAccount', metadata: {name: entry.serviceAccount, namespace: 'bookinfo'}},
				},
			],
		});
	});

	it("a Sidecar with the ports of the entry's Services, or with those that are said", () => {
		const [made] = choose('sidecar.missing').changes;
		expect(made).toMatchObject({
			object: {kind: 'Sidecar', spec: {ingress: [{port: {number: 9080}, defaultEndpoint: '127.0.0.1:9080'}]}},
		});
		const alone = chooseFix(
			recordOf(),
			someFinding('sidecar.missing'),
			{id: 'sidecar.missing', value: '7070:8080'},
			{...around, services: []},
		);
		expect(alone.changes[0]).toMatchObject({
			object: {spec: {ingress: [{port: {number: 7070}, defaultEndpoint: '127.0.0.1:8080'}]}},
		});
		const unknown = refusal(() =>
			chooseFix(
				recordOf(),
				someFinding('sidecar.missing'),
				{id: 'sidecar.missing', value: undefined},
				{...around, services: []},
			),
		);
		expect(unknown.hint).toContain('--fix sidecar.missing=PORT');
	});

	it('what leads from the gateway to istiod, and the labels of its network, as the finding shows them', () => {
		const shown = (id: FindingId, manifest: string) =>
			chooseFix(recordOf(), someFinding(id, manifest), {id, value: undefined}, around).changes.map((change) =>
				change.kind === 'apply-object' ? [change.resource.resource, change.object.metadata.namespace] : change.kind,
			);
		const settings = contextOf().target.mesh;
		const [unserved] = networkUnserved(
			{context: 'lab', istioNamespace: 'istio-system', namespace: undefined, services: []},
			settings,
			[],
			{...entry, network: 'vm-net'},
			{name: 'istio-eastwestgateway', namespace: 'istio-system'},
		);
		expect(shown('gateway.network-unserved', unserved?.remedy.manifest ?? '')).toEqual([
			['namespaces', undefined],
			['services', 'istio-system'],
		]);
		const expose = {istioNamespace: 'istio-system', revision: '', selector: {istio: 'eastwestgateway'}, network: ''};
		const objects = toManifest([istiodGateway(expose), istiodRoutes(expose)]);
		expect(shown('gateway.not-exposed', objects)).toEqual([
			['gateways', 'istio-system'],
			['virtualservices', 'istio-system'],
		]);
	});

	it('the Service that the finding shows, and none where it shows none', () => {
		const manifest =
			'apiVersion: v1\nkind: Service\nmetadata: {name: ratings, namespace: bookinfo}\nspec: {selector: {app: ratings}}\n';
		const wish = {id: 'service.none-selects', value: undefined} as const;
		const {changes} = chooseFix(recordOf(), someFinding('service.none-selects', manifest), wish, around);
		const [made] = changes;
		expect(made).toMatchObject({kind: 'apply-object', resource: {resource: 'services'}});
		// Nothing that only the server may say, such as an empty time.
		expect(made?.kind === 'apply-object' && made.object.metadata).toEqual({name: 'ratings', namespace: 'bookinfo'});
		expect(refusal(() => chooseFix(recordOf(), someFinding('service.none-selects'), wish, around)).message).toContain(
			'not mended by a new object',
		);
	});
});

it('leads the names to the proxy that its Sidecar offers by name', () => {
	const sidecar = readSidecar({
		metadata: {name: 'ratings', namespace: 'bookinfo'},
		spec: {
			egress: [
				{bind: '127.0.0.2', port: {number: 9080}, hosts: ['./reviews.bookinfo.svc.cluster.local', 'istio-system/*']},
			],
		},
	});
	expect(choose('traffic.hosts-entry-missing', {sidecar}).hosts).toEqual([
		{name: 'reviews.bookinfo.svc.cluster.local', bind: '127.0.0.2'},
	]);
});

describe('containers in the way', () => {
	const container = {
		name: 'other',
		image: 'istio/proxyv2:1',
		state: 'running',
		restartPolicy: '',
		networkMode: 'host',
		podName: 'x',
		podNamespace: 'y',
	};
	const own = {...container, name: 'istio-proxy'};
	const facts = factsOf({
		vm: {vm: {...sound.vm.vm, containers: [own, container, {...container, name: 'gone', state: 'exited'}]}},
	});

	it('are named, and no others', () => {
		expect(choose('proxy.already-running', {}, {facts}).containers).toEqual(['other']);
		expect(choose('proxy.name-conflict', {}, {facts}).containers).toEqual(['istio-proxy']);
		expect(refusal(() => choose('proxy.already-running')).message).toContain('cannot mend');
	});
});
