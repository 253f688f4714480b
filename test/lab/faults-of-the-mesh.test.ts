import {afterAll, beforeAll, expect, test} from 'vitest';
import {grant} from './grant.ts';
import {apply, closeNamespace, kubeconfig, kubectl, type Meshboard, newMeshboard} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {ownIstio, ownService} from './own-istio.ts';

/*
 * Faults of Istio's own objects, in an Istio namespace of its own: a dry run names each as the only thing that is wrong. The pod of its istiod
 * only stands there, since nobody connects to it. No VM is needed, nor asked.
 */

const namespace = 'faults-mesh';
const istio = 'faults-mesh-istio';
const gateway = 'istio-eastwestgateway';
let meshboard: Meshboard;

const ports = [
	{name: 'tls', port: 15443},
	{name: 'tls-istiod', port: 15012},
];
const network = {'topology.istio.io/network': 'cluster-net'};
const gatewayService = (spec: object = {}, labels: object = network) =>
	ownService(istio, gateway, {type: 'LoadBalancer', externalIPs: ['10.128.7.7'], ports, ...spec}, labels);
const istiodService = ownService(istio, 'istiod', {selector: {app: 'istiod'}, ports: [{name: 'dns', port: 15012}]});
const workload = (kind: string, name: string, labels: object, spec: object, env: readonly object[] = []) => ({
	apiVersion: 'apps/v1',
	kind,
	metadata: {name, namespace: istio, labels},
	spec: {
		selector: {matchLabels: labels},
		template: {
			metadata: {labels},
			spec: {
				...spec,
				terminationGracePeriodSeconds: 0,
				containers: [{name: 'discovery', image: 'docker.io/lab/base:lab', imagePullPolicy: 'IfNotPresent', env}],
			},
		},
	},
});
const istiod = (...env: readonly object[]) => workload('Deployment', 'istiod', {app: 'istiod'}, {}, env);
const rolledOut = () => kubectl(`-n ${istio} rollout status deployment/istiod --timeout=60s`);

