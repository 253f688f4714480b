import {chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {join} from 'node:path';
import {must} from './harness.ts';

const cache = process.env.LAB || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mesh-lab');

export const istioctl = join(cache, 'bin', 'istioctl');

/**
 * Istio's package as its release has it, in all that counts here: the lab's own binaries, and the start script, the unit and the
 * postinst of the istio/istio sources that the lab was built from (Apache-2.0, tools/packaging). Not compressed, so some 130 MB
 * go over the line. The caller removes the folder of the file.
 */
export async function buildPackage(): Promise<string> {
	const modules = await must('go', ['env', 'GOMODCACHE'], {env: withGo});
	const version = /@(v[^@\s]+)/.exec(
		await must('go', ['version', '-m', join(cache, 'bin', 'pilot-agent')], {env: withGo}),
	);
	const built = await must('sh', ['-c', `ls -d ${modules}/istio.io/istio@*/tools/packaging | tail -n 1`]);
	if (!existsSync(built)) throw new Error(`no sources of istio ${version?.[1] ?? ''} in ${modules}`);
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-package-'));
	const root = join(folder, 'root');
	const put = (from: string, to: string, mode: number) => {
		mkdirSync(join(root, to, '..'), {recursive: true});
		copyFileSync(from, join(root, to));
		chmodSync(join(root, to), mode);
	};
	put(join(cache, 'bin', 'envoy'), 'usr/local/bin/envoy', 0o755);
	put(join(cache, 'bin', 'pilot-agent'), 'usr/local/bin/pilot-agent', 0o755);
	put(join(built, 'common', 'istio-start.sh'), 'usr/local/bin/istio-start.sh', 0o755);
	put(join(built, 'common', 'istio.service'), 'lib/systemd/system/istio.service', 0o644);
	put(join(built, 'common', 'sidecar.env'), 'var/lib/istio/envoy/sidecar.env', 0o644);
	put(join(built, 'common', 'envoy_bootstrap.json'), 'var/lib/istio/envoy/envoy_bootstrap_tmpl.json', 0o644);
	put(join(built, 'postinst.sh'), 'DEBIAN/postinst', 0o755);
	const control = {
		Package: 'istio-sidecar',
		Version: '1.31.0',
		Architecture: 'amd64',
		Maintainer: 'nobody',
		Depends: 'iproute2, iptables, sudo, hostname',
		Description: 'Istio Sidecar',
	};
	const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
	writeFileSync(join(root, 'DEBIAN', 'control'), lines.join(''));
	const file = join(folder, 'istio-sidecar.deb');
	await must('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, file]);
	rmSync(root, {recursive: true});
	return file;
}

const withGo = {...process.env, PATH: `${process.env.PATH}:/usr/local/go/bin`};
