import {rmSync} from 'node:fs';
import {dirname} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type EastWestGateway, eastWestGateway} from './east-west-gateway.ts';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	gatewayAddress,
	type Meshboard,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {buildPackage} from './sidecar-package.ts';

/*
 * The kinds of gateway for the proxy as a package, which dials istiod by its own name always: `/etc/hosts` leads it to the gateway, and
 * `cluster.env` and the mesh's file have the port. One VM, one kind after the other.
 */

const namespace = 'package-gateways';
const name = 'package-gateways-a';
/** Name of the load balancer that only the VM can resolve. */
const host = 'gateway.lab.example.com';
let meshboard: Meshboard;
let gateway: EastWestGateway;
let deb: string;

beforeAll(async () => {
	meshboard = newMeshboard();
	gateway = await eastWestGateway();
	deb = await buildPackage();
	await openNamespace(namespace);
	const ip = await vm.up(name);
	await vm.app(name, 9080, '0.0.0.0');
	await must('docker', ['cp', '-q', deb, `vm-${name}:/root/istio-sidecar.deb`]);
	await vm.exec(name, 'dpkg', '-i', '/root/istio-sidecar.deb');
	await vm.exec(name, 'sh', '-c', `echo '${gatewayAddress} ${host}' >>/etc/hosts`);
	await apply(entryManifests({name, namespace, ip}).filter((object) => (object as {kind: string}).kind !== 'Sidecar'));
}, 300_000);

afterAll(async () => {
	meshboard.remove();
	rmSync(dirname(deb), {recursive: true, force: true});
	await gateway.restore();
	await vm.down(name);
	await closeNamespace(namespace);
});

const mark = '# meshboard: istiod, through the gateway';

/** Onboards the VM; then a pod's request must reach its app. What leads the proxy to istiod, and what the run says of its files. */
async function onboarded(...words: readonly string[]) {
	const all = ['onboard', `${name}.${namespace}`, '--layout', 'package', '--yes', '-o', 'json', ...words];
	const {code, stdout, stderr} = await meshboard.run(all, {seconds: 170});
	expect(code, stdout + stderr).toBe(0);
	expect(await eventually('the answer of the app', 30, () => askFromPod(namespace, name, 9080))).toContain(name);
	const grep = (pattern: string, file: string) =>
		vm.exec(name, 'sh', '-c', `grep -E "${pattern}" ${file} || true`).then((text) => text.trim());
	const [run] = JSON.parse(stdout).results;
	return {
		hosts: await grep('istiod', '/etc/hosts'),
		env: await grep('CA_ADDR|PILOT|SAN', '/var/lib/istio/envoy/cluster.env'),
		mesh: await grep('discoveryAddress', '/etc/istio/config/mesh'),
		dialled: await vm.exec(name, 'sh', '-c', "ss -Htn state established | awk '{print $4}'"),
		compared: (run.steps as ReadonlyArray<{readonly id: string; readonly detail: string}>).find(
			({id}) => id === 'bootstrap.compare',
		)?.detail,
		findings: (run.findings as ReadonlyArray<{readonly id: string}>).map(({id}) => id),
	};
}

test('a name: its address is pinned, and pinned anew when it has moved', async () => {
	await gateway.nameOnly(host);
	const first = await onboarded();
	expect(first.hosts).toBe(`${gatewayAddress} istiod.istio-system.svc ${mark}`);
	expect([first.env, first.mesh]).toEqual(['', 'discoveryAddress: istiod.istio-system.svc:15012']);
	expect(first.dialled).toContain(`${gatewayAddress}:15012`);
	expect(first.findings).toContain('gateway.hostname-only');
	const other = '10.128.0.1';
	await gateway.patch({externalIPs: [other]});
	await vm.exec(
		name,
		'sh',
		'-c',
		`sed 's/.* ${host}/${other} ${host}/' /etc/hosts >/root/hosts; cat /root/hosts >/etc/hosts`,
	);
	const moved = await onboarded();
	expect(moved.compared).toBe('/etc/hosts does not lead istiod.istio-system.svc to the gateway');
	expect(moved.hosts).toBe(`${other} istiod.istio-system.svc ${mark}`);
	expect(moved.dialled).toContain(`${other}:15012`);
});

test('a node port, on the node that the cluster names', async () => {
	await gateway.patch({type: 'NodePort', externalIPs: null});
	const {hosts, env, mesh, dialled} = await onboarded();
	const istiod = `istiod.istio-system.svc:${gateway.nodePort(15012)}`;
	expect(hosts).toBe(`10.10.0.1 istiod.istio-system.svc ${mark}`);
	expect([env, mesh]).toEqual([`CA_ADDR='${istiod}'`, `discoveryAddress: ${istiod}`]);
	expect(dialled).toContain(`10.10.0.1:${gateway.nodePort(15012)}`);
});
