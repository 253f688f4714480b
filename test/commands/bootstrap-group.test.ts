import {mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {readClaims} from '../../source/mesh/token.ts';
import {yamlObjects} from '../helpers/memory-cluster.ts';
import {type ObjectApi, openObjectApi} from '../helpers/object-api.ts';
import {folder, newHome, run, tableTests} from './process.ts';

/*
 * The files of Istio's package by the built program, against those of `istioctl x workload entry configure` (istio/istio, Apache-2.0,
 * commit 86c9f01fd73, istioctl/pkg/workload/testdata/vmconfig/ipv4).
 */

const data = new URL('../conformance/workload-entry-configure/ipv4/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, data), 'utf8');
const map = (name: string, namespace: string, entries: Record<string, string>) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {name, namespace},
	data: entries,
});
const ca = {'root-cert.pem': read('root-cert.pem.golden')};
const objects = [
	map('istio-rev-1', 'istio-system', {mesh: read('meshconfig.yaml')}),
	map('istio-sidecar-injector-rev-1', 'istio-system', {
		values: '{"global": {"multiCluster": {"clusterName": "Kubernetes"}}}',
	}),
	map('istio-ca-root-cert', 'istio-system', ca),
	map('istio-ca-root-cert', 'bar', ca),
	{apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'vm-serviceaccount', namespace: 'bar'}},
	{
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: {name: 'istiod-rev-1', namespace: 'istio-system', labels: {app: 'istiod', 'istio.io/rev': 'rev-1'}},
	},
	{
		apiVersion: 'networking.istio.io/v1',
		kind: 'WorkloadEntry',
		metadata: {name: 'vm', namespace: 'bar'},
		spec: {address: '10.10.10.10', serviceAccount: 'vm-serviceaccount', labels: {app: 'vm', version: 'v1'}},
	},
];
/** The data's has no apiVersion. */
const groupFile = join(folder, 'workloadgroup.yaml');
writeFileSync(groupFile, `apiVersion: networking.istio.io/v1\n${read('workloadgroup.yaml')}`);
let api: ObjectApi;
beforeAll(async () => {
	const groups = yamlObjects(new URL('workloadgroup.yaml', data));
	const whole = groups.map((group) => ({...group, apiVersion: 'networking.istio.io/v1'}));
	api = await openObjectApi([...objects, ...whole], {namespace: 'bar'});
});
afterAll(() => api.close());

const names = ['cluster.env', 'mesh.yaml', 'hosts', 'root-cert.pem'];
const common = ['--revision', 'rev-1', '--gateway', '10.10.10.11'];
const bootstrap = (...words: readonly string[]) =>
	run(['bootstrap', '-c', api.kubeconfig, ...words, ...common], newHome());
const newFolder = () => join(mkdtempSync(join(folder, 'group-')), 'files');

test.each([
	['of the cluster', ['--group', 'foo.bar']],
	['in a file', ['-f', groupFile]],
])('a WorkloadGroup %s gets istioctl’s files, byte for byte', async (_, words) => {
	const place = newFolder();
	const ended = await bootstrap(...words, '--internalIP', '10.10.10.10', '-d', place);
	expect(ended.code, ended.stderr).toBe(0);
	for (const name of names) expect(readFileSync(join(place, name), 'utf8'), name).toBe(read(`${name}.golden`));
	expect(readdirSync(place).sort()).toEqual([...names, 'istio-token'].sort());
	const token = readFileSync(join(place, 'istio-token'), 'utf8');
	expect(readClaims(token)).toMatchObject({
		audience: ['istio-ca'],
		subject: 'system:serviceaccount:bar:vm-serviceaccount',
	});
	expect((statSync(join(place, 'istio-token')).mode & 0o777).toString(8)).toBe('640');
	expect(ended.stderr + ended.stdout).not.toContain(token.slice(0, 40));
	expect(ended.stderr).toContain(
		'install -o istio-proxy -g istio-proxy -m 0640 istio-token /var/run/secrets/tokens/istio-token',
	);
	expect(ended.stderr).toContain('cat hosts >>/etc/hosts');
});

