import {execFile, execFileSync, spawnSync} from 'node:child_process';
import {chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {StatusError} from '../../source/sandbox/api/status-error.ts';
import {createTokenIssuer} from '../../source/sandbox/mesh/token-issuer.ts';
import {scenario, stuckVm} from '../../source/sandbox/scenario.ts';
import {parseObjects, yamlObjects} from '../helpers/memory-cluster.ts';
import {openObjectApi} from '../helpers/object-api.ts';
import {startPty} from '../helpers/pty.ts';
import {expectManners} from '../helpers/told.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cleaners, cli, expectTold, folder, newHome, profiles, run} from './process.ts';

/* What stands in the way of a command that was right when it was typed, with the built program as a process. */

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

describe('a private key that its user may not read', () => {
	/** Any other user of the machine, where root runs the tests: root may read everything. */
	const nobody = 65_534;
	const isRoot = process.getuid?.() === 0;
	const user = isRoot ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'] : [];
	const [program = process.execPath, ...words] = [...user, process.execPath, cli];
	const works = spawnSync(program, [...words, '--version']).status === 0;

	test.skipIf(!works)(
		`is named, with what can be done (${works ? 'as another user' : 'skipped: nobody may run it'})`,
		async () => {
			const home = mkdtempSync(join(tmpdir(), 'unreadable-key-'));
			cleaners.push(() => rmSync(home, {recursive: true, force: true}));
			const key = join(home, 'id_ed25519');
			writeFileSync(key, readFileSync(join(sandbox.directory, 'id_ed25519')), {mode: isRoot ? 0o600 : 0});
			writeFileSync(join(home, 'kubeconfig'), readFileSync(sandbox.kubeconfig));
			if (isRoot) for (const name of ['.', 'kubeconfig']) chownSync(join(home, name), nobody, nobody);
			const given = [
				...words,
				'onboard',
				'ratings-vm.bookinfo',
				'--yes',
				'-k',
				key,
				'--kubeconfig',
				join(home, 'kubeconfig'),
			];
			const env = {PATH: process.env['PATH'], HOME: home, XDG_STATE_HOME: join(home, 'state')};
			const ended = await new Promise<{code: number; stdout: string; stderr: string}>((resolve) =>
				execFile(program, given, {env, cwd: home, timeout: 45_000}, (error, stdout, stderr) =>
					resolve({code: error === null ? 0 : Number(error.code), stdout, stderr}),
				),
			);
			expectManners(ended);
			expect(ended.code, ended.stdout + ended.stderr).toBe(77);
			expect(ended.stdout).toContain('error ssh.key-unusable');
			expect(ended.stdout).toContain(key);
			expect(ended.stdout).toMatch(/may not be read|permission denied/i);
		},
	);
});

describe('a disk that fills while the archive is written', () => {
	const disk = mkdtempSync(join(tmpdir(), 'small-disk-'));
	const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]).status === 0;
	afterAll(() => {
		if (mounted) execFileSync('umount', [disk]);
		rmSync(disk, {recursive: true, force: true});
	});

	test.skipIf(!mounted)(
		`${mounted ? 'leaves' : 'skipped: no tmpfs may be mounted: leaves'} the earlier one as it was`,
		async () => {
			const archive = join(disk, 'ratings.tgz');
			writeFileSync(archive, 'earlier');
			expect(() => writeFileSync(join(disk, 'filler'), Buffer.alloc(100_000))).toThrow('ENOSPC');
			const words = ['bootstrap', 'ratings-vm.bookinfo', '--kubeconfig', sandbox.kubeconfig, '--output-file', archive];
			const ended = await run(words);
			expectTold(ended, {id: 'usage', code: 1, says: /ratings\.tgz.*no room left/, next: /./});
			expect(readFileSync(archive, 'utf8')).toBe('earlier');
			expect(readdirSync(disk).sort()).toEqual(['filler', 'ratings.tgz']);
		},
	);
});

