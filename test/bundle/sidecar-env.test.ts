import fc from 'fast-check';
import {expect, test} from 'vitest';
import {bundleFiles} from '../../source/bundle/files.ts';
import {goJson, goJsonMap} from '../../source/bundle/go-json.ts';
import {parseWorkloadEntry} from '../../source/mesh/parse-workload-entry.ts';
import type {Target} from '../../source/mesh/target.ts';
import {drafts, resolve} from '../helpers/mesh.ts';

const nasty = fc.oneof(
	fc.string({unit: 'binary'}),
	fc.constantFrom(
		'$(reboot)',
		'"; rm -rf /',
		"it's",
		'a\nB=injected',
		'\u001b[31mred',
		'`id`',
		'\\n',
		'\r\nX=1',
		'a=b',
		'\u2028',
		'#',
	),
);
/** As `docker run --env-file` reads it: one variable a line, nothing unquoted, the last of equal names wins. */
const read = (file: string) =>
	Object.fromEntries(
		file.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
	);

const sound = await resolve(drafts().objects());
const names = Object.keys(read(String(bundleFiles(sound)[0]?.content)));

/** The target with an entry of another shape, as if nothing had been checked before. */
const withEntry = (change: {
	annotations?: Record<string, string>;
	labels?: Record<string, string>;
	spec?: Record<string, unknown>;
}): Target => ({
	...sound,
	entry: parseWorkloadEntry({
		metadata: {
			name: 'ratings-vm',
			namespace: 'bookinfo',
			annotations: change.annotations ?? {},
			labels: change.labels ?? {},
		},
		spec: {address: '10.128.0.2', serviceAccount: 'bookinfo-ratings', labels: {app: 'ratings'}, ...change.spec},
	}),
});

test('annotations and labels of every content come out of the file as they went in', () => {
	fc.assert(
		fc.property(fc.dictionary(fc.string(), nasty), fc.dictionary(fc.string(), nasty), (annotations, labels) => {
			const marked = Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`istio.io/${key}`, value]));
			const env = read(String(bundleFiles(withEntry({annotations: marked, labels}))[0]?.content));
			expect(Object.keys(env)).toEqual(names);
			expect(JSON.parse(env['ISTIO_METAJSON_ISTIO_ANNOTATIONS'] || '{}')).toEqual(JSON.parse(JSON.stringify(marked)));
			expect(JSON.parse(env['ISTIO_METAJSON_LABELS'] ?? '')).toEqual(
				JSON.parse(JSON.stringify({...labels, app: 'ratings'})),
			);
		}),
	);
});

test('a raw value either comes out as it went in, or nothing is written', () => {
	fc.assert(
		fc.property(nasty, (value) => {
			const target = withEntry({spec: {network: value, serviceAccount: value, labels: {app: value}}});
			const network = value === '' ? 'cluster-net' : value;
			let file: string;
			try {
				file = String(bundleFiles(target)[0]?.content);
			} catch (error) {
				expect(error).toMatchObject({code: 'entry.invalid', exitCode: 65});
				expect(value).toMatch(/[\n\r\0]/);
				return;
			}
			const env = read(file);
			expect(Object.keys(env)).toEqual(names);
			expect(env).toMatchObject({ISTIO_META_NETWORK: network, SERVICE_ACCOUNT: value, ISTIO_META_WORKLOAD_NAME: value});
		}),
	);
});

test('JSON is written as Go writes it', () => {
	expect(goJson({a: '<b> & "c"\u2028\n'})).toBe('{"a":"\\u003cb\\u003e \\u0026 \\"c\\"\\u2028\\n"}');
	expect(goJsonMap({b: '1', a: '2', '10': '3', '9': '4'})).toBe('{"10":"3","9":"4","a":"2","b":"1"}');
	fc.assert(
		fc.property(fc.jsonValue(), (value) => {
			expect(JSON.parse(goJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
		}),
	);
});
