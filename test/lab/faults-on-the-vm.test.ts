import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {startPty} from '../helpers/pty.ts';
import {expectManners, readTold} from '../helpers/told.ts';
import {expectFindings} from './doctor-lab.ts';
import {entries, namespace, trap} from './faulty-objects.ts';
import {
	type Case,
	expectTold,
	leavesAlone,
	newHome,
	onboard,
	raw,
	ready,
	root,
	tableTests,
	testsInTurn,
} from './faulty-vms.ts';
import {gatewayAddress, vm} from './harness.ts';

/* Faults of the VMs themselves, and hostile values; see faulty-vms.ts. */

describe('a VM as it comes', () => {
	testsInTurn([
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

test('a doctor who finds no Docker says so, and nothing of what would be in it', async () => {
	const errors = ['vm.runtime-missing', 'app.not-listening'];
	await expectFindings(newHome(), `pristine.${namespace}`, {errors});
});

/** The program at a terminal, on one entry. */
function atTerminal(entry: string, ...words: readonly string[]) {
	const home = newHome();
	const all = [join(root, 'dist', 'cli.js'), 'onboard', `${entry}.${namespace}`, ...words];
	return {home, terminal: startPty(process.execPath, all, {env: home.env, columns: 160, rows: 60})};
}

describe('at a terminal', () => {
	const byOps = ['--prepare', '--admin-user', 'ops', '--yes'];

	test('sudo asks for its password once; it goes to standard input and leaves no trace', async () => {
		const password = 'ops-password';
		const {home, terminal} = atTerminal('without-sidecar', ...byOps);
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

	test('a wrong password is asked for again, three times in all → vm.sudo-unavailable, 77', async () => {
		await leavesAlone(raw, async () => {
			const {terminal} = atTerminal('pristine-proxy', ...byOps);
			for (const title of ['Password of ops for sudo:', 'was refused\\)', 'was refused\\)[\\s\\S]*was refused\\)']) {
				await terminal.waitFor(new RegExp(title), 20_000);
				terminal.type('not-the-password\r');
			}
			const {exitCode} = await terminal.exited;
			const [told] = readTold({code: exitCode, stdout: terminal.screen.text(), stderr: ''});
			expect(told, terminal.raw()).toMatchObject({
				id: 'vm.sudo-unavailable',
				next: expect.stringMatching(/sudo password/),
			});
			expect(told?.text).toMatch(/refused 3 times/);
			expect(exitCode).toBe(77);
			expect(terminal.raw()).not.toContain('not-the-password');
		});
	});

	test('a plan that is declined changes nothing → 130', async () => {
		await leavesAlone(raw, async () => {
			const {terminal} = atTerminal('pristine');
			await terminal.waitFor('Onboard this VM? [y/N]', 20_000);
			terminal.type('n\r');
			expect((await terminal.exited).exitCode).toBe(130);
			expect(terminal.screen.text()).toContain('Nothing was changed.');
		});
	});
});

/** What is in all files of a folder. */
const allFiles = (folder: string) =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((file) => file.isFile())
		.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
		.join('\n');

describe('a prepared VM', () => {
	testsInTurn([
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
			title: 'an instance IP that is not its own',
			entry: 'instance-ip-elsewhere',
			id: 'entry.instance-ip-not-local',
			code: 65,
			says: /INSTANCE_IP 10\.128\.0\.222 is on no interface/,
			next: /kubectl annotate we instance-ip-elsewhere/,
		},
		{
			title: "the instance IP of Docker's bridge",
			entry: 'instance-ip-of-docker',
			id: 'entry.wrong-ip',
			code: 65,
			says: /INSTANCE_IP 172\.17\.0\.1 lies on docker0/,
			next: /proxy-instance-ip/,
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
			next: /The VM's own firewall drops it\. Allow TCP port 9082 from pods/,
		},
	]);
});

describe('a prepared VM, one fault at a time', () => {
	const reject = (change: '-I' | '-D') =>
		vm.exec(ready, 'iptables', change, ...'OUTPUT -p tcp --dport 15012 -j REJECT --reject-with tcp-reset'.split(' '));
	const date = '/usr/local/bin/date';
	const taker = 'systemd-run -q --collect --unit=taker busybox httpd -f -p 127.0.0.1:15021'.split(' ');
	const faults: ReadonlyArray<Case & {readonly begin: () => Promise<string>; readonly end: () => Promise<string>}> = [
		{
			title: 'Docker stopped',
			begin: () => vm.exec(ready, 'systemctl', 'stop', 'docker.socket', 'docker'),
			end: () => vm.exec(ready, 'systemctl', 'start', 'docker.socket', 'docker'),
			entry: 'sound',
			id: 'vm.docker-stopped',
			code: 1,
			says: /its daemon does not run/,
			next: /sudo systemctl enable --now docker/,
		},
		{
			// The session gets its groups from elsewhere than `getent group`, as one that is older than the group's last change.
			title: 'a session that is older than its membership of group docker',
			begin: () => vm.exec(ready, 'sh', '-c', "echo 'initgroups: db' >>/etc/nsswitch.conf"),
			end: () => vm.exec(ready, 'sed', '-i', '/^initgroups/d', '/etc/nsswitch.conf'),
			entry: 'sound',
			id: 'vm.docker-group-stale',
			code: 1,
			says: /this session is older than that/,
			next: /new SSH session/,
		},
		{
			// All VMs have the host's clock: what is simulated is its reading.
			title: 'a clock that is an hour ahead',
			begin: () =>
				vm.exec(
					ready,
					'sh',
					'-c',
					`printf '#!/bin/sh\\nexec /usr/bin/date -d "+1 hour" "$@"\\n' >${date}; chmod +x ${date}`,
				),
			end: () => vm.exec(ready, 'rm', date),
			entry: 'sound',
			id: 'vm.clock-skew',
			code: 1,
			says: /3(59|60)\d s ahead of the API server/,
			next: /sudo timedatectl set-ntp true/,
		},
		{
			title: 'nothing with which a file can be compared',
			begin: () => vm.exec(ready, 'mv', '/usr/bin/sha256sum', '/usr/bin/sha256sum.gone'),
			end: () => vm.exec(ready, 'mv', '/usr/bin/sha256sum.gone', '/usr/bin/sha256sum'),
			entry: 'sound',
			id: 'ssh.copy-failed',
			code: 1,
			says: /it has no sha256sum/,
			next: /coreutils/,
		},
		{
			title: 'a port of the proxy in use',
			begin: () => vm.exec(ready, ...taker),
			end: () => vm.exec(ready, 'systemctl', 'stop', 'taker'),
			entry: 'sound',
			id: 'vm.ports-in-use',
			code: 1,
			says: /15021/,
			next: /sudo ss -ltnp/,
		},
		{
			title: 'the gateway behind a firewall that drops',
			begin: () => vm.block(ready, 'out', 15012),
			end: () => vm.unblock(ready, 'out', 15012),
			entry: 'sound',
			id: 'network.gateway-blocked',
			code: 1,
			says: new RegExp(`no answer from ${gatewayAddress}:15012`),
			next: new RegExp(`The VM's own firewall drops it\\. Allow TCP port 15012.*nc -vz ${gatewayAddress} 15012`),
		},
		{
			title: 'the gateway behind a firewall that rejects',
			begin: () => reject('-I'),
			end: () => reject('-D'),
			entry: 'sound',
			id: 'network.gateway-refused',
			code: 1,
			says: new RegExp(`${gatewayAddress}:15012 refuses the VM`),
			next: /kubectl describe svc/,
		},
	];
	test.each(faults)('$title → $id, $code', async (each) => {
		await each.begin();
		try {
			await leavesAlone(ready, async () => expectTold(await onboard(each), each));
		} finally {
			await each.end();
		}
	});
});

describe('what fails after the checks', () => {
	test('a disk that fills up while files are written: none of them is left, half or whole', async () => {
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

	test('a journal that cannot be written: nothing is begun', async () => {
		await leavesAlone(raw, async () => {
			const home = newHome();
			const env = {...home.env, XDG_STATE_HOME: '/dev/null/state'};
			const result = await home.run(['onboard', `pristine.${namespace}`, '--prepare', '--yes'], {env});
			expectManners(result);
			expect(readTold(result)).toMatchObject([
				{id: 'config.state-unwritable', next: expect.stringMatching(/XDG_STATE_HOME/)},
			]);
			expect(result.code).toBe(78);
		});
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
		{
			title: 'a hub that wants a login',
			entry: 'denied-hub',
			id: 'proxy.image-denied',
			code: 77,
			says: /127\.0\.0\.1:5001/,
			next: /docker login/,
		},
	];
	beforeAll(async () => {
		await vm.exec(ready, 'sh', '-c', "echo '/v2:nobody:knows' >/etc/hub.conf");
		const hub = 'busybox httpd -f -p 127.0.0.1:5001 -h /srv -c /etc/hub.conf'.split(' ');
		await vm.exec(ready, 'systemd-run', '-q', '--collect', '--unit=hub', ...hub);
	});
	test.each(images)('$title → $id, $code; no container, and every file whole', async (each) => {
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
		const home = newHome();
		const hostile = Object.keys(entries).filter((name) =>
			/option|command|escaping|quoted|broken|bad|hostile/.test(name),
		);
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
