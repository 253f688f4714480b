import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {load, loadAll} from 'js-yaml';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {toYaml} from '../../source/mesh/yaml.ts';
import {startPty} from '../helpers/pty.ts';
import {expectManners} from '../helpers/told.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cli, expectTold, folder, newHome, run} from './process.ts';

/* `meshboard create`, with the built program on the sandbox's API server and VMs. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

const create = async (...words: string[]) => {
	const ended = await run(['create', ...words, '--kubeconfig', sandbox.kubeconfig]);
	expectManners(ended);
	return ended;
};
const istio = (plural: string, name: string, namespace = 'bookinfo') =>
	sandbox.get(`/apis/networking.istio.io/v1/namespaces/${namespace}/${plural}/${name}`);
const entryFlags = [
	'--address',
	'35.0.0.9',
	'--instance-ip',
	'10.128.0.9',
	'--service-account',
	'bookinfo-ratings',
	'--app',
	'stars',
];

describe('create entry', () => {
	test('shows it, and applies nothing, with --dry-run; needs no cluster for that', async () => {
		const {code, stdout, stderr} = await run(['create', 'entry', 'stars-vm.bookinfo', ...entryFlags, '--dry-run']);
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		expect(stdout.endsWith('\n')).toBe(true);
		expect(load(stdout)).toEqual({
			apiVersion: 'networking.istio.io/v1',
			kind: 'WorkloadEntry',
			metadata: {
				name: 'stars-vm',
				namespace: 'bookinfo',
				annotations: {
					'sidecar-bootstrap.istio.io/proxy-instance-ip': '10.128.0.9',
					'sidecar-bootstrap.istio.io/proxy-config-dir': '/etc/istio-proxy',
				},
			},
			spec: {
				address: '35.0.0.9',
				serviceAccount: 'bookinfo-ratings',
				labels: {app: 'stars', version: 'v1', class: 'vm'},
			},
		});
	});

	test('applies it, says what it did, and finds it unchanged the next time', async () => {
		const words = ['entry', 'made-vm.bookinfo', ...entryFlags, '--address', '35.0.0.10', '--yes'];
		expect(await create(...words)).toEqual({code: 0, stdout: 'workloadentry/bookinfo/made-vm created\n', stderr: ''});
		expect((await istio('workloadentries', 'made-vm')).spec.address).toBe('35.0.0.10');
		expect((await create(...words)).stdout).toBe('workloadentry/bookinfo/made-vm unchanged\n');
		const tried = await create(...words, '--network', 'far', '--dry-run=server');
		expect(tried).toMatchObject({code: 0, stderr: ''});
		expect(tried.stdout).toMatch(/would change\n.*^\+ {3}network: far$/ms);
		expect((await istio('workloadentries', 'made-vm')).spec.network).toBeUndefined();
		expect((await create(...words, '-o', 'json')).stdout).toContain('"address": "35.0.0.10"');
	});

	test('tells of a service account that is not there, and makes it on request', async () => {
		const words = [
			'entry',
			'account-vm.bookinfo',
			...entryFlags,
			'--address',
			'35.0.0.11',
			'--service-account',
			'new',
			'-y',
		];
		expect(await create(...words)).toMatchObject({
			code: 0,
			stderr: expect.stringMatching(/no service account new.+--create-account/),
		});
		expect((await create(...words, '--create-account')).stdout).toBe(
			'serviceaccount/bookinfo/new created\nworkloadentry/bookinfo/account-vm unchanged\n',
		);
	});

	test.each([
		[
			'what is missing',
			['entry', 'x.bookinfo', '--address', '10.0.0.1'],
			64,
			/needs --service-account and --app\./,
			/--help/,
		],
		['no name at all', ['entry', ...entryFlags], 64, /needs a NAME and a namespace/, /--help/],
		[
			'an unknown namespace',
			['entry', 'x.bokinfo', ...entryFlags, '-y'],
			65,
			/no namespace "bokinfo"/,
			/Did you mean bookinfo\?/,
		],
		['nobody to ask', ['entry', 'x.bookinfo', ...entryFlags], 64, /without consent/, /--dry-run/],
		['a read-only profile', ['entry', 'x.bookinfo', ...entryFlags, '-y', '--read-only'], 77, /read-only/, /--dry-run/],
		[
			'two contradicting flags',
			['entry', 'x.bookinfo', ...entryFlags, '--dry-run', '-f', 'x.yaml'],
			64,
			/--file applies nothing/,
			/./,
		],
		['a list of no table', ['entry', '--from', '/dev/null', '-y'], 65, /nothing in it/, /ansible-inventory/],
		[
			'a file that is not there',
			['entry', '--from', '/nowhere.csv', '-y'],
			65,
			/\/nowhere\.csv cannot be read: no such file/,
			/standard input/,
		],
		[
			'an entry that is not there',
			['sidecar', '--for', 'rating-vm.bookinfo', '--dry-run'],
			65,
			/no WorkloadEntry "rating-vm"/,
			/Did you mean ratings-vm.bookinfo\?/,
		],
	])('says %s', async (_title, words, code, says, next) => {
		const ended = await create(...words);
		expect(ended.code, ended.stderr).toBe(code);
		expect(ended.stdout).toBe('');
		expect(ended.stderr).toMatch(says);
		expect(ended.stderr).toMatch(next);
	});

	test('names the flag of every broken rule', async () => {
		const ended = await create('entry', 'x.bookinfo', ...entryFlags, '--instance-ip', 'eth0', '--ports', '80');
		expectTold(ended, {
			id: 'entry.invalid',
			code: 65,
			says: /2 rules are broken.*--ports: "80" needs a name.*--instance-ip: "eth0" is not a valid IP address/s,
			next: /Correct/,
		});
	});

	test('writes a file for source control, whole, and replaces another only with consent', async () => {
		const file = join(folder, 'entry.yaml');
		const words = ['entry', 'stars-vm.bookinfo', ...entryFlags, '-f', file];
		expect(await create(...words)).toMatchObject({code: 0, stdout: '', stderr: `${file} written\n`});
		expect(await create(...words)).toMatchObject({code: 0, stderr: `${file} unchanged\n`});
		const before = readFileSync(file, 'utf8');
		expect((await create(...words, '--network', 'n')).code).not.toBe(0);
		expect(readFileSync(file, 'utf8')).toBe(before);
		expect(await create(...words, '--network', 'n', '--yes')).toMatchObject({code: 0, stderr: `${file} replaced\n`});
		expect(load(readFileSync(file, 'utf8'))).toMatchObject({spec: {network: 'n'}});
	});

	test('takes what the VM reports', async () => {
		const ended = await create(
			...[
				'entry',
				'asked-vm.bookinfo',
				'--ask-vm',
				'127.0.0.1',
				'--ssh-port',
				String(await sandbox.sshPort('ratings-vm', 'bookinfo')),
			],
			...['-u', 'admin', '-k', join(sandbox.directory, 'id_ed25519'), '--host-keys', 'accept-new'],
			...['--service-account', 'bookinfo-ratings', '--app', 'ratings', '--dry-run'],
		);
		expect(ended.code, ended.stderr).toBe(0);
		expect(ended.stderr).toMatch(/reports:\n.*address +10\.128\.0\.2.*listens +127\.0\.0\.1:9080/s);
		expect(load(ended.stdout)).toMatchObject({
			metadata: {annotations: {'sidecar-bootstrap.istio.io/proxy-instance-ip': '10.128.0.2'}},
			spec: {ports: {http: 9080}},
		});
	});

	test('asks at a terminal for what is missing, offers what holds otherwise, shows it, and wants a yes', async () => {
		const pty = startPty(
			process.execPath,
			[cli, 'create', 'entry', 'spoken-vm.bookinfo', '--kubeconfig', sandbox.kubeconfig],
			{
				columns: 120,
				rows: 60,
				env: {HOME: newHome(), XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined},
			},
		);
		try {
			for (const [question, answer] of [
				['Which address do pods use', '35.0.0.77'],
				['Which IP can the proxy bind', '10.128.0.77'],
				['Which address do you SSH to', ''],
				['In which network', 'vm-net'],
				['Under which service account', 'bookinfo-ratings'],
				['Which application', 'spoken'],
				['Which version of it', ''],
				['Apply workloadentry/bookinfo/spoken-vm?', 'y'],
			] as const) {
				await pty.waitFor((text) => text.trimEnd().split('\n').slice(-2).join('').includes(question), 15_000);
				pty.type(`${answer}\r`);
			}
			expect(await pty.exited).toMatchObject({exitCode: 0});
		} finally {
			await pty.close();
		}
		expect(await istio('workloadentries', 'spoken-vm')).toMatchObject({
			metadata: {annotations: {'sidecar-bootstrap.istio.io/proxy-instance-ip': '10.128.0.77'}},
			spec: {address: '35.0.0.77', network: 'vm-net', labels: {app: 'spoken', version: 'v1'}},
		});
	});
});

test('a Sidecar and a Service are made for an entry, from what is around it', async () => {
	await create('entry', 'around-vm.payments', ...entryFlags, '--address', '35.0.0.12', '--app', 'around', '-y');
	expect((await create('service', '--for', 'around-vm.payments', '--ports', '80:9090', '-y')).stdout).toBe(
		'service/payments/around created\n',
	);
	const sidecar = await create('sidecar', '--for', 'around-vm.payments', '-y');
	expect(sidecar).toMatchObject({
		code: 0,
		stdout: 'sidecar/payments/around-vm created\n',
		stderr: expect.stringContaining('port 80 '),
	});
	expect((await istio('sidecars', 'around-vm', 'payments')).spec).toMatchObject({
		workloadSelector: {labels: {app: 'around', class: 'vm'}},
		ingress: [{port: {number: 9090, protocol: 'HTTP'}, defaultEndpoint: '127.0.0.1:9090'}],
		egress: expect.arrayContaining([
			{bind: '127.0.0.2', port: expect.objectContaining({number: 8000}), hosts: ['./*', 'istio-system/*']},
		]),
	});
	expect(
		await create(
			'group',
			'arounds.payments',
			'--service-account',
			'default',
			'--app',
			'around',
			'--probe',
			'http:9090/',
			'-y',
		),
	).toMatchObject({
		code: 0,
		stdout: 'workloadgroup/payments/arounds created\n',
	});
});

describe('create entry --from', () => {
	const table = `name,address,app
csv-1,10.77.0.1,csv
csv-2,10.77.0.2,csv
csv-3,,csv
csv-4,10.77.0.5,csv
csv-4,10.77.0.6,csv
`;
	const file = join(folder, 'machines.csv');
	const words = [
		'entry',
		'--from',
		file,
		'-n',
		'bookinfo',
		'--service-account',
		'bookinfo-ratings',
		'--set',
		'network=csv-net',
	];

	test('applies the good rows, tells the others, and ends with 1', async () => {
		writeFileSync(file, table);
		const ended = await create(...words, '--yes');
		expect(ended.stderr).toMatch(/CSV, 5 rows/);
		expect(ended.stderr).toMatch(/line 2 .+ csv-1 .+ new/);
		expect(ended.stderr).toMatch(/line 4 .+ missing: address/);
		expect(ended.stderr).toMatch(/line 5 .+ same name as line 6/);
		expect(ended).toMatchObject({code: 1, stdout: '2 created, 0 configured, 0 unchanged, 0 refused, 3 left out\n'});
		expect((await istio('workloadentries', 'csv-2')).spec).toMatchObject({address: '10.77.0.2', network: 'csv-net'});
		expect((await create(...words, '--yes')).stdout).toContain('2 unchanged');
		const {results} = JSON.parse((await create(...words, '--dry-run=server', '-o', 'json')).stdout) as {
			results: Array<{outcome: string}>;
		};
		const left = ['left-out', 'left-out', 'left-out'];
		expect(results.map(({outcome}) => outcome)).toEqual(['unchanged', 'unchanged', ...left]);
	});

	test('tells an address that is taken in the cluster', async () => {
		writeFileSync(file, 'name,address,app\nthief,10.77.0.1,csv\n');
		const ended = await create(...words, '--yes');
		expect(ended.stderr).toContain('same address as csv-1.bookinfo in the cluster');
		expect(ended.code).toBe(65);
	});

	test('reads standard input, and writes one file that kubectl takes', () => {
		const {status, stdout, stderr} = spawnSync(
			process.execPath,
			[
				cli,
				'create',
				'entry',
				'--from',
				'-',
				'-n',
				'bookinfo',
				'--service-account',
				'x',
				'--set',
				'app={tags.app|name}',
				'-f',
				'-',
			],
			{
				input: readFileSync(new URL('../mesh/import/fixtures/gcloud.json', import.meta.url)),
				encoding: 'utf8',
				env: {...process.env, HOME: newHome()},
			},
		);
		expect(status, stderr).toBe(0);
		expect(stderr).toContain('Left out (--include-stopped takes them): instance idle is TERMINATED.');
		expect(loadAll(stdout).map((object) => (object as {metadata: {name: string}}).metadata.name)).toEqual([
			'ratings-vm',
			'reviews-vm',
			'sixes',
		]);
	});

	test('ten thousand rows become one file in seconds', async () => {
		const many = Array.from({length: 10_000}, (_, index) => `vm-${index},10.${index >> 8}.${index & 255}.1,web`);
		writeFileSync(file, `name,address,app\n${many.join('\n')}\n`);
		const target = join(folder, 'many.yaml');
		expect(await create(...words, '-f', target)).toMatchObject({
			code: 0,
			stderr: expect.stringContaining('and 9900 more rows'),
		});
		expect(readFileSync(target, 'utf8').match(/^kind: WorkloadEntry$/gm)).toHaveLength(10_000);
	});
});

test('kubectl reads every string back as it was written', async ({skip}) => {
	if ((await sandbox.kubectl(['version', '--client'])).code !== 0) skip('no kubectl on this machine');
	const tricky = [
		'yes',
		'No',
		'on',
		'y',
		'null',
		'~',
		'1_000',
		'0o7',
		'0x1f',
		'1:30',
		'1e3',
		'.5',
		'01',
		'2001-01-01',
		'',
		' a',
		'a\nb',
		'<<',
		'=',
		"'",
		'"',
	];
	const object = {
		apiVersion: 'v1',
		kind: 'ConfigMap',
		metadata: {name: 'tricky', namespace: 'bookinfo', annotations: {'a/on': 'on', 'a/y': '2001-01-01'}},
		data: Object.fromEntries(tricky.map((value, index) => [`k${index}`, value])),
	};
	const {code, stdout, stderr} = await sandbox.kubectl(
		['create', '--dry-run=client', '-o', 'json', '-f', '-'],
		toYaml(object),
	);
	expect(code, stderr).toBe(0);
	expect(JSON.parse(stdout)).toMatchObject(object);
});
