import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {expectManners, readTold} from '../helpers/told.ts';
import {begun} from './begun.ts';
import {expectFindings} from './doctor-lab.ts';
import {apply, closeNamespace, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';

/*
 * One VM with everything that a VM can have against its being prepared and onboarded, a fault after the other; then with all that may be absent
 * from one at once. One test builds on another.
 */

const name = 'bad-vms';
const namespace = name;
const target = `${name}.${namespace}`;
/** The same VM, by another account of it. */
const byAdmin = `by-admin.${namespace}`;
let home: Meshboard;

beforeAll(async () => {
	home = newMeshboard({timeout: 60});
	const [ip] = await Promise.all([vm.up(name), openNamespace(namespace)]);
	await vm.app(name);
	// sudo of Debian marks the home of who used it for the first time.
	await sh("su admin -c 'sudo true'");
	const own = entryManifests({name, namespace, ip});
	const other = entryManifests({
		name: 'by-admin',
		namespace,
		ip,
		network: 'shared',
		annotations: {'ssh-user': 'admin', 'proxy-config-dir': '/home/admin/istio-proxy'},
	});
	await apply([...own, ...other]);
}, 120_000);

afterAll(async () => {
	home.remove();
	await vm.down(name);
	await closeNamespace(namespace);
});

const sh = (text: string) => vm.exec(name, 'sh', '-c', text);
const sudoers = (line: string) => sh(`echo '${line}' >/etc/sudoers.d/zz; chmod 440 /etc/sudoers.d/zz`);
const noSudoers = () => sh('rm /etc/sudoers.d/zz');
const small = (size: string) => `mkdir -p /mnt/small && mount -t tmpfs -o size=${size} tmpfs /mnt/small`;
const ofRoot = '/usr /var /etc /home /root /opt';
/** All of the VM that preparation may change. */
const stateOf = () =>
	sh(
		"find /etc /home /var/lib/dpkg /var/lib/meshboard /opt -printf '%p %y %m %u %g %s %T@\\n' 2>/dev/null | grep -v sudoers | sort",
	);

type Fault = {
	readonly title: string;
	readonly begin: () => Promise<string>;
	readonly end: () => Promise<string>;
	readonly id: string;
	readonly code: number;
	readonly says: RegExp;
	readonly next: RegExp;
};

const faults: readonly Fault[] = [
	{
		title: 'sudo that wants a terminal',
		begin: () => sudoers('Defaults requiretty'),
		end: noSudoers,
		id: 'vm.sudo-unavailable',
		code: 77,
		says: /admin cannot become root on \S+: sudo obeys it at a terminal only \(requiretty\)\./,
		next: /`Defaults:admin !requiretty`/,
	},
	{
		title: 'sudo that refuses one command',
		begin: () => sudoers('admin ALL=(ALL) NOPASSWD: ALL, !/usr/bin/sh, !/bin/sh'),
		end: noSudoers,
		id: 'vm.sudo-unavailable',
		code: 77,
		says: /sudo on \S+ refuses admin a command: \/usr\/bin\/sh -c # meshboard looks at this machine; it changes nothing\n/,
		next: /Have an administrator allow it/,
	},
	{
		title: 'no sudo',
		begin: () => sh('mv /usr/bin/sudo /usr/bin/sudo.gone'),
		end: () => sh('mv /usr/bin/sudo.gone /usr/bin/sudo'),
		id: 'vm.sudo-unavailable',
		code: 77,
		says: /there is no sudo\./,
		next: /--admin-user root/,
	},
	{
		title: 'a read-only file system',
		begin: () => sh('mount --rbind /usr /usr && mount -o remount,bind,ro /usr'),
		end: () => sh('umount -l /usr'),
		id: 'vm.disk-unwritable',
		code: 1,
		says: /no room to be prepared: \/usr is mounted read-only\. Nothing was changed\./,
		next: /Free space or remount.*df -h/,
	},
	{
		title: 'no room in /tmp, nor in /dev/shm for a lock',
		begin: () =>
			sh(
				'for place in /tmp /dev/shm; do mount -o remount,size=64k $place; dd if=/dev/zero of=$place/filler 2>/dev/null; done; true',
			),
		end: () => sh('for place in /tmp /dev/shm; do rm $place/filler; mount -o remount,size=50% $place; done'),
		id: 'vm.disk-unwritable',
		code: 1,
		says: /0 MiB free in \/tmp, of 1 MiB needed\. Nothing was changed\./,
		next: /Free space or remount.*df -h/,
	},
	{
		title: 'a root file system that is read-only',
		// Everything of it but where something writes, such as systemd: a container's root itself is busy.
		begin: () => sh(`for place in ${ofRoot}; do mount --rbind $place $place && mount -o remount,bind,ro $place; done`),
		end: () => sh(`for place in ${ofRoot}; do umount -l $place; done`),
		id: 'vm.disk-unwritable',
		code: 1,
		says: /no room to be prepared: (?=.*\/usr is mounted read-only)(?=.*\/var is mounted read-only).*\/etc is mounted read-only.*Nothing was changed\./,
		next: /Free space or remount.*df -h/,
	},
	{
		title: 'a full disk for images',
		begin: () => sh('mkdir -p /var/lib/docker && mount -t tmpfs -o size=20m tmpfs /var/lib/docker'),
		end: () => sh('umount -l /var/lib/docker'),
		id: 'vm.disk-unwritable',
		code: 1,
		says: /20 MiB free in \/var\/lib\/docker, of 512 MiB needed\. Nothing was changed\./,
		next: /Free space or remount.*df -h/,
	},
	{
		title: 'a full disk',
		begin: () =>
			sh(
				`${small('20m')} && mkdir /mnt/small/u /mnt/small/w && mount -t overlay overlay -o lowerdir=/usr,upperdir=/mnt/small/u,workdir=/mnt/small/w /usr`,
			),
		end: () => sh('umount -l /usr; umount -l /mnt/small'),
		id: 'vm.disk-unwritable',
		code: 1,
		says: /\d+ MiB free in \/usr, of 512 MiB needed\. Nothing was changed\./,
		next: /Free space or remount.*df -h/,
	},
];

describe('preparation stops before anything is changed at', () => {
	test.each(faults)('$title → $id, $code', async ({begin, end, id, code, says, next}) => {
		const before = await stateOf();
		await begin();
		try {
			const result = await home.run(['prepare', target, '--yes']);
			expectManners(result);
			const [told] = readTold(result);
			expect(told?.id, result.stdout + result.stderr).toBe(id);
			expect(told?.text).toMatch(says);
			expect(told?.next).toMatch(next);
			expect(result.code).toBe(code);
		} finally {
			await end();
		}
		expect(await stateOf()).toBe(before);
	});
});

describe('a VM whose login is slow and prints noise, without bash, curl and Python, with one session and no forwarding', () => {
	beforeAll(async () => {
		await sh(
			[
				'dpkg --purge --force-depends curl python3-minimal python3.11-minimal libpython3.11-minimal netcat-openbsd >/dev/null 2>&1',
				'for user in admin ops; do usermod -s /bin/sh $user; done; mv /usr/bin/bash /usr/bin/bash.gone',
				// sshd has it run before every command (sshd(8), SSHRC), whatever the login shell is.
				"printf '%s\\n' 'printf \"noise without end\"; echo warning >&2; sleep 0.1' >/etc/ssh/sshrc",
				"printf 'MaxSessions 1\\nAllowTcpForwarding no\\n' >/etc/ssh/sshd_config.d/zz.conf; systemctl reload ssh",
			].join('\n'),
		);
	});

	test('a connection that breaks in the middle of apt: that is said, and apt goes on', {timeout: 90_000}, async () => {
		const {ended} = await begun(home, ['prepare', target, '--yes'], 'prepare.docker');
		await sh(
			'for i in $(seq 60); do [ -f /run/meshboard/apt.pid ] && break; sleep 0.5; done; pkill -KILL -u admin sshd',
		);
		const {code, output} = await ended;
		expect(code, output).toBe(69);
		expect(output).toContain('"finding":"ssh.connection-lost"');
		expect(await sh('[ -d /proc/$(cat /run/meshboard/apt.pid) ] && echo goes on')).toBe('goes on');
	});

	test('the next attempt finds it, waits for it, and prepares the VM', {timeout: 180_000}, async () => {
		const result = await home.run(['prepare', target, '--yes'], {seconds: 170});
		expect(result.code, result.stdout).toBe(0);
		expectManners(result);
		expect(await sh('grep -c "Commandline: apt-get install.*docker.io" /var/log/apt/history.log')).toBe('1');
	});

	test('two runs by different accounts: the second is told by whom the VM is held', {timeout: 60_000}, async () => {
		const {child, ended} = await begun(home, ['onboard', target, '--yes'], 'check.gateway', {USER: 'alice'});
		for (const words of [
			['onboard', byAdmin],
			['prepare', byAdmin],
		]) {
			const result = await home.run([...words, '--yes']);
			expect(result.code, result.stdout).toBe(1);
			expect(result.stdout).toMatch(new RegExp(`held by alice@\\S+ \\(process ${child.pid}\\): onboard since 20`));
			expectManners(result);
		}
		expect((await ended).code).toBe(0);
		expect(await sh('ls -A /dev/shm | grep meshboard; true')).toBe('');
	});

	test('every way is tried all the same, and meshboard listens', {timeout: 60_000}, async () => {
		await sh('docker stop -t 1 istio-proxy');
		const result = await home.run(['check', target, '--yes']);
		expectManners(result);
		expect(result.stdout).toMatch(/^vm istio-proxy\S+ .* 15012 .* ✓ open .*SNI \S+ honoured/m);
		expect(result.stdout).toMatch(/^vm istio-proxy\S+ .* 15443 .* ✓ open/m);
		expect(result.stdout).toMatch(/^pod .* 9080 .* ✓ open/m);
		expect(result.stdout).not.toContain('not done');
		await sh('docker start istio-proxy');
	});

	test('the doctor sees all of it', {timeout: 60_000}, async () => {
		const {result, whole} = await expectFindings(home, target, {});
		expect(
			result.checks.filter(({outcome}) => outcome !== 'passed'),
			whole,
		).toEqual([]);
	});

	describe('where nothing on it can dial or listen', () => {
		const tools = '/usr/bin/perl /usr/bin/python3 /usr/bin/nc /usr/bin/socat';
		const move = (from: string, to: string) =>
			sh(`for tool in ${tools}; do [ ! -e $tool${from} ] || mv $tool${from} $tool${to}; done`);
		beforeAll(() => move('', '.gone'));
		afterAll(() => move('.gone', ''));

		test('that is said, and is no finding', {timeout: 60_000}, async () => {
			await sh('docker stop -t 1 istio-proxy');
			const check = await home.run(['check', target, '--yes']);
			expect(check.code, check.stdout).toBe(0);
			expect(check.stdout).toMatch(/ 15012 .* not done .*AllowTcpForwarding.*no python3, perl or bash on it/);
			expect(check.stdout).toMatch(/could not listen there \(it takes python3, perl, socat or nc\)/);
			await sh('docker start istio-proxy');
			const verify = await home.run(['verify', target]);
			expect(verify.code, verify.stdout).toBe(1);
			expect(verify.stdout).toMatch(/could not be asked: .*AllowTcpForwarding.*nor curl\. Install one of them there/);
			expect(verify.stdout).not.toContain('proxy.not-ready');
		});

		test('the doctor says what was not to be had and what that leaves open, and names nothing', {
			timeout: 60_000,
		}, async () => {
			const {result, warnings, code, whole} = await expectFindings(home, target, {});
			expect(warnings).toEqual([]);
			const open = result.checks
				.filter(({outcome}) => outcome === 'not-done')
				.map(({id, detail}) => `${id}: ${detail}`);
			expect(open.join('\n'), whole).toMatch(
				/^doctor\.envoy: .*could not be asked: .*AllowTcpForwarding.*; this leaves open its readiness, certificate/m,
			);
			expect(open.join('\n')).toMatch(
				/^doctor\.request: the proxy could not be asked; this leaves open whether its traffic flows/m,
			);
			expect(code).toBe(1);
		});

		test('where there is no Docker either, the doctor names that alone', {timeout: 60_000}, async () => {
			await sh('mv /usr/bin/docker /usr/bin/docker.gone');
			try {
				await expectFindings(home, target, {errors: ['vm.runtime-missing']});
			} finally {
				await sh('mv /usr/bin/docker.gone /usr/bin/docker');
			}
		});
	});

	test('a server that takes one connection in three', {timeout: 120_000}, async () => {
		const syn = 'iptables -I INPUT 1 -p tcp --syn --dport 22';
		await sh(`${syn} -j REJECT --reject-with tcp-reset; ${syn} -m statistic --mode nth --every 3 --packet 2 -j ACCEPT`);
		for (const command of ['verify', 'doctor']) {
			const result = await home.run([command, target]);
			expect(result.code, result.stdout).toBe(0);
			expectManners(result);
			expect(result.stdout).not.toContain('not done');
		}
	});
});
