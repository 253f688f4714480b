import {describe, expect, test} from 'vitest';
import {type ExpansionObjects, examineExpansion} from '../../source/diagnosis/causes/expansion.ts';
import {
	crossNetworkGateway,
	eastWestGateway,
	eastWestSelector,
	istiodGateway,
	istiodRoutes,
} from '../../source/mesh/expose.ts';
import type {KubernetesObject} from '../../source/mesh/kubernetes-object.ts';

/* An open-source mesh with and without what VMs come in by. */

const label = 'topology.istio.io/network';
const expose = {istioNamespace: 'istio-system', revision: '', selector: eastWestSelector, network: 'net-1'};
const [service = {metadata: {name: ''}}] = eastWestGateway(expose);
const addressed: KubernetesObject = {...service, status: {loadBalancer: {ingress: [{ip: '203.0.113.7'}]}}};
const pod = (ready: boolean): KubernetesObject => ({
	metadata: {name: 'istio-eastwestgateway-1', namespace: 'istio-system', labels: {...eastWestSelector}},
	status: {conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}]},
});
const whole: ExpansionObjects = {
	context: 'lab',
	istioNamespace: 'istio-system',
	revision: '',
	absent: [],
	otherRevisions: [],
	network: 'net-1',
	namespace: {metadata: {name: 'istio-system', labels: {[label]: 'net-1'}}},
	services: [addressed],
	pods: [pod(true)],
	gateways: [istiodGateway(expose), crossNetworkGateway(expose)],
	virtualServices: [istiodRoutes(expose)],
};
const examine = (change: Partial<ExpansionObjects>, wanted?: string) => {
	const {findings, missing, ...rest} = examineExpansion({...whole, ...change}, wanted);
	return {
		...rest,
		ids: findings.map(({id}) => id),
		evidence: findings.flatMap(({evidence}) => evidence.map(({text}) => text)),
		missing: missing.map(({kind, metadata}) => `${kind ?? ''} ${metadata.name}`),
		objects: missing,
	};
};
const without = (object: KubernetesObject, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
	...object,
	metadata: {...object.metadata, labels},
});

test('a whole one lacks nothing', () => {
	expect(examine({})).toMatchObject({
		gateway: 'istio-system/istio-eastwestgateway',
		address: '203.0.113.7',
		network: 'net-1',
		ids: [],
		missing: [],
	});
});

test.each<[string, Partial<ExpansionObjects>, readonly string[], readonly string[]]>([
	[
		'no gateway',
		{services: [], pods: [], gateways: [], virtualServices: []},
		['gateway.not-found', 'gateway.not-exposed'],
		[
			'Service istio-eastwestgateway',
			'ServiceAccount istio-eastwestgateway',
			'Deployment istio-eastwestgateway',
			'Gateway istiod-gateway',
			'VirtualService istiod-vs',
			'Gateway cross-network-gateway',
		],
	],
	['no address', {services: [service]}, ['gateway.address-pending'], []],
	['no pod', {pods: []}, ['gateway.not-ready'], []],
	['no ready pod', {pods: [pod(false)]}, ['gateway.not-ready'], []],
	[
		'a port too few',
		{services: [{...addressed, spec: {selector: eastWestSelector, ports: [{port: 15021}, {port: 15443}]}}]},
		['gateway.port-missing'],
		['Service istio-eastwestgateway'],
	],
	[
		'no Gateway for istiod',
		{gateways: [crossNetworkGateway(expose)]},
		['gateway.not-exposed'],
		['Gateway istiod-gateway', 'VirtualService istiod-vs'],
	],
	['no routes', {virtualServices: []}, ['gateway.not-exposed'], ['VirtualService istiod-vs']],
	[
		'no Gateway for services',
		{gateways: [istiodGateway(expose)]},
		['gateway.not-exposed'],
		['Gateway cross-network-gateway'],
	],
	[
		'a Gateway of other pods',
		{gateways: [istiodGateway({...expose, selector: {istio: 'other'}}), crossNetworkGateway(expose)]},
		['gateway.not-exposed'],
		['Gateway istiod-gateway', 'VirtualService istiod-vs'],
	],
	[
		'no label on the namespace',
		{namespace: {metadata: {name: 'istio-system'}}},
		['gateway.network-unserved'],
		['Namespace istio-system'],
	],
	[
		'no label on the Service',
		{services: [without(addressed)]},
		['gateway.network-unserved'],
		['Service istio-eastwestgateway'],
	],
	[
		'another network on the Service',
		{services: [without(addressed, {[label]: 'net-2'})]},
		['gateway.network-unserved'],
		['Service istio-eastwestgateway'],
	],
])('%s', (_title, change, ids, missing) => expect(examine(change)).toMatchObject({ids, missing}));

