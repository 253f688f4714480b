import {afterAll, beforeAll, expect, test} from 'vitest';
import {expectManners} from '../helpers/told.ts';
import {apply, closeNamespace, eventually, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* A VM whose user has a Docker without root, as Docker's own documentation sets it up. It passes for any other until a pod calls the proxy. */

const name = 'rootless';
const target = `${name}.${name}`;
let meshboard: Meshboard;

/** Debian's docker.io has the script; the VMs of the lab have no /dev/net/tun, so that its network is that of the machine. */
const daemon = `
uid=$(id -u ops); install -d -m 700 -o ops /run/user/$uid
cat >/home/ops/start <<'X'
export XDG_RUNTIME_DIR=/run/user/$(id -u) PATH=$PATH:/usr/sbin:/sbin:/usr/share/docker.io/contrib
export DOCKERD_ROOTLESS_ROOTLESSKIT_NET=host DOCKERD_ROOTLESS_ROOTLESSKIT_PORT_DRIVER=none
exec dockerd-rootless.sh --storage-driver vfs --iptables=false --ip6tables=false --bridge=none >/home/ops/daemon.log 2>&1
X
su - ops -c 'setsid sh ~/start &'
su - ops -c 'docker context create rootless --docker host=unix:///run/user/$(id -u)/docker.sock && docker context use rootless'`;

beforeAll(async () => {
	meshboard = newMeshboard();
	const [ip] = await Promise.all([vm.up(name), openNamespace(name)]);
	const annotations = {'ssh-user': 'ops', 'proxy-config-dir': '/home/ops/istio-proxy'};
	await apply(entryManifests({name, namespace: name, ip, annotations}));
	const packages = 'docker.io rootlesskit slirp4netns uidmap';
	const quiet = 'export DEBIAN_FRONTEND=noninteractive; apt-get update -q';
	await vm.exec(
		name,
		'sh',
		'-ec',
		`${quiet}; apt-get install -qy ${packages}; systemctl disable --now docker.socket docker`,
	);
	await vm.exec(name, 'sh', '-ec', daemon);
	await eventually('Docker without root', 30, () => vm.exec(name, 'su', '-', 'ops', '-c', 'docker version'));
}, 180_000);

afterAll(async () => {
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

const recognised = /Docker runs without root for ops: .*no pod would reach the proxy\. .*--runtime podman/;

test('it is recognised before anything is started, and said what would run the proxy', {timeout: 60_000}, async () => {
	const checked = await meshboard.run(['check', target]);
	expect(checked.code, checked.stdout).toBe(1);
	expect(checked.stdout).toMatch(/Docker +✓ passed/);
	expect(checked.stdout).toMatch(new RegExp(`Confinement +✗ failed.*${recognised.source}`));
	expectManners(checked);
	const onboarded = await meshboard.run(['onboard', target, '--yes']);
	expect(onboarded.code, onboarded.stdout).toBe(1);
	expect(onboarded.stdout).toMatch(recognised);
	expect(await vm.exec(name, 'su', '-', 'ops', '-c', 'docker ps -aq; docker images -q')).toBe('');
	expectManners(onboarded);
});
