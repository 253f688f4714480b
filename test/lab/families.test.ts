import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {apply, closeNamespace, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';

/*
 * Preparation with the real dnf, zypper and rpm, on a VM of Debian that passes for Rocky Linux, then for openSUSE. Their repository holds
 * Docker by name: a program that answers as its client does, and a service. What is proven is the families' commands, not their Docker.
 */

const name = 'families';
const target = `${name}.${name}`;
let meshboard: Meshboard;

const spec = `Name: %{pkg}
Version: 27.0.1
Release: 1
Summary: none
License: none
BuildArch: noarch
AutoReqProv: no
%description
none
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/usr/lib/systemd/system
printf '#!/bin/sh\\n[ "$1" != version ] || echo "27.0.1 amd64"\\n' >%{buildroot}/usr/bin/docker
chmod 755 %{buildroot}/usr/bin/docker
printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >%{buildroot}/usr/lib/systemd/system/docker.service
%files
/usr/bin/docker
/usr/lib/systemd/system/docker.service
`;

/** Debian's own package manager goes out of the way; rpm's database is root's. */
const install = `
cd /root
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >&2
apt-get install -y -q --no-install-recommends rpm dnf zypper createrepo-c >&2
mkdir -p /etc/rpm /etc/yum.repos.d /etc/zypp/repos.d
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
for pkg in docker docker-ce; do rpmbuild -bb --quiet --define '_rpmdir /root/out' --define "pkg $pkg" docker.spec >&2; done
createrepo_c -q out/noarch
mkdir debian; mv /usr/bin/apt* /usr/bin/zypper debian
`;

const repository = (url: string) =>
	vm.exec(
		name,
		'sh',
		'-c',
		`rm -rf /var/cache/dnf /var/cache/zypp; printf '[lab]\\nname=lab\\nbaseurl=${url}\\ngpgcheck=0\\nenabled=1\\n' | tee /etc/yum.repos.d/lab.repo >/etc/zypp/repos.d/lab.repo`,
	);
const poseAs = (id: string, like: string, pretty: string) =>
	vm.exec(
		name,
		'sh',
		'-c',
		`printf 'ID="${id}"\\nID_LIKE="${like}"\\nPRETTY_NAME="${pretty}"\\n' >/usr/lib/os-release; ln -sf ../usr/lib/os-release /etc/os-release`,
	);
const prepare = (...words: string[]) => meshboard.run(['prepare', target, '--yes', ...words], {seconds: 110});

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(name);
	await apply(entryManifests({name, namespace: name, ip: await vm.up(name)}));
	await vm.exec(name, 'sh', '-c', `cat >/root/docker.spec <<'END'\n${spec}END\n`);
	await vm.exec(name, 'bash', '-ec', install);
}, 280_000);

afterAll(async () => {
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

describe.each([
	{id: 'rocky', like: 'rhel centos fedora', pretty: 'Rocky Linux 9.6 (Blue Onyx)', pkg: 'docker-ce', words: 'dnf.conf'},
	{id: 'opensuse-leap', like: 'suse opensuse', pretty: 'openSUSE Leap 15.6', pkg: 'docker', words: 'sysconfig/proxy'},
])('$pretty', ({id, like, pretty, pkg, words}) => {
	test('with a repository out of reach it is told so, with what to do there', {timeout: 120_000}, async () => {
		if (pkg === 'docker')
			await vm.exec(name, 'sh', '-c', 'mv /root/debian/zypper /usr/bin; mv /usr/bin/dnf* /root/debian');
		await poseAs(id, like, pretty);
		await repository('http://10.128.0.1:9/x');
		const {code, stdout} = await prepare();
		expect(code, stdout).toBe(1);
		expect(stdout).toMatch(/vm\.runtime-missing[\s\S]*reaches no repository/);
		expect(stdout).toContain(words);
	});

	test('it is prepared, once, and taken back', {timeout: 240_000}, async () => {
		await repository('file:///root/out/noarch');
		const done = await prepare();
		expect(done.code, done.stdout).toBe(0);
		expect(done.stdout).toContain(`admin on ${pretty}`);
		expect(await vm.exec(name, 'rpm', '-q', pkg)).toBe(`${pkg}-27.0.1-1.noarch`);
		expect(await vm.exec(name, 'systemctl', 'is-enabled', 'docker')).toBe('enabled');
		expect(await vm.exec(name, 'id', '-nG', 'istio-proxy')).toBe('istio-proxy docker');
		expect((await prepare('-o', 'ndjson')).stdout).not.toContain('"changed":true');
		const undone = await prepare('--undo');
		expect(undone.code, undone.stdout).toBe(0);
		expect(undone.stdout).toContain(`package ${pkg}: removed`);
		expect(undone.stdout).not.toContain('is left');
		const left =
			'rpm -qa; getent passwd istio-proxy; getent group docker; ls -d /etc/istio-proxy /var/lib/meshboard /usr/bin/docker';
		expect(await vm.exec(name, 'sh', '-c', `{ ${left}; } 2>/dev/null; true`)).toBe('');
	});
});
