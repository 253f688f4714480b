import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {load} from 'js-yaml';
import {afterAll, describe, expect, test} from 'vitest';
import {packageFiles} from '../../../source/bundle/package/files.ts';
import type {Gateway, Target} from '../../../source/mesh/target.ts';
import {parseWorkloadGroup, type WorkloadGroup} from '../../../source/mesh/workload-group.ts';
import {entryNamed, targetNamed} from '../../helpers/target.ts';

const folder = mkdtempSync(join(tmpdir(), 'meshboard-cluster-env-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const base = targetNamed('ratings-vm', 'bookinfo', {
	layout: {value: 'package', source: 'flag'},
	interceptionMode: {value: 'REDIRECT', source: 'default'},
});
const filesOf = (change: Partial<Target> = {}, found = {}) =>
	Object.fromEntries(packageFiles({...base, ...change}, found).map(({name, content}) => [name, content]));

/** The variables as istio-start.sh has them after it has sourced the file. */
function sourced(text: unknown): Readonly<Record<string, string>> {
	const file = join(folder, 'cluster.env');
	writeFileSync(file, String(text));
	const out = execFileSync('bash', ['--norc', '-c', 'set -a; . "$0"; exec env -0', file], {
		env: {PATH: process.env.PATH},
	});
	const pairs = out.toString('utf8').split('\0').filter(Boolean);
	return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

const group = (change: object = {}): WorkloadGroup =>
	parseWorkloadGroup({
		metadata: {name: 'ratings', namespace: 'bookinfo'},
		spec: {
			metadata: {labels: {app: 'ratings'}},
			template: {serviceAccount: 'ratings', ports: {http: 9080, admin: 8081}, network: 'vm-net'},
			...change,
		},
	});
const mesh = (change: object) => ({mesh: {...(base.mesh as NonNullable<Target['mesh']>), ...change}});

describe('the files of an entry', () => {
	test('name the proxy as istiod shall list it, and link it to the entry', () => {
		expect(sourced(filesOf()['cluster.env'])).toMatchObject({
			POD_NAME: 'ratings-vm',
			ISTIO_META_WORKLOAD_ENTRY: 'ratings-vm',
			ISTIO_SERVICE: 'ratings.bookinfo',
			ISTIO_SVC_IP: '10.128.0.2',
			ISTIO_META_NETWORK: 'vm-net',
			ISTIO_META_CLUSTER_ID: 'lab',
			CANONICAL_REVISION: 'v3',
			SERVICE_ACCOUNT: 'bookinfo-ratings',
		});
		expect(filesOf().hosts).toBe('10.128.0.254 istiod.istio-system.svc\n');
		expect(filesOf()['istio-token']).toEqual({secret: 'token'});
	});

	test.each([
		{mode: 'REDIRECT', has: {}, lacks: ['ISTIO_CUSTOM_IP_TABLES', 'ISTIO_META_INTERCEPTION_MODE']},
		{mode: 'NONE', has: {ISTIO_CUSTOM_IP_TABLES: 'true', ISTIO_META_INTERCEPTION_MODE: 'NONE'}, lacks: []},
		{
			mode: 'TPROXY',
			has: {ISTIO_INBOUND_INTERCEPTION_MODE: 'TPROXY', ISTIO_META_INTERCEPTION_MODE: 'TPROXY'},
			lacks: ['ISTIO_CUSTOM_IP_TABLES'],
		},
	])('say what becomes of traffic with interception $mode', ({mode, has, lacks}) => {
		const env = sourced(filesOf({interceptionMode: {value: mode, source: 'annotation'}})['cluster.env']);
		expect(env).toMatchObject(has);
		for (const name of lacks) expect(env).not.toHaveProperty(name);
	});

	test('leave every port of sshd out of interception', () => {
		const ports = (found: object, port?: number) =>
			sourced(filesOf({ssh: {...base.ssh, port: {value: port, source: 'flag'}}}, found)['cluster.env'])[
				'ISTIO_LOCAL_EXCLUDE_PORTS'
			];
		expect(ports({})).toBe('22,15090,15021,15020');
		expect(ports({}, 2222)).toBe('22,15090,15021,15020,2222');
		expect(ports({sshPorts: [22, 2022, 2222]})).toBe('22,15090,15021,15020,2022,2222');
	});

	test('are none while something that they need is not known', () => {
		expect(packageFiles({...base, gateway: undefined})).toEqual([]);
		expect(packageFiles({...base, mesh: undefined})).toEqual([]);
	});

	test.each(['A B', '1A', 'A-B', 'A.B'])('refuse the variable %j, which no shell takes', (name) => {
		const broken = mesh({said: {trustDomain: '', proxyConfig: {proxyMetadata: {[name]: 'x'}}}});
		expect(() => filesOf(broken)).toThrow(/no name of a shell variable/);
	});
});

describe('the way to istiod', () => {
	const hostname: Gateway = {address: 'lb.example.com', isIp: false, ports: [], origin: 'Service'};
	test.each([
		{what: 'as the package knows it', change: {}, ca: undefined, host: 'istiod.istio-system.svc'},
		{
			what: 'of a revision',
			change: mesh({revision: 'canary'}),
			ca: 'istiod-canary.istio-system.svc:15012',
			host: 'istiod-canary.istio-system.svc',
		},
		{
			what: 'in a namespace of another name',
			change: mesh({istioNamespace: 'mesh'}),
			ca: 'istiod.mesh.svc:15012',
			host: 'istiod.mesh.svc',
		},
		{
			what: 'on a port given by hand',
			change: {
				gateway: {...(base.gateway as Gateway), port: 32_012},
				...mesh({said: {trustDomain: '', proxyConfig: {discoveryAddress: 'istiod.istio-system.svc:15012'}}}),
			},
			ca: 'istiod.istio-system.svc:32012',
			host: 'istiod.istio-system.svc',
		},
	])('$what', ({change, ca, host}) => {
		const files = filesOf(change);
		const config = load(String(files['mesh.yaml'])) as {defaultConfig: {discoveryAddress?: string}};
		expect(sourced(files['cluster.env'])['CA_ADDR']).toBe(ca);
		expect(config.defaultConfig.discoveryAddress).toBe(ca);
		expect(files.hosts).toBe(`10.128.0.254 ${host}\n`);
	});

	test('through a gateway with a name is empty until an address of it is known', () => {
		expect(filesOf({gateway: hostname}).hosts).toBe('');
		expect(filesOf({gateway: hostname}, {gatewayIp: '203.0.113.7'}).hosts).toBe(
			'203.0.113.7 istiod.istio-system.svc\n',
		);
	});
});

describe('the files of a WorkloadGroup', () => {
	test('ask istiod to register the VM', () => {
		const env = sourced(filesOf({group: group()})['cluster.env']);
		expect(env).toMatchObject({
			ISTIO_META_AUTO_REGISTER_GROUP: 'ratings',
			ISTIO_INBOUND_PORTS: '9080,8081',
			ISTIO_META_POD_PORTS:
				'[{"name":"admin","containerPort":8081,"protocol":""},{"name":"http","containerPort":9080,"protocol":""}]',
			POD_NAME: 'ratings-vm',
		});
		expect(env).not.toHaveProperty('ISTIO_META_WORKLOAD_ENTRY');
	});

	test('hold the probe as protobuf writes it, and the annotations over the mesh', () => {
		const probed = group({
			probe: {httpGet: {port: 8080, path: ''}, periodSeconds: 5, initialDelaySeconds: 0},
			metadata: {annotations: {'proxy.istio.io/config': 'concurrency: 3\nproxyMetadata: {A: mine}'}},
		});
		const said = {trustDomain: 'td', proxyConfig: {proxyMetadata: {A: 'meshs', B: 'kept'}, statusPort: 15_099}};
		const files = filesOf({group: probed, ...mesh({said})});
		const {defaultConfig} = load(String(files['mesh.yaml'])) as {defaultConfig: object};
		expect(defaultConfig).toMatchObject({concurrency: 3, proxyMetadata: {A: 'mine', B: 'kept', TRUST_DOMAIN: 'td'}});
		expect(defaultConfig).toHaveProperty('readinessProbe', {httpGet: {port: 8080}, periodSeconds: 5});
		expect(sourced(files['cluster.env'])['ISTIO_LOCAL_EXCLUDE_PORTS']).toBe('22,15090,15021,15099');
	});
});

test('whatever labels and metadata hold, the shell reads it as it was', () => {
	const text = fc.string({unit: 'binary'}).filter((word) => !word.includes('\0') && word.isWellFormed());
	fc.assert(
		fc.property(
			fc.dictionary(fc.stringMatching(/^LABEL_[a-z]{1,5}$/), text, {noNullPrototype: true}),
			text,
			(labels, value) => {
				const said = {trustDomain: '', proxyConfig: {proxyMetadata: {WORD: value}}};
				const entry = entryNamed('ratings-vm', 'bookinfo', {specLabels: labels});
				const env = sourced(filesOf({entry, ...mesh({said})})['cluster.env']);
				expect(env['WORD']).toBe(value);
				expect(JSON.parse(env['ISTIO_METAJSON_LABELS'] ?? '')).toMatchObject(labels);
			},
		),
		{numRuns: 40},
	);
});