test('a VM that is not known yet has no address, and what is asked for besides is in its files', async () => {
	const place = newFolder();
	const words = ['--autoregister', '--clusterID', 'other', '--capture-dns', 'false'];
	const ended = await bootstrap('--group', 'foo', ...words, '-d', place);
	expect(ended.code, ended.stderr).toBe(0);
	const env = readFileSync(join(place, 'cluster.env'), 'utf8');
	expect(env).toContain("ISTIO_META_AUTO_REGISTER_GROUP='foo'\n");
	expect(env).toContain("ISTIO_META_CLUSTER_ID='other'\n");
	// What the mesh itself says of it stays.
	expect(env).toContain("ISTIO_META_DNS_CAPTURE='false'\n");
	expect(env).not.toContain('ISTIO_SVC_IP');
});

test('an IP from outside lets probes go to localhost', async () => {
	const place = newFolder();
	const ended = await bootstrap('--group', 'foo', '--externalIP', '203.0.113.7', '-d', place);
	expect(ended.code, ended.stderr).toBe(0);
	const env = readFileSync(join(place, 'cluster.env'), 'utf8');
	expect(env).toContain("ISTIO_SVC_IP='203.0.113.7'\n");
	expect(env).toContain("REWRITE_PROBE_LEGACY_LOCALHOST_DESTINATION='true'\n");
});

test('a dry run shows every file at its place, of the token its claims', async () => {
	const ended = await bootstrap('--group', 'foo', '--internalIP', '10.10.10.10', '--dry-run', '--output', 'json');
	expect(ended.code, ended.stderr).toBe(0);
	const {plans} = JSON.parse(ended.stdout) as {
		plans: Array<{target: string; steps: unknown[]; files: Array<{path: string; content?: string; claims?: object}>}>;
	};
	const [plan] = plans;
	expect(plan).toMatchObject({target: 'foo.bar', steps: []});
	const file = (path: string) => plan?.files.find((one) => one.path === path);
	expect(file('/var/lib/istio/envoy/cluster.env')?.content).toBe(read('cluster.env.golden'));
	expect(file('/etc/istio/config/mesh')?.content).toBe(read('mesh.yaml.golden'));
	expect(file('/etc/hosts')?.content).toBe(read('hosts.golden'));
	expect(file('/var/lib/istio/istio-token')?.claims).toMatchObject({aud: ['istio-ca']});
});

test('an entry with the package gets the same kind of files, linked to it', async () => {
	const place = newFolder();
	const ended = await bootstrap('vm.bar', '--layout', 'package', '-d', place);
	expect(ended.code, ended.stderr).toBe(0);
	const env = readFileSync(join(place, 'cluster.env'), 'utf8');
	expect(env).toContain("ISTIO_META_WORKLOAD_ENTRY='vm'\n");
	expect(readdirSync(place).sort()).toEqual([...names, 'istio-token'].sort());
});

test('a file without a group is refused, and nothing is issued', async () => {
	const file = join(folder, 'service.yaml');
	writeFileSync(file, 'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: bar}\n');
	const ended = await bootstrap('-f', file, '-d', newFolder());
	expect(ended.code).toBe(65);
	expect(ended.stderr).toContain('there is no WorkloadGroup in it');
});

test('a group that is not there is told', async () => {
	const ended = await bootstrap('--group', 'nobody', '-d', newFolder());
	expect(ended.code).toBe(65);
	expect(ended.stderr).toContain('There is no WorkloadGroup nobody in namespace bar');
});

describe('contradicting flags', () => {
	const cases: ReadonlyArray<readonly [string, string]> = [
		['--group a -f b -d c', 'use either --group or -f but not both'],
		['vm.bar --group a -d c', 'stands alone'],
		['--group a --layout container -d c', "have Istio's package"],
		['--group a', 'expecting an output directory'],
		[
			'--group a --internalIP 10.0.0.1 --externalIP 10.0.0.2 -d c',
			'the flags --internalIP and --externalIP are mutually exclusive',
		],
		['--group a --internalIP vm -d c', '--internalIP takes an IP, and "vm" is none'],
		[
			'vm.bar --autoregister -d c',
			'expecting a WorkloadGroup artifact file or the name and namespace of an existing WorkloadGroup',
		],
		['--group a -d c --dry-run', 'it is not possible to use --dry-run flag together with --output-dir'],
	];
	tableTests(
		cases.map(([line, says]) => ({
			title: line,
			words: ['bootstrap', ...line.split(' ')],
			id: 'usage',
			code: 64,
			says: new RegExp(says.replaceAll(/[.]/g, '\\.')),
			next: /./,
		})),
	);
});
