import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {startPty} from '../helpers/pty.ts';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	labKey,
	type Meshboard,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* tctl's command, on VMs that somebody else has prepared: Docker, and accounts that may use it. */

const namespace = 'bootstrap';
const offline = 'bootstrap-offline';
const online = 'bootstrap-online';
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
let meshboard: Meshboard;

/** With nothing of ours: accounts of the image, in the group of Docker, and a directory that both may write. */
async function prepared(name: string): Promise<string> {
	const ip = await vm.up(name);
	await vm.app(name);
	const install = 'apt-get update -q && apt-get install -y -q --no-install-recommends docker.io';
	await vm.exec(name, 'sh', '-ec', `${install} && usermod -aG docker admin && usermod -aG docker ops`);
	await vm.exec(name, 'install', '-d', '-m', '777', '/etc/istio-proxy');
	await apply(entryManifests({name, namespace, ip, annotations: {'ssh-user': ''}}));
	return ip;
}

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(namespace);
	await Promise.all([offline, online].map(prepared));
	// No way in for us: what is done there is done by somebody else.
	await vm.block(offline, 'in', 22);
});

afterAll(async () => {
	meshboard.remove();
	await Promise.all([offline, online].map((name) => vm.down(name)));
	await closeNamespace(namespace);
});

test('an archive that somebody else carries to a VM and unpacks starts a proxy that is in the mesh', async () => {
	const file = join(meshboard.home, 'bundle.tgz');
	const made = await meshboard.run(['bootstrap', `${offline}.${namespace}`, '--output-file', file]);
	expect(made.code, made.stderr).toBe(0);
	expect(made.stderr).toContain(`Generated files have been saved into the TGZ archive \`${file}\``);
	await must('docker', ['cp', file, `vm-${offline}:/root/bundle.tgz`]);
	const steps =
		'mkdir -p "/opt/the proxy" && cd "/opt/the proxy" && tar -xvf /root/bundle.tgz && ./bin/start-istio-proxy.sh';
	expect(await vm.exec(offline, 'sh', '-ec', steps)).toContain('etc/istio-token');
	expect(await eventually('the answer', 60, () => askFromPod(namespace, offline, 9080))).toBe(offline);
	// Again: the former container goes, the new one serves.
	await vm.exec(offline, 'sh', '-ec', 'cd / && "/opt/the proxy/bin/start-istio-proxy.sh"');
	expect(await eventually('the answer', 60, () => askFromPod(namespace, offline, 9080))).toBe(offline);
});

test('over SSH only files are put, until the proxy is asked for', async () => {
	const words = ['bootstrap', `${online}.${namespace}`, '-u', 'admin', '--yes'];
	const files = await meshboard.run(words);
	expect(files.code, files.stdout + files.stderr).toBe(0);
	expect(await vm.exec(online, 'sh', '-c', 'stat -c "%n %a" /etc/istio-proxy/*; docker ps -aq')).toBe(
		['/etc/istio-proxy/istio-ca.pem 644', '/etc/istio-proxy/istio-token 640', '/etc/istio-proxy/sidecar.env 644'].join(
			'\n',
		),
	);
	const started = await meshboard.run([...words, '--start-istio-proxy']);
	expect(started.code, started.stdout + started.stderr).toBe(0);
	expect(await eventually('the answer', 60, () => askFromPod(namespace, online, 9080))).toBe(online);
});

test('a bundle in a folder is the one that was put on the VM, but for the token', async () => {
	const folder = join(meshboard.home, 'saved');
	const saved = await meshboard.run(['bootstrap', `${online}.${namespace}`, '-d', folder]);
	expect(saved.code, saved.stderr).toBe(0);
	for (const name of ['sidecar.env', 'istio-ca.pem']) {
		expect(readFileSync(join(folder, 'etc', name), 'utf8').trimEnd()).toBe(
			(await vm.exec(online, 'cat', `/etc/istio-proxy/${name}`)).trimEnd(),
		);
	}
});

test('with a password that is typed, and with no key', async () => {
	const words = ['bootstrap', `${online}.${namespace}`, '-u', 'ops', '--ssh-password', '--force', '--yes'];
	const pty = startPty(process.execPath, [program, ...words], {columns: 200, rows: 50, env: meshboard.env});
	await pty.waitFor('SSH password of ops', 30_000);
	pty.type('ops-password\r');
	const {exitCode} = await pty.exited;
	expect(exitCode, pty.screen.text()).toBe(0);
	expect(pty.raw()).not.toContain('ops-password');
	expect(await vm.exec(online, 'stat', '-c', '%U', '/etc/istio-proxy/istio-token')).toBe('ops');
});

test('a key that is not known is taken without being saved, a changed one is refused', async () => {
	const known = join(meshboard.home, 'nobody');
	const words = ['bootstrap', `${online}.${namespace}`, '-u', 'admin', '-k', labKey, '--ignore-host-keys', '--yes'];
	const home = newMeshboard({knownHosts: known});
	try {
		const taken = await home.run(words);
		expect(taken.code, taken.stdout + taken.stderr).toBe(0);
		expect(taken.stderr).toContain('warning: --ignore-host-keys');
		expect(() => readFileSync(known)).toThrow('ENOENT');
	} finally {
		home.remove();
	}
	await vm.exec(online, 'sh', '-ec', 'rm /etc/ssh/ssh_host_*; ssh-keygen -A; systemctl restart ssh');
	const changed = await meshboard.run(words);
	expect(changed.stdout).toContain('ssh.host-key-changed');
	expect(changed.code).toBe(77);
});
