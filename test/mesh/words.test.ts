import {isIP} from 'node:net';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {clusterLocalAliases, isClusterLocal} from '../../source/mesh/cluster-local.ts';
import {isIp, isPrivateIp, joinHostPort, splitHostPort} from '../../source/mesh/ip.ts';
import {matches, misses, proxyLabels, selectionLabels, selects} from '../../source/mesh/labels.ts';
import {parseWorkloadEntry} from '../../source/mesh/parse-workload-entry.ts';
import {editDistance, similarNames} from '../../source/mesh/similar-names.ts';

test('an IP is what Node takes for one, without zones', () => {
	fc.assert(
		fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/), fc.string()), (text) => {
			if (!text.includes('%')) expect(isIp(text)).toBe(isIP(text) !== 0);
		}),
		{numRuns: 1000},
	);
	for (const text of [
		'::ffff:1.2.3.4',
		'::',
		'1::',
		'1.2.3.4::',
		'01.2.3.4',
		'1.2.3',
		':::',
		'1:2:3:4:5:6:7::',
		'::1.2.3.4.5',
	])
		expect([text, isIp(text)]).toEqual([text, isIP(text) !== 0]);
	expect(isIp('fe80::1%eth0')).toBe(false);
});

test.each([
	['10.0.0.1', true],
	['172.15.0.1', false],
	['172.16.0.1', true],
	['172.32.0.1', false],
	['192.168.4.4', true],
	['100.64.0.1', true],
	['100.128.0.1', false],
	['35.194.38.142', false],
	['fd00::1', true],
	['2001:db8::1', false],
	['vm.example.com', false],
])('%s is private: %s', (ip, expected) => expect(isPrivateIp(ip)).toBe(expected));

test('host and port come apart and together again', () => {
	expect(splitHostPort('istiod.istio-system.svc:15012')).toEqual({host: 'istiod.istio-system.svc', port: 15012});
	expect(splitHostPort('[fd00::1]:15012')).toEqual({host: 'fd00::1', port: 15012});
	expect(splitHostPort('fd00::1')).toEqual({host: 'fd00::1', port: undefined});
	expect(splitHostPort('[::1]')).toEqual({host: '::1', port: undefined});
	expect(splitHostPort('')).toEqual({host: '', port: undefined});
	fc.assert(
		fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65535), (host, port) => {
			expect(splitHostPort(joinHostPort(host, port))).toEqual({host, port});
		}),
	);
});

test.each([
	['istiod', true],
	['zipkin.istio-system', true],
	['a.b.svc', true],
	['a.b.svc.cluster', true],
	['a.b.svc.cluster.local', true],
	['a.b.c', false],
	['a.b.svc.example.com', false],
	['1.2.3.4', false],
	['', false],
])('%s is a name of the cluster: %s', (host, expected) => expect(isClusterLocal(host)).toBe(expected));

test('aliases are those of every Service once, sorted', () => {
	expect(
		clusterLocalAliases(['zipkin.ops:9411', 'als', 'zipkin.ops.svc', 'example.com.au:1', '10.0.0.1:1', ''], 'apps'),
	).toEqual([
		'als.apps',
		'als.apps.svc',
		'als.apps.svc.cluster',
		'als.apps.svc.cluster.local',
		'zipkin.ops',
		'zipkin.ops.svc',
		'zipkin.ops.svc.cluster',
		'zipkin.ops.svc.cluster.local',
	]);
});

test('istiod selects by metadata over spec, the proxy tells spec over metadata', () => {
	const entry = {metadataLabels: {app: 'meta', zone: 'a'}, specLabels: {app: 'spec', class: 'vm'}};
	expect(selectionLabels(entry)).toEqual({app: 'meta', zone: 'a', class: 'vm'});
	expect(proxyLabels(entry)).toEqual({app: 'spec', zone: 'a', class: 'vm'});
});

test('an empty selector matches everything for a Sidecar and selects nothing for a Service', () => {
	expect(matches({}, {app: 'a'})).toBe(true);
	expect(selects({}, {app: 'a'})).toBe(false);
	expect(selects({app: 'a'}, {app: 'a', b: 'c'})).toBe(true);
	expect(misses({app: 'a', class: 'vm', constructor: 'x'}, {app: 'b'})).toEqual([
		'app: the selector wants "a", the entry has "b"',
		'class: the selector wants "vm", the entry has none',
		'constructor: the selector wants "x", the entry has none',
	]);
});

test('an entry of any shape can be read, and keeps texts only', () => {
	fc.assert(
		fc.property(fc.object(), fc.object(), (metadata, spec) => {
			const entry = parseWorkloadEntry({metadata: metadata as never, spec});
			expect(typeof entry.address).toBe('string');
			for (const map of [entry.metadataLabels, entry.specLabels, entry.annotations])
				for (const value of Object.values(map)) expect(typeof value).toBe('string');
			for (const port of Object.values(entry.ports)) expect(Number.isInteger(port)).toBe(true);
		}),
	);
});

test("an entry leaves kubectl's copy of itself behind", () => {
	const entry = parseWorkloadEntry({
		metadata: {name: 'a', annotations: {'kubectl.kubernetes.io/last-applied-configuration': '{}', keep: 'me'}},
		spec: {address: '10.0.0.1', ports: {http: 80, bad: '80'}, labels: {a: 'b', c: 1}},
	});
	expect(entry).toMatchObject({
		annotations: {keep: 'me'},
		ports: {http: 80},
		specLabels: {a: 'b'},
		namespace: '',
		network: '',
	});
});

test('similar names are found by distance, nearest first', () => {
	expect(editDistance('kitten', 'sitting')).toBe(3);
	expect(similarNames('ratngs-vm', ['ratings-vm', 'RATNGS-VM', 'reviews-vm', 'ratings'], 2)).toEqual([
		'RATNGS-VM',
		'ratings-vm',
	]);
	fc.assert(
		fc.property(fc.string(), fc.string(), (a, b) => {
			expect(editDistance(a, b)).toBe(editDistance(b, a));
			expect(editDistance(a, a)).toBe(0);
			expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
		}),
	);
});
