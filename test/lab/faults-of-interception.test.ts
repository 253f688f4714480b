import {rmSync} from 'node:fs';
import {dirname} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {expectFindings} from './doctor-lab.ts';
import {apply, closeNamespace, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {buildPackage} from './sidecar-package.ts';

/*
 * What goes wrong with the rules of interception, for real on one VM with Istio's package, a resolver of its own and a Docker Engine: the doctor
 * names each cause, and nothing else; what it says it can mend, it mends.
 */

const name = 'faults-of-interception';
const target = `${name}.${name}`;
let meshboard: Meshboard;
let deb = '';

beforeAll(async () => {
	meshboard = newMeshboard({layout: 'package'});
	let ip: string;
	[ip, deb] = await Promise.all([machine(), buildPackage(), openNamespace(name)]);
	await apply(
		entryManifests({name, namespace: name, ip}).filter((object) => !('kind' in object && object.kind === 'Sidecar')),
	);
	const {code, stdout, stderr} = await meshboard.run(['onboard', target, '--package', deb, '--yes'], {seconds: 170});
	expect(code, stdout + stderr).toBe(0);
}, 300_000);

afterAll(async () => {
	meshboard.remove();
	if (deb !== '') rmSync(dirname(deb), {recursive: true, force: true});
	await vm.down(name);
	await closeNamespace(name);
});

const sh = (...lines: readonly string[]) => vm.exec(name, 'sh', '-c', lines.join('\n'));

/** dnsmasq stands for what most distributions have, systemd-resolved: it asks others, by an account of its own. */
async function machine(): Promise<string> {
	const ip = await vm.up(name);
	await vm.app(name, 9080, '0.0.0.0');
	await sh(
		'set -e; export DEBIAN_FRONTEND=noninteractive',
		'apt-get update; apt-get install -y --no-install-recommends docker.io dnsmasq-base',
		'tar -C / -c bin/busybox | docker import - busybox',
		forwarder,
	);
	return ip;
}

/** Has the VM ask a dnsmasq on this address, and no other. */
const resolver = (address: string, how: string) =>
	[
		'pkill dnsmasq || true',
		`dnsmasq --listen-address=${address} --bind-interfaces --no-resolv ${how}`,
		`echo nameserver ${address} >/etc/resolv.conf`,
	].join('\n');

/** Docker's own resolver is asked for what is not known, each time. */
const forwarder = resolver('127.0.0.53', '--server=127.0.0.11 --cache-size=0');

/** istio-iptables takes one of the two kinds of iptables that a Debian has. */
const inNat = (rule: string) => `iptables-legacy -t nat ${rule} 2>/dev/null || iptables-nft -t nat ${rule}`;

/** The start script's step that sets the rules, and nothing else: the proxy goes on. */
const setRules = (environment = '') => sh(`cd / && ${environment} /usr/local/bin/istio-start.sh init >/dev/null 2>&1`);

/** Nothing but these is an error or a warning. */
async function expectOnly(...ids: readonly string[]): Promise<string> {
	const isWarning = (id: string) => id === 'iptables.docker-bypass';
	const errors = ids.filter((id) => !isWarning(id));
	const seen = await expectFindings(meshboard, target, {errors, warnings: ids.filter(isWarning)});
	expect([...seen.errors, ...seen.warnings], seen.whole).toEqual(ids);
	return seen.whole;
}

test('nothing is found where all is well', async () => {
	await expectOnly();
});

describe('rules that the doctor sets anew', () => {
	test.each<{readonly title: string; readonly id: string; readonly make: readonly string[]; readonly says: RegExp}>([
		{
			title: 'what comes in is redirected no more',
			id: 'iptables.not-applied',
			make: [inNat('-D PREROUTING -p tcp -j ISTIO_INBOUND')],
			says: /No inbound traffic is redirected.*no jump from PREROUTING to ISTIO_INBOUND/s,
		},
		{
			// The doctor's own sessions go through the proxy then, which is started anew beneath them.
			title: "sshd's port is taken, and another that it got later",
			id: 'iptables.ssh-captured',
			make: [
				inNat('-D ISTIO_INBOUND -p tcp --dport 22 -j RETURN'),
				"printf 'Port 22\\nPort 2222\\n' >/etc/ssh/sshd_config.d/p.conf; systemctl restart ssh",
			],
			says: /Interception takes port 22 and 2222/,
		},
	])('$title → $id', async ({id, make, says}) => {
		await sh(...make);
		expect(await expectOnly(id)).toMatch(says);
		const {code, stdout, stderr} = await meshboard.run(['doctor', target, '--fix', id, '--yes', '-o', 'json']);
		expect(code, stdout + stderr).toBe(0);
		expect(JSON.parse(stdout)).toMatchObject({results: [{gone: true, outcome: 'succeeded'}]});
		await expectOnly();
	});
});

describe('what is left to a person', () => {
	test("all of DNS captured, that of the VM's own resolver too → iptables.dns-capture", async () => {
		await setRules('CAPTURE_ALL_DNS=true');
		expect(await expectOnly('iptables.dns-capture')).toMatch(/its own resolver 127\.0\.0\.53.*no address/s);
		await setRules();
		await expectOnly();
	});

	test('another resolver since the proxy started, which still asks the former → iptables.dns-capture', async () => {
		await sh(resolver('127.0.0.54', "'--address=/#/192.0.2.7'"));
		await setRules();
		expect(await expectOnly('iptables.dns-capture')).toMatch(
			/has an address only past it.*192\.0\.2\.7.*start the proxy again/s,
		);
		await sh(forwarder);
		await setRules();
		await expectOnly();
	});

	test("a container on Docker's bridge → iptables.docker-bypass", async () => {
		await sh('docker run -d --name beside busybox /bin/busybox sleep 1d');
		expect(await expectOnly('iptables.docker-bypass')).toContain('beside bridge');
		await sh('docker rm -f beside');
		await expectOnly();
	});
});
