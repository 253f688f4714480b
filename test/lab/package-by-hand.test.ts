import {rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	kubectl,
	type Meshboard,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {buildPackage} from './sidecar-package.ts';

/* Istio's package on a VM that SSH does not reach: somebody else carries the files there, and does as root what was printed. */

const namespace = 'package-by-hand';
const name = 'package-by-hand-a';
const group = {
	apiVersion: 'networking.istio.io/v1',
	kind: 'WorkloadGroup',
	metadata: {name, namespace},
	spec: {metadata: {labels: {app: name}}, template: {serviceAccount: name, network: 'vm-net', ports: {http: 9080}}},
};
let meshboard: Meshboard;
let deb: string;
let ip: string;

beforeAll(async () => {
	meshboard = newMeshboard();
	deb = await buildPackage();
	await openNamespace(namespace);
	ip = await vm.up(name);
	await vm.app(name, 9080, '0.0.0.0');
	await must('docker', ['cp', '-q', deb, `vm-${name}:/root/istio-sidecar.deb`]);
	await vm.exec(name, 'dpkg', '-i', '/root/istio-sidecar.deb');
	await vm.block(name, 'in', 22);
	const service = entryManifests({name, namespace, ip});
	await apply([...service.filter((object) => /^Service/.test((object as {kind: string}).kind)), group]);
}, 300_000);

afterAll(async () => {
	meshboard.remove();
	rmSync(dirname(deb), {recursive: true, force: true});
	await vm.down(name);
	await closeNamespace(namespace);
});

/** The commands among what was printed: the lines that stand furthest in. */
const commandsIn = (text: string) =>
	text
		.split('\n')
		.filter((line) => line.startsWith('       '))
		.map((line) => line.trim());

test('what bootstrap prints for a group brings its VM into the mesh', async () => {
	const folder = join(meshboard.home, 'files');
	const target = `${name}.${namespace}`;
	const words = ['bootstrap', '--group', target, '--internalIP', ip, '--autoregister', '-d', folder];
	const made = await meshboard.run(words);
	expect(made.code, made.stderr).toBe(0);
	const commands = commandsIn(made.stderr);
	expect(commands.at(-1)).toBe('systemctl start istio');
	await must('docker', ['cp', '-q', folder, `vm-${name}:/root/files`]);
	await vm.exec(name, 'sh', '-ec', ['cd /root/files', ...commands].join('\n'));
	const entry = `${name}-${ip}-vm-net`;
	await eventually('the WorkloadEntry', 60, async () =>
		(await kubectl(`-n ${namespace} get workloadentry -o name`)).includes(`/${entry}`),
	);
	const answer = await eventually('an answer', 60, () => askFromPod(namespace, name, 9080));
	expect(answer.trim()).toBe(name);
	const token = '/var/run/secrets/tokens/istio-token';
	expect(await vm.exec(name, 'stat', '-c', '%a %U', token)).toBe('640 istio-proxy');
	expect(await vm.exec(name, 'systemctl', 'is-enabled', 'istio')).toBe('enabled');
});
