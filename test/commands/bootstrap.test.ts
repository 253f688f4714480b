import {execFile, execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {readClaims} from '../../source/mesh/token.ts';
import {createTokenIssuer, type TokenWish} from '../../source/sandbox/mesh/token-issuer.ts';
import {yamlObjects} from '../helpers/memory-cluster.ts';
import {type ObjectApi, openObjectApi} from '../helpers/object-api.ts';
import {expectManners} from '../helpers/told.ts';
import {cli, folder, newHome, run, tableTests} from './process.ts';

/* tctl's command against the input and the files of the original's own tests, with the built program as a process. */

const data = new URL('../conformance/sidecar-bootstrap/basic/', import.meta.url);
const objects = ['input/k8s.yaml', 'input/istio.yaml'].flatMap((file) => yamlObjects(new URL(file, data)));
const account = (name: string, namespace: string) => ({
	apiVersion: 'v1',
	kind: 'ServiceAccount',
	metadata: {name, namespace},
});
const sound = [...objects, account('my-service', 'my-ns'), account('other-service', 'my-ns')];
let api: ObjectApi;
beforeAll(async () => {
	api = await openObjectApi(sound, {namespace: 'my-ns'});
});
afterAll(() => api.close());

const inFolder = () => mkdtempSync(join(folder, 'bundles-'));
const bootstrap = (...words: readonly string[]) =>
	run(['bootstrap', '-c', api.kubeconfig, ...words], newHome(), {TZ: 'UTC'});

/** Byte for byte those of the original; a token is one, for the right account. */
function expectGolden(directory: string, output: string, serviceAccount: string): void {
	for (const name of ['sidecar.env', 'istio-ca.pem']) {
		const golden = readFileSync(new URL(`output/${output}/etc/${name}`, data));
		expect(readFileSync(join(directory, 'etc', name)).equals(golden), name).toBe(true);
	}
	const claims = readClaims(readFileSync(join(directory, 'etc', 'istio-token'), 'utf8'));
	expect(claims).toMatchObject({
		audience: ['istio-ca'],
		subject: `system:serviceaccount:my-ns:${serviceAccount}`,
	});
	expect((claims?.expiresAt ?? 0) - (claims?.issuedAt ?? 0)).toBe(24 * 3600);
	const modes = ['etc/sidecar.env', 'etc/istio-ca.pem', 'etc/istio-token', 'bin/start-istio-proxy.sh'].map((name) =>
		(statSync(join(directory, name)).mode & 0o777).toString(8),
	);
	expect(modes).toEqual(['644', '644', '640', '755']);
	expect(readdirSync(directory).sort()).toEqual(['bin', 'etc']);
}

describe('a folder', () => {
	test('holds the original’s files of one entry, and its next steps are told', async () => {
		const place = join(inFolder(), 'new', 'folder');
		const ended = await bootstrap('my-vm.my-ns', '-d', place);
		expect(ended.code, ended.stderr).toBe(0);
		expectGolden(place, 'single', 'my-service');
		expect(ended.stdout).toBe('');
		expect(ended.stderr).toContain(`Generated files have been saved to the directory \`${place}\`

Next steps:

  1. Copy the contents of \`${place}\` directory to the remote host represented by the WorkloadEntry

  2. Once on the remote host, run \`<dir>/bin/start-istio-proxy.sh\` to start Istio Proxy in a Docker container
`);
		expect(ended.stderr).not.toMatch(/eyJ/);
	});

	test('holds a folder of each entry of the namespace, which is the context’s own', async () => {
		const place = inFolder();
		const ended = await bootstrap('--all', '--output-dir', place);
		expect(ended.code, ended.stderr).toBe(0);
		expect(readdirSync(place).sort()).toEqual(['my-vm', 'other-vm']);
		expectGolden(join(place, 'my-vm'), 'multi/my-vm', 'my-service');
		expectGolden(join(place, 'other-vm'), 'multi/other-vm', 'other-service');
	});

	test('that holds something is left alone, before any token is issued', async () => {
		const place = inFolder();
		writeFileSync(join(place, 'mine'), 'mine');
		const ended = await bootstrap('my-vm', '-d', place);
		expect(ended).toMatchObject({code: 64, stdout: ''});
		expect(ended.stderr).toContain('is not empty');
		expect(readdirSync(place)).toEqual(['mine']);
	});
});

describe('an archive', () => {
	test('holds the same, under the name that was asked for, for its group to read', async () => {
		const place = inFolder();
		const file = join(place, 'x.tgz');
		writeFileSync(file, 'an earlier one');
		const ended = await bootstrap('my-vm', '--output-file', file);
		expect(ended.code, ended.stderr).toBe(0);
		expect((statSync(file).mode & 0o777).toString(8)).toBe('640');
		const into = inFolder();
		execFileSync('tar', ['-xf', file, '-C', into, '-p']);
		expectGolden(into, 'single', 'my-service');
		expect(readdirSync(place)).toEqual(['x.tgz']);
		expect(ended.stderr).toContain('run `tar -xvf x.tgz` to extract archive into the working directory');
	});

	test('gets a name of its own in the working directory', async () => {
		const place = inFolder();
		const inPlace = (...words: readonly string[]) =>
			promisify(execFile)(process.execPath, [cli, 'bootstrap', '-c', api.kubeconfig, ...words], {
				cwd: place,
				env: {...process.env, HOME: place, XDG_CONFIG_HOME: join(place, '.c'), XDG_CACHE_HOME: join(folder, 'cache')},
			});
		await inPlace('my-vm', '-o');
		await inPlace('--all', '-n', 'my-ns', '--archive');
		const names = readdirSync(place).filter((name) => !name.startsWith('.'));
		expect(names.map((name) => name.replace(/\d{14}/, 'TIME')).sort()).toEqual([
			'my-ns.TIME.tgz',
			'my-vm.my-ns.TIME.tgz',
		]);
	});

	test('is refused in the place of what is no file', async () => {
		const place = inFolder();
		mkdirSync(join(place, 'there'));
		symlinkSync('/dev/null', join(place, 'null'));
		for (const name of ['there', 'null']) {
			const ended = await bootstrap('my-vm', '--output-file', join(place, name));
			expect(ended.code).toBe(64);
			expect(ended.stderr).toContain('it is no file');
		}
		expect(readdirSync(place).sort()).toEqual(['null', 'there']);
	});
});

describe('an entry that is bad', () => {
	const bad = [
		...sound,
		{
			apiVersion: 'networking.istio.io/v1',
			kind: 'WorkloadEntry',
			metadata: {name: 'nobody', namespace: 'my-ns'},
			spec: {address: '10.0.0.9'},
		},
		{
			apiVersion: 'networking.istio.io/v1',
			kind: 'WorkloadEntry',
			metadata: {name: 'stranger', namespace: 'my-ns'},
			spec: {address: '10.0.0.10', serviceAccount: 'gone'},
		},
	];
	const badApi = async () => {
		const opened = await openObjectApi(bad);
		onTestFinished(() => opened.close());
		return (...words: readonly string[]) => run(['bootstrap', '-c', opened.kubeconfig, '-n', 'my-ns', ...words]);
	};

	test('does not stop the others: they are saved, it is told, and the exit code says so', async () => {
		const place = inFolder();
		const ended = await (await badApi())('--all', '-d', place, '--output', 'json');
		expect(ended.code, ended.stderr).toBe(65);
		expectGolden(join(place, 'my-vm'), 'multi/my-vm', 'my-service');
		expect(readdirSync(place).sort()).toEqual(['my-vm', 'other-vm']);
		const {path, results} = JSON.parse(ended.stdout) as {
			path: string;
			results: Array<{target: string; outcome: string; cause?: string; folder?: string}>;
		};
		expect(path).toBe(place);
		expect(results).toMatchObject([
			{target: 'my-vm.my-ns', outcome: 'succeeded', folder: 'my-vm'},
			{target: 'other-vm.my-ns', outcome: 'succeeded', folder: 'other-vm'},
			{target: 'nobody.my-ns', outcome: 'failed', cause: 'entry.service-account-missing'},
			{target: 'stranger.my-ns', outcome: 'failed', cause: 'token.service-account-not-found'},
		]);
		expect(ended.stdout + ended.stderr).not.toMatch(/eyJ/);
	});

	test('alone, or not there at all, leaves nothing', async () => {
		const place = join(inFolder(), 'none');
		const ask = await badApi();
		for (const [word, says] of [
			['nobody', 'entry.service-account-missing'],
			['my-vmm', 'Did you mean my-vm.my-ns?'],
		] as const) {
			const ended = await ask(word, '-d', place);
			expectManners(ended);
			expect(ended.code).toBe(65);
			expect(ended.stderr).toContain(says);
		}
		const {stdout} = await ask('nobody', '-d', place, '--output', 'ndjson');
		expect(JSON.parse(stdout)).toMatchObject({path: null, target: 'nobody.my-ns', event: 'not-started'});
		expect(() => statSync(place)).toThrow('ENOENT');
	});

	test('is told in a dry run too, beside the plans of the others', async () => {
		const ended = await (await badApi())('my-vm', 'nobody', 'not-there', '--dry-run', '--output', 'json');
		expect(ended.code).toBe(65);
		const {plans, failed} = JSON.parse(ended.stdout) as {
			plans: Array<{target: string; files: readonly object[]}>;
			failed: Array<{target: string; cause: string}>;
		};
		expect(plans.map(({target, files}) => [target, files.length])).toEqual([
			['my-vm.my-ns', 3],
			['nobody.my-ns', 3],
		]);
		expect(failed).toMatchObject([{target: 'not-there.my-ns', cause: 'entry.not-found'}]);
	});
});

describe('a dry run', () => {
	test('shows every file and every command, and of the token what would be asked for', async () => {
		const ended = await bootstrap('my-vm.my-ns', '--start-istio-proxy', '--dry-run', '--duration', '1h30m');
		expect(ended.code, ended.stderr).toBe(0);
		const env = readFileSync(new URL('output/single/etc/sidecar.env', data), 'utf8');
		for (const line of env.split('\n')) expect(ended.stdout).toContain(`      ${line}\n`);
		expect(ended.stdout).toContain('docker run -d --name istio-proxy --restart unless-stopped --network host');
		expect(ended.stdout).toContain(
			'[token: audience istio-ca, subject system:serviceaccount:my-ns:my-service, lifetime 90 min;',
		);
		expect(ended.stdout).toMatch(/token +90 min for my-service {2}\(flag --duration\)/);
	});

	test('as json holds the files whole: a pipeline can write them, but for the token', async () => {
		const ended = await bootstrap('my-vm.my-ns', '--dry-run', '--output', 'json');
		const {plans} = JSON.parse(ended.stdout) as {
			plans: Array<{
				files: ReadonlyArray<{path: string; mode: string; content?: string; claims?: object}>;
				steps: Array<{commands: string[]}>;
			}>;
		};
		const golden = (name: string) => readFileSync(new URL(`output/single/etc/${name}`, data), 'utf8');
		expect(plans[0]?.files).toEqual([
			{path: '/tmp/istio-proxy/sidecar.env', mode: '0644', content: golden('sidecar.env')},
			{path: '/tmp/istio-proxy/istio-ca.pem', mode: '0644', content: golden('istio-ca.pem')},
			{
				path: '/tmp/istio-proxy/istio-token',
				mode: '0640',
				claims: {aud: ['istio-ca'], sub: 'system:serviceaccount:my-ns:my-service', seconds: 86_400},
			},
		]);
		// Without --start-istio-proxy no container is touched.
		expect(JSON.stringify(plans[0]?.steps)).not.toContain('docker run');
	});
});

test('values come from the annotation, then the flag, then the profile, then the default', async () => {
	const annotated = sound.map((object) =>
		object.kind === 'WorkloadEntry' && object.metadata.name === 'other-vm'
			? {
					...object,
					metadata: {
						...object.metadata,
						annotations: {
							'sidecar-bootstrap.istio.io/ssh-user': 'annotated',
							'sidecar-bootstrap.istio.io/ssh-port': '2222',
						},
					},
				}
			: object,
	);
	const opened = await openObjectApi(annotated, {namespace: 'my-ns'});
	onTestFinished(() => opened.close());
	const config = {version: 1, profiles: {default: {sshUser: 'profiled', sshPort: 22_000, sshConnectTimeout: 3}}};
	const home = newHome({'config/meshboard/config.json': JSON.stringify(config)});
	const settings = async (home: string, ...words: readonly string[]) => {
		const {stdout, stderr} = await run(
			['bootstrap', '-c', opened.kubeconfig, '--dry-run', '--output', 'json', ...words],
			home,
		);
		expect(stderr).toBe('');
		const {plans} = JSON.parse(stdout) as {
			plans: Array<{settings: Array<{name: string; value: string; source: string}>}>;
		};
		return Object.fromEntries(
			(plans[0]?.settings ?? []).map(({name, value, source}) => [name, `${value} (${source})`]),
		);
	};
	expect(await settings(home, 'other-vm', '-u', 'flagged')).toMatchObject({
		'SSH user': 'annotated (annotation sidecar-bootstrap.istio.io/ssh-user)',
		'SSH port': '2222 (annotation sidecar-bootstrap.istio.io/ssh-port)',
		'SSH connects in': '3 s (profile sshConnectTimeout)',
	});
	expect(await settings(home, 'my-vm', '-u', 'flagged', '--ssh-connect-timeout', '1m30s')).toMatchObject({
		'SSH user': 'flagged (flag --ssh-user)',
		'SSH port': '22000 (profile sshPort)',
		'SSH connects in': '90 s (flag --ssh-connect-timeout)',
	});
	expect(await settings(newHome(), 'my-vm', '--ssh-password')).toMatchObject({
		'SSH user': `${process.env['USER'] ?? 'root'} (default)`,
		'SSH password': 'asked for (flag --ssh-password)',
		'SSH connects in': '10 s (default)',
	});
});

test('ConfigMaps of other names are read, and missed by their names', async () => {
	const renamed = sound.map((object) =>
		object.kind === 'ConfigMap' && ['istio', 'istio-sidecar-injector'].includes(object.metadata.name)
			? {...object, metadata: {...object.metadata, name: `my-${object.metadata.name}`}}
			: object,
	);
	const opened = await openObjectApi(renamed, {namespace: 'my-ns'});
	onTestFinished(() => opened.close());
	const words = ['bootstrap', 'my-vm', '-c', opened.kubeconfig, '--dry-run'];
	const named = await run([
		...words,
		'--meshConfigMapName',
		'my-istio',
		'--injectConfigMapName',
		'my-istio-sidecar-injector',
	]);
	expect(named.code, named.stdout).toBe(0);
	const missed = await run([...words, '--meshConfigMapName', 'my-istio', '--injectConfigMapName', 'other']);
	expect(missed.code).toBe(65);
	expect(missed.stdout).toMatch(/cluster\.istio-missing/);
});

test('a server that caps the life of tokens is told, with the end that it gave', async () => {
	const tokens = createTokenIssuer();
	const capped = {
		...tokens,
		issue: (wish: TokenWish) => tokens.issue({...wish, seconds: Math.min(wish.seconds, 3600)}),
	};
	const opened = await openObjectApi(sound, {namespace: 'my-ns', tokens: capped});
	onTestFinished(() => opened.close());
	const ended = await run(['bootstrap', 'my-vm', '-c', opened.kubeconfig, '-d', inFolder()]);
	expect(ended.code, ended.stderr).toBe(0);
	const [, end = ''] =
		/warning token\.short-lived: The API server gave a token of 60 min instead of 24 h: it ends (\S+)\.\n/.exec(
			ended.stderr,
		) ?? [];
	expect(Math.abs(Date.parse(end) - Date.now() - 3_600_000)).toBeLessThan(60_000);
});

test('of a namespace without entries it says so, and succeeds', async () => {
	const ended = await bootstrap('--all', '-n', 'empty', '-o');
	expect(ended).toEqual({code: 0, stdout: '', stderr: 'There are no WorkloadEntry(s) to bootstrap\n'});
});

test('who may only read is told so, and nothing is issued', async () => {
	const place = join(inFolder(), 'none');
	const ended = await bootstrap('my-vm', '-d', place, '--read-only');
	expect(ended.code).toBe(77);
	expect(ended.stderr).toContain('read-only');
});

describe('contradicting flags', () => {
	const usage = {id: 'usage', code: 64};
	const words = (text: string) => ['bootstrap', ...text.split(' ').filter((word) => word !== '')];
	const either =
		'sidecar-bootstrap command requires either a <workload-entry-name>\\[.<namespace>\\] argument or the --all flag';
	const cases: ReadonlyArray<readonly [string, string]> = [
		['', `${either}\n`],
		['vm.ns --all', `${either} but not both`],
		['vm.ns -o --output-file f', 'use either -o or --output-file but not both'],
		['vm.ns -o --output-dir d', 'use either -o or --output-dir but not both'],
		['vm.ns --output-file f --output-dir d', 'use either --output-file or --output-dir but not both'],
		['vm.ns -o --dry-run', 'it is not possible to use --dry-run flag together with -o'],
		['vm.ns --output-file f --dry-run', 'it is not possible to use --dry-run flag together with --output-file'],
		['vm.ns -d d --dry-run', 'it is not possible to use --dry-run flag together with --output-dir'],
		['vm.ns --host-keys ask --ignore-host-keys', 'use either --host-keys or --ignore-host-keys but not both'],
		['vm.ns --ssh-password --yes', '--ssh-password asks for the password, and there is no terminal'],
		['vm.ns --duration 5m', '600 s to 3650 d'],
		['vm.ns --timeout never', '90s, 1h30m or 24h'],
		['vm.ns --ssh-connect-timeout 0', '1 s to 60 min'],
		['VM_1.ns -o', '"VM_1.ns" is not a target'],
		['vm.ns --output-dir=', '--output-dir needs a name'],
	];
	tableTests(
		cases.map(([line, says]) => ({title: line, words: words(line), ...usage, says: new RegExp(says), next: /./})),
	);
});

test('--docs tells every annotation, without a cluster', async () => {
	const ended = await run(['bootstrap', '--docs']);
	expect(ended.code).toBe(0);
	for (const name of ['sidecar-bootstrap.istio.io/scp-path', 'proxy.istio.io/config', 'mesh-expansion-configmap'])
		expect(ended.stdout).toContain(name);
});
