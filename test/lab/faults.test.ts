import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Profile} from '../../source/ports.ts';
import {startPty} from '../helpers/pty.ts';
import {expectManners, readTold} from '../helpers/told.ts';
import {
	apply,
	closeNamespace,
	gatewayAddress,
	kubeconfig,
	kubectl,
	labKey,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests, type LabEntry} from './manifests.ts';

/*
 * What goes wrong in the field, one case each: the program names the cause by its id, says what to do next, ends with the
 * right exit code, and leaves the VM as it was. `raw` is a VM as it comes, `ready` one that is prepared and has no proxy.
 */

const namespace = 'faults';
const istio = 'faults-istio';
const raw = 'faults-raw';
const ready = 'faults-ready';
const address = {raw: '', ready: ''};
/** What a hostile value would make, where it were executed: here or on the VM. */
const trap = '/tmp/faults-trap';
const root = join(import.meta.dirname, '..', '..');

type Variation = Partial<LabEntry> & {
	readonly on?: 'raw' | 'ready';
	/** Changes to the WorkloadEntry's spec; undefined takes a field out. */
	readonly spec?: Readonly<Record<string, unknown>>;
	/** Kinds that are not made. */
	readonly without?: readonly string[];
	/** Annotations by their whole names. */
	readonly more?: Readonly<Record<string, string>>;
};

/** Every entry, by its name; all lie on the two VMs, each in a network of its own, since an address may be used once in a network. */
const entries: Readonly<Record<string, Variation>> = {
	sound: {},
	pristine: {on: 'raw', annotations: {'ssh-user': 'admin', 'proxy-config-dir': '/tmp/istio-proxy'}},
	'pristine-proxy': {on: 'raw'},
	'nobody-there': {on: 'raw', annotations: {'ssh-user': 'admin', 'ssh-host': '10.128.0.249'}},
	'without-account': {spec: {serviceAccount: undefined}},
	'absent-account': {without: ['ServiceAccount']},
	'dns-address': {spec: {address: 'vm.faults.example.com'}, annotations: {'ssh-host': 'READY'}},
	'without-sidecar': {without: ['Sidecar']},
	'without-service': {without: ['Service']},
	'no-rights': {annotations: {'ssh-user': 'admin', 'proxy-config-dir': '/tmp/istio-proxy'}},
	'foreign-directory': {annotations: {'proxy-config-dir': '/etc/ssl/private'}},
	'full-disk': {annotations: {'proxy-config-dir': '/mnt/full/istio-proxy'}},
	'few-inodes': {annotations: {'proxy-config-dir': '/mnt/few'}},
	'open-app': {port: 9081},
	'dropped-by-vm': {port: 9082},
	'wrong-tag': {
		annotations: {'proxy-config-dir': '/tmp/wrong-tag'},
		more: {'sidecar.istio.io/proxyImage': 'registry.lab:5000/istio/proxyv2:no-such-tag'},
	},
	'wrong-hub': {annotations: {'proxy-config-dir': '/tmp/wrong-hub', 'proxy-image-hub': '127.0.0.1:9/istio'}},
	'bad-proxy-config': {more: {'proxy.istio.io/config': 'concurrency: [\u001b[31m'}},
	'option-as-user': {annotations: {'ssh-user': `-oProxyCommand=touch ${trap}`}},
	'option-as-host': {annotations: {'ssh-host': `-oProxyCommand=touch\${IFS}${trap}`}},
	'command-as-user': {annotations: {'ssh-user': `x\`touch\${IFS}${trap}\`$(touch\${IFS}${trap})`}},
	'escaping-directory': {annotations: {'proxy-config-dir': `/tmp/\u001b]0;mine\u0007\u001b[2J\n$(touch ${trap})`}},
	'quoted-container': {annotations: {'proxy-container-name': `a'; touch ${trap}; '"$(id)`}},
	'broken-network': {spec: {network: `net\nISTIO_META_CLUSTER_ID=$(touch ${trap})`}},
	'quoted-directory': {
		annotations: {'proxy-config-dir': `/tmp/it's "$(touch ${trap})" \`touch ${trap}\` $HOME; *, \\`},
	},
};

