import {rmSync} from 'node:fs';
import {dirname} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {apply, askFromPod, closeNamespace, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {becomeRocky} from './rocky.ts';
import {buildPackage} from './sidecar-package.ts';

/* Istio's package as an `.rpm`, installed by real dnf and rpm on a VM that passes for Rocky Linux. */

const namespace = 'package-rpm';
const name = 'package-rpm-a';
let meshboard: Meshboard;
let files: {readonly deb: string; readonly rpm: string; readonly foreign: string};

beforeAll(async () => {
	meshboard = newMeshboard();
	const deb = await buildPackage();
	await openNamespace(namespace);
	const ip = await vm.up(name);
	await vm.app(name, 9080, '0.0.0.0');
	files = {deb, ...(await becomeRocky(name, deb))};
	await apply(entryManifests({name, namespace, ip}).filter((object) => (object as {kind: string}).kind !== 'Sidecar'));
}, 300_000);

afterAll(async () => {
	meshboard.remove();
	rmSync(dirname(files.deb), {recursive: true, force: true});
	await vm.down(name);
	await closeNamespace(namespace);
});

async function onboard(file: string) {
	const words = ['onboard', `${name}.${namespace}`, '--layout', 'package', '--package', file, '--yes', '-o', 'json'];
	const {code, stdout, stderr} = await meshboard.run(words, {seconds: 170});
	const [result] = JSON.parse(stdout).results as Array<{
		readonly findings: ReadonlyArray<{
			readonly id: string;
			readonly summary: string;
			readonly remedy: {readonly text: string};
		}>;
		readonly steps: ReadonlyArray<{readonly id: string; readonly state: string; readonly detail: string}>;
	}>;
	return {
		code,
		told: stdout + stderr,
		findings: result?.findings ?? [],
		step: (id: string) => result?.steps.find((step) => step.id === id),
	};
}

test('a .deb is refused before anything is changed', async () => {
	const {code, told, findings} = await onboard(files.deb);
	expect(code, told).toBe(1);
	expect(findings.find(({id}) => id === 'vm.runtime-missing')).toMatchObject({
		summary: expect.stringMatching(/^Rocky Linux 9\.6 \(Blue Onyx\) does not take .*\.deb: it wants a \.rpm package/),
		remedy: {text: expect.stringContaining('rpm/istio-sidecar.rpm')},
	});
});

test('an .rpm of another architecture is told in the words of dnf', async () => {
	const {code, told, findings} = await onboard(files.foreign);
	expect(code, told).toBe(1);
	expect(findings).toContainEqual(
		expect.objectContaining({
			id: 'vm.arch-mismatch',
			summary: expect.stringContaining('aarch64 does not have a compatible architecture'),
		}),
	);
});

test('the .rpm is installed by dnf with what it needs, and the VM is in the mesh', async () => {
	const {code, told, step} = await onboard(files.rpm);
	expect(code, told).toBe(0);
	expect(step('bootstrap.install')?.detail).toBe('istio-sidecar 1.31.0, installed');
	expect(step('verify.request')?.state, told).toBe('succeeded');
	expect(await vm.exec(name, 'rpm', '-q', 'istio-sidecar', 'iproute', 'iptables')).toBe(
		'istio-sidecar-1.31.0-1.x86_64\niproute-1-1.noarch\niptables-1-1.noarch',
	);
	expect((await askFromPod(namespace, name, 9080)).trim()).toBe(name);
});

test('the second time nothing is installed, and nothing changed', async () => {
	const {code, told, step} = await onboard(files.rpm);
	expect(code, told).toBe(0);
	expect(step('bootstrap.install')?.detail).toBe('istio-sidecar 1.31.0 is there already');
	expect(step('bootstrap.compare')?.detail).toBe('unchanged: files, token and service are as they should be');
});
