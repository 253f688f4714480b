import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {protoDuration} from '../../source/mesh/duration.ts';
import {
	applyProxyConfig,
	mergeProxyConfig,
	orderProxyConfig,
	parseProxyConfig,
} from '../../source/mesh/proxy-config.ts';

const written = (yaml: string) => JSON.stringify(orderProxyConfig(parseProxyConfig(yaml)));

describe('as jsonpb writes it', () => {
	test.each([
		['fields in the order of declaration', '{statusPort: 1, configPath: a}', '{"configPath":"a","statusPort":1}'],
		['empty fields are left out', "{configPath: '', statusPort: 0, extraStatTags: [], proxyMetadata: {}}", '{}'],
		['messages stay, even empty', '{envoyAccessLogService: {}}', '{"envoyAccessLogService":{}}'],
		[
			'wrappers stay, even 0 and false',
			'{concurrency: 0, statsCompression: false}',
			'{"concurrency":0,"statsCompression":false}',
		],
		[
			'the first word of an enum is its default',
			'{interceptionMode: REDIRECT, controlPlaneAuthPolicy: 1}',
			'{"controlPlaneAuthPolicy":"MUTUAL_TLS"}',
		],
		[
			'proto names are as good as JSON names',
			'{discovery_address: a.b, stat_name_length: "7"}',
			'{"discoveryAddress":"a.b","statNameLength":7}',
		],
		['maps are sorted', '{proxyMetadata: {B: "2", A: "1"}}', '{"proxyMetadata":{"A":"1","B":"2"}}'],
		['null leaves a field alone', '{configPath: null}', '{}'],
		[
			'durations in seconds',
			'{drainDuration: 1m30s, fileFlushInterval: 500ms}',
			'{"drainDuration":"90s","fileFlushInterval":"0.500s"}',
		],
		[
			'fields of a newer mesh follow, unchanged, in their order',
			'{zNew: {b: [1, {c: 0}], a: ""}, statusPort: 1, aNew: 0}',
			'{"statusPort":1,"zNew":{"b":[1,{"c":0}],"a":""},"aNew":0}',
		],
		[
			'and within messages too',
			'{tracing: {future: 1, zipkin: {address: a}}}',
			'{"tracing":{"zipkin":{"address":"a"},"future":1}}',
		],
		['nothing is nothing', '# a comment', '{}'],
	])('%s', (_, yaml, json) => expect(written(yaml)).toBe(json));
});

test.each([
	['configPath: [a]', 'ProxyConfig.configPath is no text'],
	['- a', 'ProxyConfig is no mapping'],
	['a: 1\n b: 2', 'in line 2'],
	['drainDuration: soon', 'ProxyConfig.drainDuration is no duration'],
	[
		'proxyMetadata: {ISTIO_META_DNS_CAPTURE: true}',
		'ProxyConfig.proxyMetadata.ISTIO_META_DNS_CAPTURE is no text: write it in quotes',
	],
	['proxyMetadata: {A: "x\\nB=1"}', 'ProxyConfig.proxyMetadata.A holds a line break'],
	['proxyMetadata: {"A B": x}', 'is no name of an environment variable'],
	['serviceCluster: "a\\0b"', 'ProxyConfig.serviceCluster holds a null character'],
	['statusPort: many', 'ProxyConfig.statusPort is no number'],
	['interceptionMode: {}', 'ProxyConfig.interceptionMode is none of'],
])('%s is refused in a sentence', (yaml, text) => expect(() => parseProxyConfig(yaml)).toThrow(text));

test('a layer replaces fields as a whole; Istio merges the metadata, the original does not', () => {
	const below = parseProxyConfig(
		'{tracing: {zipkin: {address: a}, sampling: 1}, proxyMetadata: {A: "1", B: "1"}, serviceCluster: x}',
	);
	const layer = parseProxyConfig(
		'{tracing: {datadog: {address: b}}, proxyMetadata: {B: "2"}, tracingServiceName: CANONICAL_NAME_ONLY}',
	);
	expect(mergeProxyConfig(below, layer)).toEqual({
		tracing: {datadog: {address: 'b'}},
		proxyMetadata: {A: '1', B: '2'},
		tracingServiceName: 'CANONICAL_NAME_ONLY',
	});
	expect(applyProxyConfig(below, layer)).toEqual({
		tracing: {datadog: {address: 'b'}},
		proxyMetadata: {B: '2'},
		tracingServiceName: 'CANONICAL_NAME_ONLY',
	});
});

test('ordering loses nothing that is not empty, and is the same the second time', () => {
	const value = fc.oneof(fc.integer({min: 1}), fc.string({minLength: 1}));
	fc.assert(
		fc.property(fc.dictionary(fc.stringMatching(/^x[a-z]{1,8}$/), value), (unknown) => {
			const once = orderProxyConfig({...unknown, discoveryAddress: 'a', statusPort: 7});
			expect(once).toEqual({...unknown, discoveryAddress: 'a', statusPort: 7});
			expect(JSON.stringify(orderProxyConfig(once))).toBe(JSON.stringify(once));
			expect(Object.keys(once).slice(0, 2)).toEqual(['discoveryAddress', 'statusPort']);
		}),
	);
});

test.each([
	['45s', '45s'],
	['1m', '60s'],
	['1h0m1s', '3601s'],
	['0', '0s'],
	['1.5s', '1.500s'],
	['-2s', '-2s'],
	['10ns', '0.000000010s'],
	['1us', '0.000001s'],
	['5', undefined],
	['', undefined],
	['s', undefined],
])('the duration %s is %s', (text, duration) => expect(protoDuration(text)).toBe(duration));