const rights = [
	...[namespace, istio].flatMap((where) =>
		grant('tenant', namespace, where, [
			{apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch']},
			{apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create']},
		]),
	),
	...grant('tenant', namespace, undefined, [{apiGroups: [''], resources: ['namespaces'], verbs: ['get']}]),
];

beforeAll(async () => {
	// Who sees no other namespace sees no other gateway.
	meshboard = newMeshboard({istioNamespace: istio, kubeconfig: kubeconfig('tenant')});
	await Promise.all([namespace, istio].map((each) => kubectl(`delete namespace ${each} --ignore-not-found`)));
	const entry = entryManifests({name: 'vm', namespace, ip: '10.128.9.9'});
	await apply([
		{apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
		...entry,
		...(await ownIstio(istio)),
		...[istiodService, istiod(), gatewayService()],
		...rights,
	]);
	await rolledOut();
}, 120_000);

afterAll(async () => {
	meshboard.remove();
	await kubectl(`delete clusterrole,clusterrolebinding ${namespace}-tenant --ignore-not-found`);
	await kubectl('delete customresourcedefinition controlplanes.install.tetrate.io --ignore-not-found');
	await Promise.all([namespace, istio].map(closeNamespace));
});

type Found = ReadonlyArray<{readonly id: string; readonly severity: string}>;
const told = (findings: Found) => findings.filter(({severity}) => severity !== 'info').map(({id}) => id);
async function dryRun(words: readonly string[] = []): Promise<readonly string[]> {
	const {stdout, stderr} = await meshboard.run(['onboard', `vm.${namespace}`, '--dry-run', '-o', 'json', ...words]);
	const {plans} = JSON.parse(stdout) as {plans: ReadonlyArray<{readonly findings: Found}>};
	return told(plans.flatMap(({findings}) => findings)).concat(stderr === '' ? [] : [stderr]);
}

const remove = (what: string) => kubectl(`-n ${istio} delete ${what}`);
const put = (...objects: readonly object[]) => apply(objects);
const asBefore = () => put(gatewayService());

type Fault = {
	readonly title: string;
	readonly id: string;
	readonly words?: readonly string[];
	readonly make: () => Promise<unknown>;
	readonly mend: () => Promise<unknown>;
};

const faults: readonly Fault[] = [
	{
		title: 'no gateway',
		id: 'gateway.not-found',
		make: () => remove(`service ${gateway}`),
		mend: asBefore,
	},
	{
		title: 'a gateway without the port for services',
		id: 'gateway.port-missing',
		make: () => put(gatewayService({ports: [ports[1]]})),
		mend: asBefore,
	},
	{
		title: 'a gateway without pods',
		id: 'gateway.not-ready',
		make: () => put(gatewayService({selector: {istio: 'nobody'}})),
		mend: asBefore,
	},
	{
		title: 'a node of a NodePort, and the port of the Service',
		id: 'gateway.node-port',
		words: ['--gateway', '10.128.7.8:15012'],
		make: () => put(gatewayService({type: 'NodePort'})),
		mend: asBefore,
	},
	{
		title: 'a gateway that is of no network',
		id: 'gateway.network-unserved',
		make: () => put(gatewayService({}, {})),
		mend: asBefore,
	},
	{
		title: "Tetrate's control plane without mesh expansion",
		id: 'gateway.mesh-expansion-off',
		make: tetrate,
		mend: () => kubectl('delete customresourcedefinition controlplanes.install.tetrate.io'),
	},
	{
		title: 'an istiod that is not ready',
		id: 'cluster.istiod-not-ready',
		make: () => kubectl(`-n ${istio} scale deployment istiod --replicas=0`).then(() => gone('pod -l app=istiod')),
		mend: () => kubectl(`-n ${istio} scale deployment istiod --replicas=1`).then(rolledOut),
	},
	{
		title: 'tokens of the first party',
		id: 'cluster.unsupported-setting',
		make: () => setGlobal({jwtPolicy: 'first-party-jwt'}),
		mend: () => setGlobal({jwtPolicy: 'third-party-jwt'}),
	},
	{
		title: 'an istiod that signs nothing',
		id: 'identity.external-ca',
		make: () =>
			put(istiod({name: 'ENABLE_CA_SERVER', value: 'false'}))
				.then(rolledOut)
				.then(oneIstiod),
		mend: () => put(istiod()).then(rolledOut).then(oneIstiod),
	},
	{
		title: 'an ambient mesh',
		id: 'cluster.ambient',
		// No node has this label: the DaemonSet is there, and its pods are not needed.
		make: () => put(workload('DaemonSet', 'ztunnel', {app: 'ztunnel'}, {nodeSelector: {nobody: 'here'}})),
		mend: () => remove('daemonset ztunnel'),
	},
];

const gone = (what: string) => kubectl(`-n ${istio} wait --for=delete ${what} --timeout=60s`);
/** Of a rollout the former pod may still be there. */
const oneIstiod = () =>
	kubectl(`-n ${istio} get pods -l app=istiod -o jsonpath={.items[*].metadata.name}`).then((names) =>
		names.includes(' ') ? gone(`pod ${names.split(' ')[0] ?? ''}`) : undefined,
	);

async function setGlobal(change: object): Promise<void> {
	const map = `-n ${istio} get configmap istio-sidecar-injector -o jsonpath={.data.values}`;
	const values = JSON.parse(await kubectl(map)) as {global: object};
	const text = JSON.stringify({...values, global: {...values.global, ...change}});
	await kubectl(
		`-n ${istio} patch configmap istio-sidecar-injector --type=merge -p`,
		JSON.stringify({data: {values: text}}),
	);
}

async function tetrate(): Promise<void> {
	const group = 'install.tetrate.io';
	const schema = {openAPIV3Schema: {type: 'object', 'x-kubernetes-preserve-unknown-fields': true}};
	await put({
		apiVersion: 'apiextensions.k8s.io/v1',
		kind: 'CustomResourceDefinition',
		metadata: {name: `controlplanes.${group}`},
		spec: {
			group,
			scope: 'Namespaced',
			names: {kind: 'ControlPlane', plural: 'controlplanes', singular: 'controlplane'},
			versions: [{name: 'v1alpha1', served: true, storage: true, schema}],
		},
	});
	await kubectl(`wait --for=condition=established crd/controlplanes.${group} --timeout=30s`);
	await put({
		apiVersion: `${group}/v1alpha1`,
		kind: 'ControlPlane',
		metadata: {name: 'controlplane', namespace: istio},
		spec: {hub: 'registry.lab:5000/istio'},
	});
}

test('where nothing is wrong, nothing is found', async () => {
	expect(await dryRun()).toEqual([]);
});

test.each(faults)('$title → $id', async ({id, words, make, mend}) => {
	await make();
	try {
		expect(await dryRun(words)).toEqual([id]);
	} finally {
		await mend();
	}
});