test.skipIf(!existsSync('/proc/self'))(
	'folders of its own under /proc, where none can be made: that is said, and has an end',
	async () => {
		const home = newHome(profiles(JSON.stringify({version: 1, profiles: {default: sandbox.profile}})));
		const under = (name: string) => ({[name]: '/proc/meshboard'});
		const words = ['onboard', 'ratings-vm.bookinfo', '--yes'];
		expectTold(await run(words, home, under('XDG_STATE_HOME')), {
			id: 'config.state-unwritable',
			code: 78,
			says: /The journal in \/proc\/meshboard\/meshboard\/runs cannot be written: ENOENT/,
			next: /XDG_STATE_HOME/,
		});
		const save = ['profile', 'set', 'other', 'sshUser=me'];
		expect(await run(save, home, under('XDG_CONFIG_HOME'))).toMatchObject({code: 78});
		expect(await run(['--version'], home, under('XDG_CACHE_HOME'))).toMatchObject({code: 0, stderr: ''});
		expect((await run(['bootstrap', 'ratings-vm.bookinfo', '-d', '/proc/meshboard/files'], home)).stderr).toMatch(
			/\/proc\/meshboard\/files/,
		);
	},
);

test('where serviceaccounts/token is lacking, the Role to ask for is printed', async () => {
	const data = new URL('../conformance/sidecar-bootstrap/basic/input/', import.meta.url);
	const account = {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'my-service', namespace: 'my-ns'}};
	const objects = [...['k8s.yaml', 'istio.yaml'].flatMap((name) => yamlObjects(new URL(name, data))), account];
	const says =
		'serviceaccounts "my-service" is forbidden: User "viewer" cannot create resource "serviceaccounts/token" in API group "" in the namespace "my-ns"';
	const tokens = {
		...createTokenIssuer(),
		issue() {
			throw new StatusError(403, 'Forbidden', says);
		},
	};
	const api = await openObjectApi(objects, {namespace: 'my-ns', tokens});
	onTestFinished(() => api.close());
	const place = join(mkdtempSync(join(folder, 'denied-')), 'bundle');
	const ended = await run(['bootstrap', 'my-vm', '-c', api.kubeconfig, '-d', place]);
	expectManners(ended);
	expect(ended.code).toBe(77);
	expect(ended.stderr).toContain('[token.forbidden]');
	expect(ended.stderr).toContain(says);
	// As it is printed, without the indent, it is what an administrator applies.
	const lines = ended.stderr.split('\n');
	const start = lines.findIndex((line) => line.trim().startsWith('apiVersion: rbac'));
	const manifest = lines
		.slice(start)
		.filter((line) => line.startsWith('  '))
		.map((line) => line.slice(2));
	expect(parseObjects(manifest.join('\n'))).toMatchObject([
		{kind: 'Role', metadata: {namespace: 'my-ns'}, rules: [{resources: ['serviceaccounts/token'], verbs: ['create']}]},
		{kind: 'RoleBinding', metadata: {namespace: 'my-ns'}},
	]);
	expect(() => readdirSync(place)).toThrow('ENOENT');
});

describe('an entry that is deleted while its plan is read', () => {
	const [pristine = fail('none')] = scenario.filter((plan) => plan !== stuckVm);
	test.each([
		['onboard', pristine, ['--prepare'], 'Onboard'],
		['bootstrap', stuckVm, ['--start-istio-proxy'], 'Bootstrap'],
	] as const)('is missed by %s before its VM gets a token', async (command, {name, namespace}, flags, verb) => {
		const home = newHome(profiles(JSON.stringify({version: 1, profiles: {default: sandbox.profile}})));
		const env = {HOME: home, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state')};
		const words = [cli, command, `${name}.${namespace}`, ...flags];
		const terminal = startPty(process.execPath, words, {columns: 200, rows: 50, env});
		onTestFinished(() => terminal.close());
		await terminal.waitFor(`${verb} this VM?`, 30_000);
		const path = `/apis/networking.istio.io/v1/namespaces/${namespace}/workloadentries/${name}`;
		expect((await sandbox.api(path, {method: 'DELETE'})).status).toBe(200);
		terminal.type('y\r');
		const {exitCode} = await terminal.exited;
		const told = terminal.raw().slice(terminal.raw().indexOf('this VM?'));
		expect(told).toContain(`error entry.not-found: There is no WorkloadEntry "${name}" in namespace ${namespace}.`);
		expect(told).not.toMatch(/✓ (Issue a token|Put the files|Start the proxy)/);
		expect(exitCode).toBe(65);
	});
});

function fail(state: string): never {
	throw new Error(`no VM of the sandbox is ${state}`);
}
