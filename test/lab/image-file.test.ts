import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	type Meshboard,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* A VM that reaches no registry gets the proxy's image over SSH. One test builds on another. */

const name = 'image-file';
const target = `${name}.${name}`;
const image = 'registry.lab:5000/istio/proxyv2:lab';
let meshboard: Meshboard;
let file = '';

beforeAll(async () => {
	meshboard = newMeshboard();
	file = join(meshboard.home, 'proxy.tar.gz');
	await openNamespace(name);
	const ip = await vm.up(name);
	await vm.app(name);
	await apply(entryManifests({name, namespace: name, ip}));
	await vm.block(name, 'out', 5000, 'reject');
	await must('sh', ['-c', `docker save ${image} | gzip -1 >${file}`]);
}, 120_000);

afterAll(async () => {
	rmSync(file, {force: true});
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

test('without it the pull fails, and the file is named as a way', {timeout: 250_000}, async () => {
	const {code, stdout} = await meshboard.run(['onboard', target, '--prepare', '--yes'], {seconds: 240});
	expect(code, stdout).toBe(69);
	expect(stdout).toMatch(/proxy\.registry-unreachable[\s\S]*--image/);
});

test('a file with another image is refused before it is sent', {timeout: 60_000}, async () => {
	const other = join(meshboard.home, 'other.tar');
	await must('docker', ['save', '-o', other, 'lab/base:lab']);
	const {code, stdout} = await meshboard.run(['onboard', target, '--image', other, '--yes']);
	expect(code, stdout).toBe(1);
	expect(stdout).toContain(`holds lab/base:lab, and the proxy needs ${image}`);
});

test('the image is loaded from the file, the proxy is ready, and nothing of it is left on the VM', {
	timeout: 150_000,
}, async () => {
	const {code, stdout} = await meshboard.run(['onboard', target, '--image', file, '--yes', '-o', 'ndjson'], {
		seconds: 140,
	});
	expect(code, stdout).toBe(0);
	expect(stdout.match(/"line":"\d+ of \d+ MiB"/g)?.length).toBeGreaterThan(5);
	expect(await eventually('the answer of the VM', 30, async () => (await askFromPod(name, name, 9080)) === name)).toBe(
		true,
	);
	expect(
		await vm.exec(
			name,
			'sh',
			'-c',
			'ls -A /var/lib/docker/tmp /tmp /home/istio-proxy | grep -i -e tar -e import; true',
		),
	).toBe('');
});

test('where Docker remaps users the proxy keeps those of the VM, and a second run changes nothing', {
	timeout: 200_000,
}, async () => {
	const settings = JSON.stringify({'insecure-registries': ['registry.lab:5000'], 'userns-remap': 'default'});
	await vm.exec(name, 'sh', '-ec', `echo '${settings}' >/etc/docker/daemon.json; systemctl restart docker`);
	const words = ['onboard', target, '--image', file, '--yes', '-o', 'ndjson'];
	const {code, stdout} = await meshboard.run(words, {seconds: 140});
	expect(code, stdout).toBe(0);
	expect(stdout).toContain('Docker remaps users');
	expect(await vm.exec(name, 'docker', 'inspect', '-f', '{{.HostConfig.UsernsMode}}', 'istio-proxy')).toBe('host');
	const again = await meshboard.run(words, {seconds: 140});
	expect(again.stdout).toContain('unchanged: files, token and container are as they should be');
	expect(again.stdout).not.toContain('"changed":true');
});