beforeAll(async () => {
	[address.raw, address.ready] = await Promise.all([vm.up(raw), vm.up(ready), openNamespace(namespace)]);
	const objects = Object.entries(entries).flatMap(([name, change]) => objectsOf(name, change));
	await apply([...objects, ...rights, ...(await pending())]);
	await Promise.all([
		vm.app(raw, 9099, '0.0.0.0'),
		vm.block(raw, 'in', 2222),
		vm.app(ready, 9081, '0.0.0.0'),
		vm.block(ready, 'in', 9082),
		mountSmall('/mnt/full', 'size=64k'),
		// Enough room, and inodes for two files only.
		mountSmall('/mnt/few', 'size=300m,nr_inodes=3'),
	]);
});

afterAll(async () => {
	for (const {home} of homes) home.remove();
	await Promise.all([
		vm.down(raw),
		vm.down(ready),
		closeNamespace(namespace),
		closeNamespace(istio),
		kubectl('-n istio-system delete role,rolebinding faults-tenant --ignore-not-found'),
		kubectl('delete clusterrole,clusterrolebinding faults-tenant --ignore-not-found'),
	]);
});

const mountSmall = (path: string, size: string) =>
	vm.exec(ready, 'sh', '-c', `mkdir ${path} && mount -t tmpfs -o ${size},mode=1777 tmpfs ${path}`);

type Json = Record<string, unknown> & {kind: string; metadata: Record<string, unknown>; spec: Record<string, unknown>};

function objectsOf(name: string, {on = 'ready', spec = {}, without = [], more = {}, ...rest}: Variation): object[] {
	const annotations = Object.fromEntries(
		Object.entries(rest.annotations ?? {}).map(([key, value]) => [key, value === 'READY' ? address.ready : value]),
	);
	const objects = entryManifests({name, namespace, ip: address[on], ...rest, annotations}) as readonly Json[];
	return objects
		.filter(({kind}) => !without.includes(kind))
		.map((object) =>
			object.kind === 'WorkloadEntry'
				? {
						...object,
						metadata: {...object.metadata, annotations: {...(object.metadata['annotations'] as object), ...more}},
						spec: {...object.spec, network: `net-${name}`, ...spec},
					}
				: object,
		);
}

