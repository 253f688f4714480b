import {describe, expect, it} from 'vitest';
import {canonicalIp} from '../../source/vm/canonical-ip.ts';
import {parseAddresses} from '../../source/vm/parse/addresses.ts';
import {parseContainers} from '../../source/vm/parse/containers.ts';
import {parseEngine} from '../../source/vm/parse/engine.ts';
import {parseFreeSpace} from '../../source/vm/parse/free-space.ts';
import {parseListeners} from '../../source/vm/parse/listeners.ts';
import {parseOsRelease} from '../../source/vm/parse/os-release.ts';

describe('listening sockets', () => {
	it.each([
		[
			'ss of iproute2 6, as root',
			'LISTEN 0 4096 127.0.0.1:15000 0.0.0.0:* users:(("envoy",pid=71,fd=22))',
			'127.0.0.1',
			15000,
			'envoy',
		],
		[
			'every address, both families',
			'LISTEN 0      4096               *:6443             *:*    users:(("kube-apiserver",pid=5,fd=3))',
			'*',
			6443,
			'kube-apiserver',
		],
		['IPv6', 'LISTEN 0 128 [::]:22 [::]:*', '::', 22, ''],
		['a zone', 'LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:*', '127.0.0.53', 53, ''],
		['IPv4 in IPv6', 'LISTEN 0 100 [::ffff:10.0.0.5]:8080 *:*', '10.0.0.5', 8080, ''],
		[
			'/proc/net/tcp',
			'   0: 0100007F:2378 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21',
			'127.0.0.1',
			9080,
			'',
		],
		[
			'/proc/net/tcp6',
			'   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000',
			'::1',
			80,
			'',
		],
	])('%s', (_, line, address, port, process) => {
		expect(parseListeners([line])).toEqual([{address, port, process}]);
	});

	it('leaves out what does not listen or is no socket', () => {
		expect(
			parseListeners([
				'State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess',
				'  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
				'   2: 0100007F:2378 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000     0',
				'LISTEN 0 128 10.0.0.1:99999 0.0.0.0:*',
				'LISTEN',
			]),
		).toEqual([]);
	});
});

describe('addresses', () => {
	it('reads ip -o addr, with peers and IPv6', () => {
		expect(
			parseAddresses([
				'2: eth0@if7    inet 10.128.0.2/24 brd 10.128.0.255 scope global eth0\\       valid_lft forever',
				'2: eth0    inet6 fe80::42:aff:fe80:2/64 scope link \\       valid_lft forever',
			]),
		).toEqual([
			{interface: 'eth0', address: '10.128.0.2'},
			{interface: 'eth0', address: 'fe80::42:aff:fe80:2'},
		]);
	});

	it('falls back on hostname -I', () => {
		expect(parseAddresses(['10.128.0.2 172.17.0.1 fd00::2 '])?.map(({address}) => address)).toEqual([
			'10.128.0.2',
			'172.17.0.1',
			'fd00::2',
		]);
	});

	it('is unknown when nothing tells', () => {
		expect(parseAddresses(['hostname: invalid option -- I', ''])).toBeUndefined();
	});

	it.each([
		['FD00:0:0::2', 'fd00::2'],
		['[::1]', '::1'],
		['::ffff:10.0.0.1', '10.0.0.1'],
		['10.0.0.1/24', '10.0.0.1'],
		['fe80::1%eth0', 'fe80::1'],
		['10.0.0.256', undefined],
		['vm.example.com', undefined],
		['', undefined],
	])('%s is %s', (text, address) => {
		expect(canonicalIp(text)).toBe(address);
	});
});

describe('the engine', () => {
	const said = (code: number, ...lines: string[]) => ({code, lines});
	it.each([
		['Docker 20', said(0, '20.10.24+dfsg1 amd64'), 'usable'],
		['podman in its place', said(0, 'Emulate Docker CLI using podman.', '4.3.1 amd64'), 'usable'],
		[
			'Docker 20, denied',
			said(
				1,
				'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
			),
			'denied',
		],
		[
			'Docker 29, denied',
			said(1, 'permission denied while trying to connect to the docker API at unix:///var/run/docker.sock'),
			'denied',
		],
		[
			'stopped',
			said(1, 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'),
			'stopped',
		],
		[
			'Docker 29, stopped',
			said(1, 'failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct'),
			'stopped',
		],
		['hanging', said(124), 'failed'],
		['anything else', said(1, 'Error response from daemon: client version 1.50 is too new'), 'failed'],
	] as const)('%s', (_, answer, state) => {
		expect(parseEngine(answer, true).state).toBe(state);
	});

	it('is missing where there is no such command', () => {
		expect(parseEngine(said(127, 'sh: docker: not found'), false).state).toBe('missing');
	});
});

describe('containers', () => {
	it('reads the names of the entry that a proxy serves', () => {
		const line =
			'"/istio-proxy" "docker.io/istio/proxyv2:1.31" "running" "unless-stopped" "host" "POD_NAME=ratings-vm" "POD_NAMESPACE=bookinfo"';
		expect(parseContainers(['WARNING: something', line])).toEqual([
			{
				name: 'istio-proxy',
				image: 'docker.io/istio/proxyv2:1.31',
				state: 'running',
				restartPolicy: 'unless-stopped',
				networkMode: 'host',
				podName: 'ratings-vm',
				podNamespace: 'bookinfo',
			},
		]);
	});

	it('takes a name with escape sequences as plain text', () => {
		const [container] = parseContainers(['"/a" "b" "running" "no" "bridge" "POD_NAME=\\u001b[31mx\\ny"']);
		expect(container?.podName).toMatch(/^x.y$/);
	});
});

describe('df', () => {
	it.each([
		['overlay          264212084 24105852  71395412      26% /', 71395412],
		['//server/share name   100   90   10   90% /mnt/a', 10],
		['Filesystem 1024-blocks Used Available Capacity Mounted on', undefined],
		['/dev/sdb1  0  0  0  -  /btrfs', undefined],
	])('%s', (line, free) => {
		expect(parseFreeSpace([line])).toBe(free);
	});
});

describe('os-release', () => {
	it('reads quotes of both kinds and none', () => {
		expect(
			parseOsRelease(["ID='rocky'", 'ID_LIKE="rhel centos fedora"', 'VERSION_ID=9.4', 'NAME="Rocky \\"Linux\\""']),
		).toEqual({
			id: 'rocky',
			idLike: ['rhel', 'centos', 'fedora'],
			versionId: '9.4',
			prettyName: 'Rocky "Linux"',
		});
	});

	it('is empty where there is no file', () => {
		expect(parseOsRelease(['cat: /etc/os-release: No such file or directory']).id).toBe('');
	});
});
