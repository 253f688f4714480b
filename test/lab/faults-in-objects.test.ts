import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {apply, closeNamespace, kubectl, newMeshboard, run} from './harness.ts';
import {entryManifests, type LabEntry} from './manifests.ts';

/*
 * Faults of objects, one entry for each, in a real cluster: `lint` names each as the only thing that is wrong with it. Where the cluster
 * refuses the object, it is a file that is judged, and the refusal is seen too.
 */

const namespace = 'faults-objects';
const cluster = `${import.meta.dirname}/cluster`;
const meshboard = newMeshboard();

type Json = Record<string, unknown>;
type Part = Json & {readonly kind: string; readonly metadata: Json; readonly spec: Json};
type Fault = {
	readonly title: string;
	readonly id: string;
	readonly entry?: Partial<LabEntry>;
	/** Changes to the objects of the entry, by kind. */
	readonly change?: Readonly<Record<string, (object: Part) => Part>>;
	readonly more?: (name: string) => readonly object[];
	/** At what it is told, where that is none of these objects. */
	readonly at?: string;
};

const withSpec = (change: (spec: Json) => Json) => (object: Part) => ({
	...object,
	spec: {...object.spec, ...change(object.spec)},
});
const annotated = (annotations: Json) => (object: Part) => ({
	...object,
	metadata: {...object.metadata, annotations: {...(object.metadata['annotations'] as Json), ...annotations}},
});
const first = (list: unknown) => (list as readonly [Json])[0];
const bootstrap = 'sidecar-bootstrap.istio.io';

/** What the API server takes. */
const taken: readonly Fault[] = [
	{
		title: 'the two addresses exchanged',
		id: 'entry.addresses-swapped',
		entry: {annotations: {'proxy-instance-ip': '35.194.38.142'}},
	},
	{
		title: 'a misspelt annotation',
		id: 'entry.annotation-unknown',
		change: {WorkloadEntry: annotated({[`${bootstrap}/ssh-hots`]: 'a'})},
	},
	{
		title: 'one address for two entries',
		id: 'entry.duplicate-address',
		more: (name) => [
			{
				apiVersion: 'networking.istio.io/v1',
				kind: 'WorkloadEntry',
				metadata: {name: 'twin', namespace, annotations: {[`${bootstrap}/ssh-host`]: '10.128.8.250'}},
				spec: {address: addressOf(name), network: 'cluster-net', serviceAccount: name, labels: {app: 'twin'}},
			},
		],
	},
	{title: 'a network without gateway', id: 'entry.network-unknown', entry: {network: 'isolated'}},
	{
		title: 'two values for a label',
		id: 'entry.labels-conflict',
		change: {WorkloadEntry: (object) => ({...object, metadata: {...object.metadata, labels: {version: 'v2'}}})},
	},
	{
		title: 'a port that clients dial and no Sidecar opens',
		id: 'sidecar.port-unmatched',
		change: {Service: withSpec(() => ({ports: [{name: 'http', port: 9999}]}))},
	},
	{
		title: "a listener in the application's place",
		id: 'sidecar.ingress-binds-app',
		change: {Sidecar: withSpec(({ingress}) => ({ingress: [{...first(ingress), bind: '127.0.0.1'}]}))},
	},
	{
		title: 'two Sidecars for one VM',
		id: 'sidecar.conflict',
		more: (name) => [
			{
				apiVersion: 'networking.istio.io/v1',
				kind: 'Sidecar',
				metadata: {name: `${name}-too`, namespace},
				spec: {workloadSelector: {labels: {app: name}}, egress: [{bind: '127.0.0.2', hosts: ['./*']}]},
			},
		],
	},
	{
		title: "egress on the application's port",
		id: 'listener.egress-conflict',
		change: {Sidecar: withSpec(({egress}) => ({egress: [{...first(egress), bind: '127.0.0.1'}]}))},
	},
	{
		// What the analyzer would write there, were it switched on in the lab's istiod, is simulated.
		title: 'a complaint of the analyzer about a Sidecar that is right',
		id: 'sidecar.analyzer-false-alarm',
	},
	{
		title: 'a named target that the entry lacks',
		id: 'service.target-port',
		change: {Service: withSpec(() => ({ports: [{name: 'http', port: 9080, targetPort: 'web'}]}))},
	},
	{
		title: 'a ServiceEntry for IPs that selects a name',
		id: 'service.entry-invalid',
		entry: {annotations: {'proxy-instance-ip': '10.128.8.251', 'ssh-host': '10.128.8.251'}},
		change: {WorkloadEntry: withSpec(() => ({address: 'vm.example.com'}))},
		more: (name) => [serviceEntry(name, {resolution: 'STATIC', workloadSelector: {labels: {app: name}}})],
	},
	{
		title: 'two entries for one VM',
		id: 'fleet.shared-vm',
		at: 'vm/10.128.8.252',
		entry: {annotations: {'ssh-host': '10.128.8.252'}},
		more: (name) =>
			entryManifests({
				name: `${name}-too`,
				namespace,
				ip: '10.128.8.253',
				network: 'shared',
				annotations: {'ssh-host': '10.128.8.252'},
			}),
	},
];

