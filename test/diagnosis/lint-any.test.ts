import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {lintObjects} from '../../source/diagnosis/lint.ts';
import {manifestMeshFindings} from '../../source/diagnosis/mesh-manifests.ts';
import {parseManifests} from '../../source/mesh/parse-manifests.ts';

/** Every string in a value, line by line. */
const stringsOf = (value: unknown): readonly string[] =>
	typeof value === 'string'
		? value.split('\n')
		: Object.values((value ?? {}) as Record<string, unknown>).flatMap(stringsOf);

describe('whatever the objects hold', () => {
	const kinds = ['WorkloadEntry', 'WorkloadGroup', 'Sidecar', 'Service', 'ServiceEntry', 'ConfigMap', 'Namespace'];
	const hostile = fc.constantFrom(
		'\u001b[2J',
		'\u0000',
		'\u009b31m',
		'\u202e',
		'../x',
		'$(reboot)',
		'__proto__',
		'*',
		'',
		'ratings',
	);
	const word = fc.oneof(hostile, fc.string({unit: 'binary'}));
	const value = fc.oneof(
		word,
		fc.integer(),
		fc.constant(null),
		fc.object({key: word, maxDepth: 3}),
		fc.array(fc.object({key: word, maxDepth: 2}), {maxLength: 3}),
	);
	const key = fc.constantFrom(
		...'address ports labels serviceAccount network ingress egress workloadSelector selector hosts endpoints template probe metadata addresses resolution exportTo outboundTrafficPolicy inboundConnectionPool'.split(
			' ',
		),
	);
	const listener = fc.record(
		{
			port: value,
			bind: value,
			defaultEndpoint: value,
			hosts: fc.array(word),
			tls: value,
			ports: value,
			connectionPool: value,
		},
		{requiredKeys: []},
	);
	const spec = fc.oneof(
		value,
		fc.dictionary(key, value),
		fc.record(
			{ingress: fc.array(listener), egress: fc.array(listener), workloadSelector: fc.record({labels: value})},
			{requiredKeys: []},
		),
	);
	const metadata = fc.record(
		{
			name: word,
			namespace: fc.constantFrom('bookinfo', 'istio-system', '\u001b[1m'),
			labels: value,
			annotations: value,
			creationTimestamp: word,
		},
		{requiredKeys: ['name']},
	);
	const object = fc.record(
		{apiVersion: fc.constant('v1'), kind: fc.constantFrom(...kinds), metadata, spec, status: value, data: value},
		{requiredKeys: ['apiVersion', 'kind', 'metadata']},
	);

	test('lint does not throw, and says it in plain text', {timeout: 120_000}, () => {
		fc.assert(
			fc.property(
				fc.array(object, {maxLength: 6}),
				fc.constantFrom('file' as const, 'cluster' as const),
				(values, origin) => {
					const text = JSON.stringify({
						kind: 'List',
						apiVersion: 'v1',
						items: values.map((one) => ({...one, metadata: {...one.metadata, name: one.metadata.name || 'x'}})),
					});
					const objects = parseManifests('test.json', text, 'bookinfo').map(({object: one}) => one);
					const findings = manifestMeshFindings(objects, 'istio-system');
					const results = lintObjects(objects, {origin, istioNamespace: 'istio-system', findings});
					for (const text of stringsOf(results)) expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
					for (const one of results.flatMap((result) => result.findings))
						expect(one.evidence.length).toBeGreaterThan(0);
				},
			),
			{numRuns: 300},
		);
	});
});
