import {describe, expect, test} from 'vitest';
import {lintObjects} from '../../source/diagnosis/lint.ts';
import {type LintScope, readLint} from '../../source/onboarding/read-lint.ts';
import {memoryCluster, parseObjects} from '../helpers/memory-cluster.ts';
import {drafts} from '../helpers/mesh.ts';

/* What lint reads of a cluster, and with how many requests. */

const all: LintScope = {targets: [], namespaces: []};
const only = (...namespaces: string[]): LintScope => ({targets: [], namespaces});
const target: LintScope = {targets: ['ratings-vm.bookinfo'], namespaces: []};

async function lint(cluster: ReturnType<typeof memoryCluster>, scope: LintScope) {
	const {objects, options} = await readLint(cluster, {flags: {}, profile: {}}, scope);
	return lintObjects(objects, options);
}

const told = async (cluster: ReturnType<typeof memoryCluster>, scope: LintScope) =>
	(await lint(cluster, scope)).flatMap(({target: of, findings}) => findings.map(({id}) => `${of} ${id}`));

const entry = (name: string, namespace: string, address: string) =>
	`{apiVersion: networking.istio.io/v1, kind: WorkloadEntry, metadata: {name: ${name}, namespace: ${namespace}}, spec: {address: ${address}, serviceAccount: a, labels: {app: a, version: v1}}}`;

describe('a mesh', () => {
	test.for([all, only('bookinfo'), target])('that is sound has no finding: %o', async (scope) => {
		expect(await told(memoryCluster(drafts().objects()), scope)).toEqual([]);
	});

	test('tells of its own settings what belongs to this stage, and no more', async () => {
		const mesh = drafts();
		mesh.edit('ConfigMap', 'istio')['data'].mesh = 'defaultConfig: {discoveryAddress: 5}';
		mesh.remove('Service', 'istio-eastwestgateway');
		expect(await told(memoryCluster(mesh.objects()), target)).toEqual([
			'configmap/istio-system/istio cluster.proxy-config-invalid',
		]);
	});

	test('knows the networks that a gateway serves', async () => {
		const mesh = drafts();
		mesh.edit('WorkloadEntry', 'ratings-vm')['spec'].network = 'cluster-nte';
		expect(await told(memoryCluster(mesh.objects()), target)).toEqual(['ratings-vm.bookinfo entry.network-unknown']);
	});

	test('is searched for an address that another namespace uses, whatever is asked for', async () => {
		const mesh = drafts();
		mesh.add(entry('twin', 'other', '10.128.0.2'));
		const cluster = memoryCluster(mesh.objects());
		expect(await told(cluster, only('bookinfo'))).toEqual(['ratings-vm.bookinfo entry.duplicate-address']);
		expect(await told(cluster, target)).toEqual(['ratings-vm.bookinfo entry.duplicate-address']);
	});

	test('has no entry in a namespace: that is a fact, not an error', async () => {
		const results = await lint(memoryCluster(drafts().objects()), only('empty'));
		expect(results).toMatchObject([{target: 'cluster/lab', healthy: true, findings: [{id: 'fleet.empty'}]}]);
	});

	test('has no such entry', async () => {
		const scope = {targets: ['rating-vm.bookinfo'], namespaces: []};
		await expect(lint(memoryCluster(drafts().objects()), scope)).rejects.toMatchObject({
			code: 'entry.not-found',
			hint: 'Did you mean ratings-vm.bookinfo?',
		});
	});
});

describe('requests', () => {
	const fleet = (entries: number, namespaces: number) =>
		Array.from({length: entries}, (_, index) =>
			entry(`vm-${index}`, `team-${index % namespaces}`, `10.0.${index >> 8}.${index & 255}`),
		).join('\n---\n');
	const count = async (entries: number, namespaces: number) => {
		const cluster = memoryCluster([...drafts().objects(), ...parseObjects(fleet(entries, namespaces))]);
		const results = await lint(cluster, all);
		expect(results.filter(({target: of}) => of.startsWith('vm-'))).toHaveLength(entries);
		return cluster.calls.length;
	};

	test('grow with the namespaces, not with the entries', async () => {
		const few = await count(50, 10);
		expect(await count(1000, 10)).toBe(few);
		expect((await count(1000, 20)) - few).toBe(70);
	});
});

describe('a user with few rights', () => {
	const refusing = (refused: (call: string) => boolean) => {
		const cluster = memoryCluster(drafts().objects());
		cluster.refuse(refused);
		return cluster;
	};
	const clusterWide = (call: string) => call === 'list workloadentries *' || call === 'list workloadgroups *';

	test('who may not list the whole cluster is shown the namespaces that may be', async () => {
		const results = await lint(refusing(clusterWide), all);
		expect(results.map(({target: of}) => of)).toContain('ratings-vm.bookinfo');
		expect(results.every(({healthy}) => healthy)).toBe(true);
	});

	test('who may not even list the namespaces is told so', async () => {
		const cluster = refusing((call) => clusterWide(call) || call === 'list namespaces *');
		await expect(lint(cluster, all)).rejects.toMatchObject({code: 'cluster.forbidden', exitCode: 77});
		expect(await told(cluster, target)).toEqual([]);
	});

	test('what may not be read is not checked, and no finding', async () => {
		const cluster = refusing((call) => call === 'list services bookinfo' || call === 'list sidecars bookinfo');
		const [{findings, checks} = {findings: undefined, checks: []}] = await lint(cluster, target);
		expect(findings).toEqual([]);
		expect(checks.filter(({outcome}) => outcome === 'not-done').map(({detail}) => detail)).toEqual([
			'you may not list every Service or ServiceEntry of namespace bookinfo',
			'you may not list every Sidecar of namespace bookinfo',
		]);
	});
});