function serviceEntry(name: string, spec: Json): object {
	const all = {hosts: [`${name}.example.com`], ports: [{number: 9080, name: 'http', protocol: 'HTTP'}], ...spec};
	return {apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: {name, namespace}, spec: all};
}

const nameOf = ({id}: Fault) => id.replaceAll('.', '-');
const addressOf = (name: string) => `10.128.8.${taken.findIndex((fault) => nameOf(fault) === name) + 1}`;

function objectsOf(fault: Fault): readonly object[] {
	const name = nameOf(fault);
	const objects = entryManifests({name, namespace, ip: addressOf(name), network: 'shared', ...fault.entry});
	return [
		...(objects as readonly Part[]).map((object) => fault.change?.[object.kind]?.(object) ?? object),
		...(fault.more?.(name) ?? []),
	];
}

type Told = {readonly target: string; readonly findings: ReadonlyArray<{readonly id: string}>};
async function lint(words: readonly string[], input?: string) {
	const {code, stdout, stderr} = await meshboard.run(
		['lint', ...words, '-o', 'json'],
		input === undefined ? {} : {input},
	);
	return {code, stderr, results: (JSON.parse(stdout) as {results: readonly Told[]}).results};
}

beforeAll(async () => {
	await kubectl(`delete namespace ${namespace} --ignore-not-found`);
	await kubectl(`create namespace ${namespace}`);
	await apply(taken.flatMap(objectsOf));
	const status = {status: {validationMessages: [{type: {code: 'IST0101'}}]}};
	await kubectl(
		`-n ${namespace} patch sidecar sidecar-analyzer-false-alarm --subresource=status --type=merge -p`,
		JSON.stringify(status),
	);
});

afterAll(async () => {
	await closeNamespace(namespace);
	meshboard.remove();
});

describe('of what is in the cluster', () => {
	let results: readonly Told[];
	beforeAll(async () => {
		({results} = await lint(['-n', namespace]));
	});

	test.each(taken)('$title → $id', (fault) => {
		const name = nameOf(fault);
		const about = results.filter(({target}) => target === fault.at || target.includes(name));
		expect(new Set(about.flatMap(({findings}) => findings.map(({id}) => id)))).toEqual(new Set([fault.id]));
	});

	test('a namespace without entries → fleet.empty', async () => {
		const {code, results: none} = await lint(['-n', 'kube-public']);
		expect(none.flatMap(({findings}) => findings.map(({id}) => id))).toEqual(['fleet.empty']);
		expect(code).toBe(0);
	});
});

describe('of what the API server refuses', () => {
	const selected = (name: string, spec: Json): object => ({
		apiVersion: 'networking.istio.io/v1',
		kind: 'Sidecar',
		metadata: {name, namespace},
		spec: {workloadSelector: {labels: {app: name}}, ...spec},
	});
	const refused = [
		{
			title: 'an endpoint that is not on the VM',
			id: 'sidecar.invalid',
			object: selected('a', {
				ingress: [{port: {number: 9080, protocol: 'HTTP', name: 'http'}, defaultEndpoint: '10.0.0.1:9080'}],
				egress: [{bind: '127.0.0.2', port: {number: 9080, protocol: 'HTTP', name: 'http'}, hosts: ['./*']}],
			}),
		},
		{
			title: 'a host without namespace',
			id: 'sidecar.egress-host-form',
			object: selected('a', {egress: [{bind: '127.0.0.2', hosts: ['*']}]}),
		},
		{title: 'a ServiceEntry for every host', id: 'service.entry-invalid', object: serviceEntry('a', {hosts: ['*']})},
	];

	test.concurrent.each(refused)('$title → $id', async ({id, object}) => {
		const input = JSON.stringify(object);
		const server = await run(cluster, ['kubectl', 'apply', '--dry-run=server', '-f', '-'], {input});
		expect(server.stderr).toMatch(/denied the request|is invalid/);
		const {code, results} = await lint(['-'], input);
		expect(results.flatMap(({findings}) => findings.map((one) => one.id))).toEqual([id]);
		expect(code).toBe(79);
	});
});
