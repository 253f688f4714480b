import {afterAll, beforeAll, expect, test} from 'vitest';
import {apply, closeNamespace, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* What preparation did is taken back, and nothing else. One test builds on another. */

const name = 'undo';
const target = `${name}.${name}`;
let meshboard: Meshboard;

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(name);
	await apply(entryManifests({name, namespace: name, ip: await vm.up(name)}));
}, 120_000);

afterAll(async () => {
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

/**
 * As in faulty-vms.ts, with content in place of times, which a directory has of whatever was in it for a while. Left out: dpkg's own books, which list
 * packages anew (their names are compared), the copies that useradd keeps of the former accounts, the linker's cache, and the mark that sudo
 * itself leaves of an account's first use.
 */
const state = () =>
	vm.exec(
		name,
		'sh',
		'-c',
		`find /etc /home /root /tmp /mnt /opt /srv /usr/local /var/tmp /var/lib/meshboard -printf '%p %y %m %u %g %l\\n' 2>/dev/null | grep -v -e /tmp/systemd-private -e '^/etc/[a-z]*- ' -e sudo_as_admin | sort
		find /etc /home /root -type f ! -name '*-' ! -name ld.so.cache ! -name '.sudo_as_admin*' -exec sha256sum {} + | sort -k 2
		dpkg-query -W; getent passwd; getent group; getent shadow; ls -A /var/lib/docker /var/lib/containerd 2>/dev/null; systemctl list-unit-files --no-legend`,
	);

const prepare = (...words: string[]) => meshboard.run(['prepare', target, '--yes', ...words], {seconds: 280});

let before = '';

test('what others use or have put there is left, and said', {timeout: 280_000}, async () => {
	before = await state();
	const prepared = await prepare();
	expect(prepared.code, prepared.stdout).toBe(0);
	await vm.exec(
		name,
		'sh',
		'-ec',
		`mkdir /root/image; cp /bin/busybox /root/image; tar -C /root/image -c . | docker import - web
		tar -C /root/image -c . | docker import -c 'CMD ["/busybox", "httpd", "-f", "-p", "9080", "-h", "/"]' - app
		docker run -d --name web web /busybox sleep 1000
		echo kept >/home/istio-proxy/notes; echo kept >/etc/istio-proxy/notes`,
	);
	const served = await prepare('--start-app', 'app');
	expect(served.code, served.stdout).toBe(0);
	expect(served.stdout).toMatch(/application at 127\.0\.0\.1:9080: nothing → docker-proxy on 127\.0\.0\.1:9080/);
	expect(await vm.exec(name, 'curl', '-fsS', 'http://127.0.0.1:9080/etc/hostname')).not.toBe('');
	expect((await prepare('--start-app', 'app', '-o', 'ndjson')).stdout).not.toContain('"changed":true');
	const undone = await prepare('--undo');
	expect(undone.code, undone.stdout).toBe(0);
	expect(undone.stdout).toMatch(/container undo: removed/);
	expect(undone.stdout).toMatch(/docker is left, it has containers: web/);
	expect(undone.stdout).toMatch(/\/etc\/istio-proxy is left, it holds notes/);
	expect(await vm.exec(name, 'docker', 'ps', '--format', '{{.Names}}')).toBe('web');
	await vm.exec(name, 'sh', '-ec', 'rm -r /root/image /etc/istio-proxy/notes');
	const again = await prepare('--undo');
	expect(again.stdout).toMatch(/\/etc\/istio-proxy: removed/);
	expect(again.stdout).toMatch(/account istio-proxy is left, its home holds notes/);
	expect(await vm.exec(name, 'cat', '/home/istio-proxy/notes')).toBe('kept');
});

test('the rest goes with a later attempt, and the VM is as it was', {timeout: 200_000}, async () => {
	await vm.exec(name, 'sh', '-ec', 'docker rm -f web; docker rmi web app; rm /home/istio-proxy/notes');
	const undone = await prepare('--undo');
	expect(undone.code, undone.stdout).toBe(0);
	expect(undone.stdout).not.toContain('is left');
	expect(await state()).toBe(before);
	expect((await prepare('--undo')).stdout).toContain('nothing that meshboard did is recorded');
});