describe('what would come by itself', () => {
	const of = `of Service istio-system/istio-eastwestgateway`;
	const pulling = {conditions: [], containerStatuses: [{state: {waiting: {reason: 'ErrImagePull'}}}]};
	test.each<[string, Partial<ExpansionObjects>, string | undefined]>([
		['nothing, of a whole one', {}, undefined],
		['nothing, without a gateway', {services: [], pods: []}, undefined],
		['a pod', {services: [service], pods: []}, `a ready pod ${of} (there is no such pod)`],
		[
			'a pod that has an image to get',
			{pods: [{...pod(false), status: pulling}]},
			`a ready pod ${of} (istio-eastwestgateway-1 is not ready: ErrImagePull)`,
		],
		['an address', {services: [service]}, `the address ${of} (LoadBalancer)`],
		[
			'no address, of a Service that no load balancer serves',
			{services: [{...service, spec: {...(service.spec as object), type: 'NodePort'}}]},
			undefined,
		],
	])('is %s', (_title, change, pending) => expect(examine(change).pending).toBe(pending));
});

describe('the network', () => {
	const single = {network: '', namespace: {metadata: {name: 'istio-system'}}, services: [without(addressed)]};
	test('of a mesh with one alone needs no label and no Gateway of its own', () => {
		expect(examine({...single, gateways: [istiodGateway(expose)]})).toMatchObject({ids: [], network: ''});
	});
	test('that a person names is put on both', () => {
		expect(examine(single, 'mine')).toMatchObject({
			network: 'mine',
			missing: ['Namespace istio-system', 'Service istio-eastwestgateway'],
		});
	});
	test('is told from the labels where the values name none', () => {
		expect(examine({network: '', services: [without(addressed)]})).toMatchObject({
			network: 'net-1',
			ids: ['gateway.network-unserved'],
		});
	});
});

test('what may not be read is no finding', () => {
	expect(
		examine({
			services: undefined,
			pods: undefined,
			gateways: undefined,
			virtualServices: undefined,
			namespace: undefined,
		}),
	).toMatchObject({ids: [], missing: []});
});

test('where Istio itself is absent, or of other revisions, there is nothing to lead to', () => {
	const none = {services: [], pods: [], gateways: [], virtualServices: []};
	const absent = ['ConfigMap istio-sidecar-injector was not found'];
	const {ids, evidence, missing, pending} = examine({...none, absent, otherRevisions: ['blue', 'green']});
	expect({ids, missing, pending}).toEqual({ids: ['cluster.istio-missing'], missing: [], pending: undefined});
	expect(evidence).toEqual([...absent, 'revisions found: blue, green']);
});

test("a revision's routes lead to that revision by its names", () => {
	const {ids, objects} = examine({revision: 'blue'});
	expect(ids).toEqual(['gateway.not-exposed']);
	expect(objects).toMatchObject([
		{
			metadata: {name: 'istiod-vs-blue'},
			spec: {
				tls: [
					{
						match: [{sniHosts: ['istiod-blue.istio-system.svc', 'istiod-blue.istio-system.svc.cluster.local']}],
						route: [{destination: {host: 'istiod-blue.istio-system.svc.cluster.local'}}],
					},
					{},
				],
			},
		},
	]);
});
