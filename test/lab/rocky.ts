import {writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {must, vm} from './harness.ts';

/** As fpm makes Istio's `.rpm` (istio/istio, tools/packaging/packaging.mk, rpm/fpm), from the files of the `.deb`. */
const spec = `
Name: istio-sidecar
Version: 1.31.0
Release: 1
Summary: Istio Sidecar
License: Apache
Vendor: istio.io
AutoReqProv: no
Requires: iproute
Requires: iptables
Requires: sudo
Requires: hostname
%global __os_install_post %{nil}
%global _binary_payload w0.gzdio
%description
Istio Sidecar
%install
cp -a /root/package/. %{buildroot}
%files
/usr/local/bin/*
/lib/systemd/system/istio.service
%config /var/lib/istio/envoy/envoy_bootstrap_tmpl.json
%config /var/lib/istio/envoy/sidecar.env
# The script is for bash, which is sh on Rocky Linux.
%post -p /bin/bash
`;

/** What the package needs comes from a repository, as names alone: the programs are Debian's. */
const needed = {bash: 'Provides: /bin/bash\n', iproute: '', iptables: '', sudo: '', hostname: ''};
const named = (name: string, more: string) =>
	`Name: ${name}\nVersion: 1\nRelease: 1\nSummary: none\nLicense: none\n${more}%description\nnone\n%files\n`;

const system = `NAME="Rocky Linux"
VERSION="9.6 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.6"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Rocky Linux 9.6 (Blue Onyx)"
`;

/**
 * Makes a VM of the lab into what Rocky Linux is to who installs packages: real rpm and dnf with their database and a repository, and
 * the name in os-release. dpkg is there as a tool, as EPEL has it: it knows of no package. All else stays Debian's. The `.rpm` files, made on
 * the VM, come to lie beside the `.deb`: Istio's package, and one of another architecture.
 */
export async function becomeRocky(
	name: string,
	deb: string,
): Promise<{readonly rpm: string; readonly foreign: string}> {
	const folder = dirname(deb);
	const bring = async (text: string, to: string) => {
		const file = join(folder, 'rocky');
		writeFileSync(file, text);
		await must('docker', ['cp', '-q', file, `vm-${name}:${to}`]);
	};
	await must('docker', ['cp', '-q', deb, `vm-${name}:/root/istio-sidecar.deb`]);
	await bring(spec, '/root/istio-sidecar.spec');
	await bring(named('istio-sidecar', ''), '/root/foreign.spec');
	for (const [stub, more] of Object.entries(needed)) {
		await bring(named(stub, `BuildArch: noarch\n${more}`), `/root/${stub}.spec`);
	}
	await vm.exec(name, 'bash', '-ec', script);
	await bring(system, '/usr/lib/os-release');
	const files = {rpm: join(folder, 'istio-sidecar.rpm'), foreign: join(folder, 'istio-sidecar.aarch64.rpm')};
	await must('docker', ['cp', '-q', `vm-${name}:/root/out/x86_64/istio-sidecar-1.31.0-1.x86_64.rpm`, files.rpm]);
	await must('docker', ['cp', '-q', `vm-${name}:/root/out/aarch64/istio-sidecar-1-1.aarch64.rpm`, files.foreign]);
	return files;
}

const script = `
cd /root
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >&2
apt-get install -y -q --no-install-recommends rpm dnf createrepo-c >&2
dpkg-deb -x istio-sidecar.deb package
dpkg-deb -I istio-sidecar.deb postinst >>istio-sidecar.spec
# Debian's rpm has a database for each user.
mkdir -p /etc/rpm /etc/yum.repos.d
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
build() { rpmbuild -bb --quiet --define '_rpmdir /root/out' "$@" >&2; }
build istio-sidecar.spec ${Object.keys(needed)
	.map((stub) => `${stub}.spec`)
	.join(' ')}
build --target aarch64 foreign.spec
createrepo_c -q out/noarch
printf '[lab]\\nname=lab\\nbaseurl=file:///root/out/noarch\\ngpgcheck=0\\n' >/etc/yum.repos.d/lab.repo
mkdir debian
mv /usr/bin/apt* debian
cp /var/lib/dpkg/status debian
: >/var/lib/dpkg/status
rm -rf package istio-sidecar.deb
`;
