import {describe, expect, it} from 'vitest';
import {lookAround} from '../../../source/onboarding/objects/around.ts';
import {placeOf} from '../../../source/onboarding/objects/ask-vm.ts';
import {memoryCluster, parseObjects} from '../../helpers/memory-cluster.ts';

const objects = parseObjects(`
apiVersion: v1
kind: Namespace
metadata: {name: web}
---
apiVersion: v1
kind: Namespace
metadata: {name: bookinfo}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: ratings, namespace: bookinfo}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: shop, namespace: web}
---
apiVersion: v1
kind: Service
metadata: {name: ratings, namespace: bookinfo}
spec: {selector: {app: ratings}, ports: [{name: http, port: 9080}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: web}
spec: {selector: {app: shop}, ports: [{name: http, port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: ratings-vm, namespace: bookinfo}
spec: {workloadSelector: {labels: {app: ratings}}, ingress: [{port: {number: 9080, protocol: HTTP, name: http}, defaultEndpoint: "127.0.0.1:9080"}]}
`);

describe('looking around', () => {
	it('finds the names to choose from', async () => {
		const {services, sidecars, ...names} = await lookAround(memoryCluster(objects), 'bookinfo');
		expect(names).toEqual({namespace: 'bookinfo', namespaces: ['bookinfo', 'web'], serviceAccounts: ['ratings']});
		expect(services.map(({namespace, name}) => `${namespace}/${name}`)).toEqual(['bookinfo/ratings', 'web/shop']);
		expect(sidecars.map(({name}) => name)).toEqual(['ratings-vm']);
	});

	it('needs no namespace', async () => {
		const {namespaces, serviceAccounts} = await lookAround(memoryCluster(objects), '');
		expect([namespaces, serviceAccounts]).toEqual([['bookinfo', 'web'], []]);
	});

	it('offers what one may list: the services of the namespace where the others are closed', async () => {
		const cluster = memoryCluster(objects);
		cluster.refuse((call) => call === 'list services *' || call.startsWith('list namespaces'));
		const {namespaces, services} = await lookAround(cluster, 'bookinfo');
		expect(namespaces).toEqual([]);
		expect(services.map(({name}) => name)).toEqual(['ratings']);
	});
});

describe('where a machine is asked', () => {
	it.each([
		['nothing is set', {}, {host: 'a'}, {host: 'a', hostKeys: 'ask'}],
		[
			'the admin account goes first',
			{adminUser: 'admin', sshUser: 'istio-proxy'},
			{host: 'a'},
			{host: 'a', user: 'admin', hostKeys: 'ask'},
		],
		[
			'what is said wins',
			{adminUser: 'admin', sshPort: 22},
			{host: 'a', user: 'me', port: 2222},
			{host: 'a', user: 'me', port: 2222, hostKeys: 'ask'},
		],
		[
			'the settings of the way',
			{sshKey: 'k', jump: ['j'], hostKeys: 'strict', knownHosts: 'f'} as const,
			{host: 'a'},
			{host: 'a', key: 'k', jump: ['j'], hostKeys: 'strict', knownHosts: 'f'},
		],
	])('%s', (_, settings, place, destination) => {
		expect(placeOf(settings, place)).toEqual(destination);
	});
});
