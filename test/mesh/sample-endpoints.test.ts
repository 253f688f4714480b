import {expect, test} from 'vitest';
import {imageRegistry} from '../../source/mesh/image-registry.ts';
import {egressNamespaces, sampleEndpoints} from '../../source/mesh/sample-endpoints.ts';

const service = (name: string, namespace = 'bookinfo', annotations = {}) => ({
	kind: 'Service',
	metadata: {name, namespace, annotations},
	spec: {ports: [{port: 80}]},
});
const slice = (of: string, change: object = {}, namespace = 'bookinfo') => ({
	metadata: {name: `${of}-abc`, namespace, labels: {'kubernetes.io/service-name': of}},
	ports: [{port: 8080, protocol: 'TCP'}],
	endpoints: [{addresses: ['10.20.0.7'], conditions: {ready: true}, targetRef: {kind: 'Pod'}}],
	...change,
});
const pods = (...addresses: string[]) => ({
	endpoints: addresses.map((address) => ({addresses: [address], targetRef: {kind: 'Pod'}})),
});

test.each<[string, readonly string[], readonly object[], readonly string[]]>([
	['a pod', ['./*'], [slice('details')], ['10.20.0.7:8080']],
	['another namespace than the hosts name', ['istio-system/*'], [slice('details')], []],
	['one host', ['./details.bookinfo.svc.cluster.local'], [slice('details')], ['10.20.0.7:8080']],
	['another host', ['./reviews.bookinfo.svc.cluster.local'], [slice('details')], []],
	['left out', ['./*', '~./details.bookinfo.svc.cluster.local'], [slice('details')], []],
	[
		'not ready',
		['./*'],
		[slice('details', {endpoints: [{addresses: ['10.20.0.7'], conditions: {ready: false}, targetRef: {kind: 'Pod'}}]})],
		[],
	],
	['no pod but a VM', ['./*'], [slice('details', {endpoints: [{addresses: ['10.128.0.2']}]})], []],
	['UDP', ['./*'], [slice('details', {ports: [{port: 53, protocol: 'UDP'}]})], []],
	['no port', ['./*'], [slice('details', {ports: []})], []],
	['another shape', ['./*'], [slice('details', {endpoints: 'none', ports: 7})], []],
	[
		'each Service before a second pod of one',
		['./*'],
		[slice('details', pods('10.20.0.1', '10.20.0.2', '10.20.0.3')), slice('reviews', pods('10.20.0.4'))],
		['10.20.0.1:8080', '10.20.0.4:8080', '10.20.0.2:8080'],
	],
])('endpoints: %s', (_, hosts, slices, expected) => {
	const found = sampleEndpoints(hosts, 'bookinfo', [service('details'), service('reviews')], slices as never, 3);
	expect(found.map(({address, port}) => `${address}:${port}`)).toEqual(expected);
});

test('a Service that is not exported to the namespace is not dialled', () => {
	const hidden = service('details', 'shop', {'networking.istio.io/exportTo': '.'});
	expect(sampleEndpoints(['*/*'], 'bookinfo', [hidden], [slice('details', {}, 'shop')] as never, 3)).toEqual([]);
});

test.each([
	[['./*'], ['bookinfo']],
	[
		['./*', 'istio-system/*'],
		['bookinfo', 'istio-system'],
	],
	[['*/*'], ['bookinfo', 'istio-system']],
	[['~/*'], []],
	[['shop/a.b', '~shop/c.d'], ['shop']],
	[['nonsense'], []],
])('the namespaces of %j', (hosts, expected) => {
	expect(egressNamespaces(hosts, 'bookinfo', 'istio-system')).toEqual(expected);
});

test.each([
	['docker.io/istio/proxyv2:1.31.0', 'registry-1.docker.io', 443],
	['istio/proxyv2', 'registry-1.docker.io', 443],
	['proxyv2:1', 'registry-1.docker.io', 443],
	['registry.lab:5000/istio/proxyv2:1', 'registry.lab', 5000],
	['localhost/proxyv2', 'localhost', 443],
	['gcr.io/istio-release/proxyv2@sha256:00', 'gcr.io', 443],
	['[2001:db8::1]:5000/proxyv2', '2001:db8::1', 5000],
])('the registry of %s', (image, host, port) => {
	expect(imageRegistry(image)).toEqual({host, port});
});
