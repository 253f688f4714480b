import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	gatewayAddress,
	inClient,
	kubeconfig,
	kubectl,
	lab,
	labKey,
	must,
	openNamespace,
	run,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* The lab itself: when one of these fails, no other test of the lab tells anything. */

const namespace = 'lab-itself';
const name = 'lab-itself';
let ip: string;

const sshOptions = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes'];
const ssh = (user: string, command: string) =>
	run('ssh', ['-i', labKey, ...sshOptions.flatMap((option) => ['-o', option]), `${user}@${ip}`, command]);
const dialFromVm = (address: string, port: number) =>
	run('docker', ['exec', `vm-${name}`, 'nc', '-vz', '-w', '2', address, String(port)]);

beforeAll(async () => {
	await openNamespace(namespace);
	ip = await vm.up(name);
	await apply(entryManifests({name, namespace, ip}));
});

afterAll(async () => {
	await lab('firewall clear');
	await vm.down(name);
	await closeNamespace(namespace);
});

describe('a VM of the lab', () => {
	test('answers ssh, as admin with sudo and as ops with a password for sudo', async () => {
		expect(await ssh('admin', 'sudo -n id -un')).toMatchObject({code: 0, stdout: 'root\n'});
		expect((await ssh('ops', 'sudo -n id -un')).code).not.toBe(0);
		expect(await ssh('ops', "echo ops-password | sudo -S -p '' id -un")).toMatchObject({code: 0, stdout: 'root\n'});
	});

	test('is pristine: no Docker, no account istio-proxy', async () => {
		expect((await ssh('admin', 'command -v docker || id istio-proxy')).code).not.toBe(0);
	});

	test('of the isolated network reaches the gateway, and no pod', async () => {
		const pod = await kubectl('-n istio-system get pod -l app=istiod -o jsonpath={.items[0].status.podIP}');
		expect((await dialFromVm(gatewayAddress, 15_012)).code).toBe(0);
		expect((await dialFromVm(pod, 15_012)).code).not.toBe(0);
	});

	test.each([
		['drop', 'timed out'],
		['reject', 'refused'],
	])('meets a firewall that was put up (%s), until it is lifted', async (how, symptom) => {
		await lab(`firewall ${how} isolated gateway 15012`);
		expect((await dialFromVm(gatewayAddress, 15_012)).stderr).toContain(symptom);
		await lab('firewall open isolated gateway 15012');
		expect((await dialFromVm(gatewayAddress, 15_012)).code).toBe(0);
	});
});

describe('a pod of the lab', () => {
	test('reaches the API server by the name of its Service', async () => {
		const url = 'https://kubernetes.default.svc.cluster.local/version';
		expect(await inClient(namespace, 'sh -c', `wget -qO- --no-check-certificate ${url} 2>&1 || true`)).toMatch(
			/gitVersion|401|403/,
		);
	});

	test('reaches the app of a VM', async () => {
		await vm.app(name, 8080, '0.0.0.0');
		await eventually('the app', 10, async () => (await inClient(namespace, `wget -qO- http://${ip}:8080/`)) === name);
	});

	test('knows the Service of a VM, whose proxy is not there yet', async () => {
		await expect(askFromPod(namespace, name, 9080)).rejects.toThrow('503');
	});
});

test('accounts without rights have none', async () => {
	for (const user of ['viewer', 'tenant'] as const) {
		const as = ['--kubeconfig', kubeconfig(user)];
		const whoami = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
		expect(await must('kubectl', [...as, ...whoami])).toBe(user);
		expect((await run('kubectl', [...as, 'get', 'workloadentries', '-A'])).stderr).toContain('forbidden');
	}
});