/** viewer reads the entries of one namespace; tenant reads all that onboarding needs, and may not create tokens. */
const rights = [
	...grant('viewer', namespace, [
		{apiGroups: ['networking.istio.io'], resources: ['workloadentries'], verbs: ['get', 'list', 'watch']},
	]),
	...[namespace, 'istio-system'].flatMap((where) =>
		grant('tenant', where, [{apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch']}]),
	),
	...grant('tenant', undefined, [{apiGroups: [''], resources: ['namespaces'], verbs: ['get']}]),
];

function grant(user: string, where: string | undefined, rules: readonly object[]): readonly object[] {
	const metadata = {name: `faults-${user}`, ...(where === undefined ? {} : {namespace: where})};
	const kind = where === undefined ? 'ClusterRole' : 'Role';
	const apiVersion = 'rbac.authorization.k8s.io/v1';
	return [
		{apiVersion, kind, metadata, rules},
		{
			apiVersion,
			kind: `${kind}Binding`,
			metadata,
			subjects: [{kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io'}],
			roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name},
		},
	];
}

/** An Istio namespace whose gateway has no address yet: the lab gives none by itself. The mesh that others use is left alone. */
async function pending(): Promise<readonly object[]> {
	const names = 'istio istio-sidecar-injector istio-ca-root-cert';
	const {items} = JSON.parse(await kubectl(`-n istio-system get configmaps ${names} -o json`)) as {items: Json[]};
	const service = (name: string, spec: object) => ({
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {name, namespace: istio},
		spec,
	});
	return [
		{apiVersion: 'v1', kind: 'Namespace', metadata: {name: istio}},
		...items.map((item) => ({...item, metadata: {name: item.metadata['name'], namespace: istio}})),
		service('istiod', {ports: [{name: 'https-dns', port: 15012}]}),
		service('vmgateway', {
			type: 'LoadBalancer',
			ports: [
				{name: 'tls', port: 15443},
				{name: 'tls-istiod', port: 15012},
			],
		}),
	];
}

const homes: Array<{home: Meshboard}> = [];

type Case = {
	readonly title: string;
	/** Name of the entry, in the namespace of these tests. */
	readonly entry: string;
	readonly words?: readonly string[];
	readonly profile?: Profile;
	/** Called with the home of the program before it is run; may add words. */
	readonly before?: (meshboard: Meshboard) => readonly string[] | Promise<readonly string[]>;
	readonly id: string;
	readonly code: number;
	/** What the sentence, or its evidence, must say. */
	readonly says: RegExp;
	readonly next: RegExp;
};

/** Runs the program on one entry; `told` is what a person reads of its faults. */
async function onboard({
	entry,
	words = [],
	profile = {},
	before,
}: Omit<Case, 'title' | 'id' | 'code' | 'says' | 'next'>) {
	const home = newMeshboard({timeout: 30, ...profile});
	homes.push({home});
	const more = (await before?.(home)) ?? [];
	const result = await home.run(['onboard', `${entry}.${namespace}`, '--yes', ...words, ...more], {seconds: 60});
	appendFileSync(
		'/tmp/faults/dump',
		`=== ${entry} ${words.join(' ')} ${more.join(' ')} [${result.code}]\n${result.stdout}${result.stderr}`,
	);
	return {...result, told: readTold(result)};
}

function expectTold(result: Awaited<ReturnType<typeof onboard>>, {id, code, says, next}: Case): void {
	const whole = `${result.stdout}\n${result.stderr}`;
	expectManners(result);
	const [first] = result.told;
	expect(first?.id, whole).toBe(id);
	expect(first?.text).toMatch(says);
	expect(first?.next).toMatch(next);
	// A next step that still has a gap to fill is none.
	expect(first?.next).not.toMatch(/<(dir|c|we|ns|user|port|gw|i|host|key|image|hub|name)>/);
	expect(result.code, whole).toBe(code);
}

/** All of a VM that a run may change: files with owner, mode, size and time, accounts, containers, images. */
const stateOf = (name: string) =>
	vm.exec(
		name,
		'sh',
		'-c',
		`find /etc /home /root /tmp /mnt /opt /srv /usr/local /var/tmp /var/lib/dpkg -printf '%p %y %m %u %g %s %T@\\n' | grep -v /tmp/systemd-private | sort
		if command -v docker >/dev/null && docker version >/dev/null 2>&1; then docker ps -a --no-trunc; docker images --no-trunc; fi`,
	);

/** What Docker itself tells of time changes by the second. */
const steady = (state: string) =>
	state.replaceAll(/(About|Up|Less than)? ?(an?|\d+) (second|minute|hour)s?( ago)?/g, '');

async function leavesAlone(name: string, work: () => Promise<void>): Promise<void> {
	const before = await stateOf(name);
	await work();
	expect(steady(await stateOf(name))).toBe(steady(before));
}

const machineOf = ({entry}: Pick<Case, 'entry'>) => (entries[entry]?.on === 'raw' ? raw : ready);

function tableTests(cases: readonly Case[]): void {
	test.concurrent.each(cases)('$title → $id, $code', async (each) => {
		await leavesAlone(machineOf(each), async () => expectTold(await onboard(each), each));
	});
}

describe('the cluster refuses', () => {
	test.concurrent('a bad token: cluster.unauthorized, also in the list', async () => {
		const home = newMeshboard();
		homes.push({home});
		const file = join(home.home, 'kubeconfig');
		writeFileSync(file, readFileSync(kubeconfig(), 'utf8').replace('admin-token', 'another-token'));
		for (const words of [['list'], ['onboard', `sound.${namespace}`, '--yes']]) {
			const result = await home.run([...words, '--kubeconfig', file]);
			expectManners(result);
			expect(readTold(result), result.stderr).toMatchObject([
				{id: 'cluster.unauthorized', next: expect.stringMatching(/Log in again/)},
			]);
			expect(result.code).toBe(77);
			expect(result.stdout + result.stderr).not.toContain('another-token');
		}
	});

	test.concurrent('a list of the whole cluster: the namespace that may be listed is shown', async () => {
		const home = newMeshboard({kubeconfig: kubeconfig('viewer')});
		homes.push({home});
		const chosen = await home.run(['list', '-n', namespace, '-o', 'name']);
		expect(chosen.stdout.split('\n')).toContain(`sound.${namespace}`);
		const file = join(home.home, 'kubeconfig');
		const text = readFileSync(kubeconfig('viewer'), 'utf8');
		writeFileSync(file, text.replace('user: viewer}', `user: viewer, namespace: ${namespace}}`));
		const all = await home.run(['list', '-A', '-o', 'name', '--kubeconfig', file]);
		expect(all).toMatchObject({code: 0, stdout: chosen.stdout});
	});

	test.concurrent('a list of a namespace that may not be listed: cluster.forbidden', async () => {
		const home = newMeshboard({kubeconfig: kubeconfig('viewer')});
		homes.push({home});
		const result = await home.run(['list', '-n', 'kube-system']);
		expectManners(result);
		expect(readTold(result), result.stderr).toMatchObject([
			{
				id: 'cluster.forbidden',
				text: expect.stringMatching(/kube-system/),
				next: expect.stringMatching(/kubectl auth can-i/),
			},
		]);
		expect(result.code).toBe(77);
	});

	tableTests([
		{
			title: 'reading the entry',
			entry: 'sound',
			profile: {kubeconfig: kubeconfig('viewer'), istioNamespace: 'kube-system'},
			id: 'cluster.forbidden',
			code: 77,
			says: /get configmaps in namespace kube-system/,
			next: /kubectl auth can-i --list/,
		},
		{
			title: 'all but the entry: what is missing is listed',
			entry: 'sound',
			profile: {kubeconfig: kubeconfig('viewer')},
			id: 'cluster.forbidden',
			code: 77,
			says: /get configmaps in namespace istio-system[\s\S]*list services in namespace faults[\s\S]*list sidecars\.networking\.istio\.io in namespace faults/,
			next: /kubectl auth can-i --list -n faults/,
		},
		{
			title: 'creating tokens',
			entry: 'sound',
			profile: {kubeconfig: kubeconfig('tenant')},
			id: 'token.forbidden',
			code: 77,
			says: /may not create tokens/,
			next: /kubectl auth can-i create serviceaccounts\/token -n faults/,
		},
	]);
});

describe('the objects are wrong', () => {
	tableTests([
		{
			title: 'an entry that does not exist',
			entry: 'soundd',
			id: 'entry.not-found',
			code: 65,
			says: /"soundd" in namespace faults/,
			next: /Did you mean sound\.faults\?/,
		},
		{
			title: 'a revision that does not exist',
			entry: 'sound',
			words: ['--revision', 'canary'],
			id: 'cluster.istio-missing',
			code: 65,
			says: /revision canary/,
			next: /name the Istio namespace or revision/,
		},
		{
			title: 'no service account',
			entry: 'without-account',
			id: 'entry.service-account-missing',
			code: 65,
			says: /serviceAccount/,
			next: /kubectl patch we without-account -n faults/,
		},
		{
			title: 'a service account that does not exist',
			entry: 'absent-account',
			id: 'token.service-account-not-found',
			code: 65,
			says: /absent-account/,
			next: /kubectl create serviceaccount absent-account -n faults/,
		},
		{
			title: 'a name for an address',
			entry: 'dns-address',
			id: 'entry.address-missing',
			code: 65,
			says: /vm\.faults\.example\.com/,
			next: /proxy-instance-ip/,
		},
		{
			title: 'no Sidecar',
			entry: 'without-sidecar',
			id: 'sidecar.missing',
			code: 65,
			says: /Sidecar/,
			next: /defaultEndpoint/,
		},
		{
			title: 'no Service',
			entry: 'without-service',
			id: 'service.none-selects',
			code: 65,
			says: /Service/,
			next: /kubectl get svc -n faults/,
		},
		{
			title: 'a gateway without an address',
			entry: 'sound',
			words: ['-i', istio],
			id: 'gateway.address-pending',
			code: 1,
			says: /vmgateway/,
			next: /kubectl get svc -n faults-istio/,
		},
		{
			title: 'a gateway that is no address',
			entry: 'sound',
			words: ['--gateway', 'http://gateway/'],
			id: 'usage',
			code: 64,
			says: /gateway/,
			next: /--gateway/,
		},
		{
			title: 'a ProxyConfig that is no YAML',
			entry: 'bad-proxy-config',
			id: 'cluster.proxy-config-invalid',
			code: 65,
			says: /proxy\.istio\.io\/config/,
			next: /kubectl get workloadentry bad-proxy-config -n faults/,
		},
	]);
});

describe('SSH', () => {
	tableTests([
		{
			title: 'refused',
			entry: 'pristine',
			words: ['--ssh-port', '2'],
			id: 'ssh.refused',
			code: 69,
			says: /admin@.*:2 refuses the connection/,
			next: /ssh-port/,
		},
		{
			title: 'dropped by a firewall',
			entry: 'pristine',
			words: ['--ssh-port', '2222'],
			id: 'ssh.timeout',
			code: 69,
			says: /admin@.*:2222 does not answer/,
			next: /ssh-host/,
		},
		{
			title: 'another service on the port',
			entry: 'pristine',
			words: ['--ssh-port', '9099'],
			id: 'ssh.timeout',
			code: 69,
			says: /not as an SSH server/,
			next: /ssh-host/,
		},
		{
			title: 'no machine at the address',
			entry: 'nobody-there',
			id: 'ssh.timeout',
			code: 69,
			says: /10\.128\.0\.249/,
			next: /ssh-host/,
		},
		{
			title: 'a key that the VM does not know',
			entry: 'pristine',
			before: ({home}) => ['--ssh-key', newKey(home)],
			id: 'ssh.auth-failed',
			code: 77,
			says: /none of the offered identities for the user admin/,
			next: /ssh-copy-id/,
		},
		{
			title: 'a key that is not there',
			entry: 'pristine',
			words: ['--ssh-key', '~/nowhere'],
			id: 'ssh.key-unusable',
			code: 77,
			says: /there is no such file/,
			next: /ssh-keygen -y -f/,
		},
		{
			title: 'an encrypted key, and nobody to ask',
			entry: 'pristine',
			before: ({home}) => {
				const key = newKey(home);
				writeFileSync(key, readFileSync(labKey), {mode: 0o600});
				execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'a passphrase', '-f', key]);
				writeFileSync(`${key}.pub`, readFileSync(`${labKey}.pub`));
				return ['--ssh-key', key];
			},
			id: 'ssh.key-unusable',
			code: 77,
			says: /encrypted, and no passphrase was given/,
			next: /ssh-keygen -y -f/,
		},
		{
			title: 'an unknown host key under strict',
			entry: 'pristine',
			words: ['--host-keys', 'strict'],
			id: 'ssh.host-key-unknown',
			code: 77,
			says: /SHA256:/,
			next: /Compare the fingerprint.*--host-keys ask/,
		},
		{
			title: 'an unknown host key, and nobody to ask',
			entry: 'pristine',
			words: ['--host-keys', 'ask'],
			id: 'ssh.host-key-unknown',
			code: 77,
			says: /SHA256:/,
			next: /Compare the fingerprint.*--host-keys ask/,
		},
		{
			title: 'a changed host key, whatever is asked for',
			entry: 'pristine',
			words: ['--host-keys', 'accept-new'],
			before: ({home}) => {
				const [type, key] = readFileSync(`${newKey(home)}.pub`, 'utf8').split(' ');
				writeFileSync(join(home, 'known_hosts'), `${address.raw} ${type} ${key}\n`);
				return [];
			},
			id: 'ssh.host-key-changed',
			code: 77,
			says: /records[\s\S]*SHA256:|SHA256:[\s\S]*records/,
			next: /ssh-keygen -R/,
		},
	]);
});

/** A key pair of its own in the home; its path. */
function newKey(home: string): string {
	const key = join(home, 'key');
	execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
	return key;
}

describe('a VM as it comes', () => {
	tableTests([
		{
			title: 'no Docker',
			entry: 'pristine',
			id: 'vm.runtime-missing',
			code: 1,
			says: /There is no Docker on the VM/,
			next: /apt-get install -y docker\.io/,
		},
		{
			title: 'no account istio-proxy',
			entry: 'pristine-proxy',
			id: 'ssh.auth-failed',
			code: 77,
			says: /istio-proxy/,
			next: /ssh-copy-id/,
		},
		{
			title: 'sudo asks for a password, and nobody is there',
			entry: 'pristine-proxy',
			words: ['--prepare', '--admin-user', 'ops'],
			id: 'vm.sudo-unavailable',
			code: 77,
			says: /ops cannot become root/,
			next: /Give the sudo password/,
		},
	]);
});

describe('a VM with sudo by password', () => {
	test('asks once at the terminal, sends the password on standard input, and leaves no trace of it', async () => {
		const password = 'ops-password';
		const home = newMeshboard();
		homes.push({home});
		const words = ['onboard', `without-sidecar.${namespace}`, '--prepare', '--admin-user', 'ops', '--yes'];
		const terminal = startPty(process.execPath, [join(root, 'dist', 'cli.js'), ...words], {
			env: home.env,
			columns: 160,
			rows: 60,
		});
		await terminal.waitFor('Password of ops for sudo', 20_000);
		terminal.type(`${password}\r`);
		const {exitCode} = await terminal.exited;
		const shown = terminal.raw();
		expect(shown.split('Password of ops').length - 1, shown).toBe(1);
		// Prepared it is; what the mesh lacks then stops it.
		expect(exitCode, shown).toBe(65);
		expect(shown).toContain('sidecar.missing');
		expect(await vm.exec(ready, 'id', '-nG', 'istio-proxy')).toContain('docker');
		for (const text of [shown, allFiles(home.home), await vm.exec(ready, 'journalctl', '--no-pager')]) {
			expect(text).not.toContain(password);
		}
	});
});

/** What is in all files of a folder. */
const allFiles = (folder: string) =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((file) => file.isFile())
		.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
		.join('\n');

describe('a prepared VM', () => {
	tableTests([
		{
			title: 'an account without rights on Docker',
			entry: 'no-rights',
			id: 'vm.docker-denied',
			code: 77,
			says: /admin may not use Docker/,
			next: /sudo usermod -aG docker admin/,
		},
		{
			title: 'a directory of somebody else',
			entry: 'foreign-directory',
			id: 'vm.config-dir-denied',
			code: 77,
			says: /istio-proxy cannot write into \/etc\/ssl\/private/,
			next: /sudo install -d -m 775 -o istio-proxy/,
		},
		{
			title: 'a full disk',
			entry: 'full-disk',
			id: 'vm.disk-unwritable',
			code: 1,
			says: /Too little room.*\/mnt\/full/,
			next: /df -h/,
		},
		{
			title: 'an application on all addresses',
			entry: 'open-app',
			id: 'listener.port-taken',
			code: 1,
			says: /0\.0\.0\.0:9081 is held by busybox|0\.0\.0\.0:9081 is held by/,
			next: /127\.0\.0\.1.*sudo ss -ltnp/,
		},
		{
			title: 'a firewall on the VM before its port',
			entry: 'dropped-by-vm',
			id: 'network.vm-unreachable',
			code: 1,
			says: /get no answer from .*:9082/,
			next: /Open pods → VM/,
		},
	]);
});

describe('a prepared VM, one fault at a time', () => {
	const faults: ReadonlyArray<Case & {readonly break: readonly string[]; readonly mend: readonly string[]}> = [
		{
			title: 'Docker stopped',
			break: ['systemctl', 'stop', 'docker.socket', 'docker'],
			mend: ['systemctl', 'start', 'docker.socket', 'docker'],
			entry: 'sound',
			id: 'vm.docker-stopped',
			code: 1,
			says: /its daemon does not run/,
			next: /sudo systemctl enable --now docker/,
		},
		{
			title: 'a port of the proxy in use',
			break: ['systemd-run', '-q', '--collect', '--unit=taker', 'busybox', 'httpd', '-f', '-p', '127.0.0.1:15021'],
			mend: ['systemctl', 'stop', 'taker'],
			entry: 'sound',
			id: 'vm.ports-in-use',
			code: 1,
			says: /15021.*busybox|busybox.*15021|15021/,
			next: /sudo ss -ltnp/,
		},
		{
			title: 'the gateway behind a firewall that drops',
			break: ['iptables', '-I', 'OUTPUT', '-p', 'tcp', '--dport', '15012', '-j', 'DROP'],
			mend: ['iptables', '-D', 'OUTPUT', '-p', 'tcp', '--dport', '15012', '-j', 'DROP'],
			entry: 'sound',
			id: 'network.gateway-blocked',
			code: 1,
			says: new RegExp(`no answer from ${gatewayAddress}:15012`),
			next: new RegExp(`nc -vz ${gatewayAddress} 15012`),
		},
		{
			title: 'the gateway behind a firewall that rejects',
			break: [
				'iptables',
				'-I',
				'OUTPUT',
				'-p',
				'tcp',
				'--dport',
				'15012',
				'-j',
				'REJECT',
				'--reject-with',
				'tcp-reset',
			],
			mend: ['iptables', '-D', 'OUTPUT', '-p', 'tcp', '--dport', '15012', '-j', 'REJECT', '--reject-with', 'tcp-reset'],
			entry: 'sound',
			id: 'network.gateway-refused',
			code: 1,
			says: new RegExp(`${gatewayAddress}:15012 refuses the VM`),
			next: /kubectl describe svc/,
		},
	];
	test.each(faults)('$title → $id, $code', async (each) => {
		await vm.exec(ready, ...each.break);
		try {
			await leavesAlone(ready, async () => expectTold(await onboard(each), each));
		} finally {
			await vm.exec(ready, ...each.mend);
		}
	});
});

describe('what fails after the checks', () => {
	test.concurrent('a disk that fills up while files are written: none of them is left, half or whole', async () => {
		const each: Case = {
			title: '',
			entry: 'few-inodes',
			id: 'vm.disk-unwritable',
			code: 1,
			says: /No room to write in \/mnt\/few[\s\S]*No space left on device/,
			next: /df -h/,
		};
		expectTold(await onboard(each), each);
		expect(await vm.exec(ready, 'ls', '-A', '/mnt/few')).toBe('');
	});

	const images: readonly Case[] = [
		{
			title: 'a tag that the hub does not have',
			entry: 'wrong-tag',
			id: 'proxy.image-not-found',
			code: 1,
			says: /no-such-tag/,
			next: /docker manifest inspect registry\.lab:5000\/istio\/proxyv2:no-such-tag/,
		},
		{
			title: 'a hub that does not answer',
			entry: 'wrong-hub',
			id: 'proxy.registry-unreachable',
			code: 69,
			says: /127\.0\.0\.1:9/,
			next: /hub/,
		},
	];
	test.concurrent.each(images)('$title → $id, $code; no container, and every file whole', async (each) => {
		expectTold(await onboard(each), each);
		const directory = `/tmp/${each.entry}`;
		expect(await vm.exec(ready, 'ls', '-A', directory)).toBe('istio-ca.pem\nistio-token\nsidecar.env');
		expect(await vm.exec(ready, 'find', directory, '-empty')).toBe('');
		expect(await vm.exec(ready, 'docker', 'ps', '-aq')).toBe('');
	});
});

describe('hostile values', () => {
	const invalid = (title: string, entry: string, says: RegExp): Case => ({
		title,
		entry,
		id: 'entry.invalid',
		code: 65,
		says,
		next: /Correct the fields named/,
	});
	tableTests([
		invalid('an option for a user', 'option-as-user', /ssh-user/),
		invalid('an option for a host', 'option-as-host', /ssh-host/),
		invalid('escape sequences and line breaks in a directory', 'escaping-directory', /proxy-config-dir/),
		invalid('quotes and commands in the name of a container', 'quoted-container', /proxy-container-name/),
		invalid('a line break in the network', 'broken-network', /spec\.network/),
		{
			title: 'commands in the name of a user',
			entry: 'command-as-user',
			id: 'entry.invalid',
			code: 65,
			says: /x`touch.* is not a valid SSH user/,
			next: /ssh-user/,
		},
	]);

	test('the plan shows them without obeying them', async () => {
		const home = newMeshboard();
		homes.push({home});
		const hostile = Object.keys(entries).filter((name) => /option|command|escaping|quoted|broken|bad/.test(name));
		const targets = hostile.map((name) => `${name}.${namespace}`);
		expectManners(await home.run(['onboard', ...targets, '--dry-run']));
		expectManners(await home.run(['list', '-n', namespace, '-o', 'wide']));
	});

	test('a directory with quotes and commands in its name serves like any other', async () => {
		const page = ['busybox', 'httpd', '-f', '-p', '127.0.0.1:9080', '-h', '/srv/app'];
		await vm.exec(ready, 'systemd-run', '-q', '--collect', '--unit=page', ...page);
		const result = await onboard({entry: 'quoted-directory'});
		expectManners(result);
		expect(result.code, result.stdout + result.stderr).toBe(0);
	});

	test('nothing of them was executed, neither here nor on a VM', async () => {
		expect(existsSync(trap)).toBe(false);
		for (const name of [raw, ready]) {
			expect(await vm.exec(name, 'find', '/', '-xdev', '-name', 'faults-trap*', '-not', '-path', "/tmp/it's*")).toBe(
				'',
			);
		}
	});
});
