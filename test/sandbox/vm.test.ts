import {execFileSync} from 'node:child_process';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {openSandbox} from './open-sandbox.ts';

const noSsh = (() => {
	try {
		execFileSync('ssh', ['-V'], {stdio: 'ignore'});
		return undefined;
	} catch {
		return 'skipped: no OpenSSH client on this machine';
	}
})();

describe.skipIf(noSsh !== undefined)(
	`a VM of the sandbox, over OpenSSH${noSsh === undefined ? '' : ` (${noSsh})`}`,
	() => {
		let sandbox: Awaited<ReturnType<typeof openSandbox>>;
		const admin = (command: string, stdin = '') => sandbox.ssh('ratings-vm', 'bookinfo', 'admin', command, stdin);
		const proxy = (command: string, stdin = '') => sandbox.ssh('ratings-vm', 'bookinfo', 'istio-proxy', command, stdin);
		beforeAll(async () => {
			sandbox = await openSandbox();
		});
		afterAll(() => sandbox?.close());

		it('is a Debian with its own address and nothing prepared', async () => {
			const {stdout} = await admin(
				'. /etc/os-release; echo $ID $VERSION_ID; uname -m; ip -o addr; command -v docker; id -nG',
			);
			expect(stdout).toMatch(/^debian 12\nx86_64\n/);
			expect(stdout).toContain('inet 10.128.0.2/24');
			expect(stdout).not.toContain('docker');
			expect((await proxy('true')).stderr).toContain('Permission denied (publickey)');
		});

		it('keeps what one session wrote for the next, and its exit codes and streams apart', async () => {
			expect(await admin('cat >note; echo said >&2; exit 5', 'kept\n')).toEqual({
				code: 5,
				stdout: '',
				stderr: 'said\n',
			});
			expect(await admin('cat note')).toEqual({code: 0, stdout: 'kept\n', stderr: ''});
		});

		it('guards files by owner and mode', async () => {
			expect(await admin('echo x >/etc/hostname')).toMatchObject({
				code: 2,
				stderr: expect.stringContaining('cannot create /etc/hostname: Permission denied'),
			});
			expect(await admin('mkdir /etc/mine')).toMatchObject({
				code: 1,
				stderr: expect.stringContaining('Permission denied'),
			});
			expect(
				(await admin('umask 077; echo s >secret; stat -c "%a %U" secret; test -w /etc && echo writable')).stdout,
			).toBe('600 admin\n');
			expect((await admin('sudo -n sh -c "echo x >/root/x; chmod 600 /root/x; ls -l /root"')).stdout).toMatch(
				/^-rw------- 1 root root /,
			);
			expect((await admin('cat /root/x')).code).toBe(1);
		});

		it('runs a command in the background past the end of its session', async () => {
			await admin(
				'sh -c "sleep 0.3; echo late" >later.log 2>&1 </dev/null & echo $! >pid; test -d /proc/$(cat pid) && echo alive >>pid',
			);
			expect((await admin('cat pid')).stdout).toMatch(/^\d+\nalive\n$/);
			await expect.poll(async () => (await admin('cat later.log')).stdout, {timeout: 5000}).toBe('late\n');
		});

		it('installs Docker for root alone, then for who joined its group, in a new session', async () => {
			expect((await admin('apt-get install -y docker.io')).stderr).toContain('are you root?');
			const installed = await admin(
				'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y -o DPkg::Lock::Timeout=300 docker.io',
			);
			expect(installed).toMatchObject({code: 0, stdout: expect.stringContaining('Setting up docker.io')});
			expect((await admin('systemctl is-active docker; systemctl is-enabled docker')).stdout).toBe('active\nenabled\n');
			expect((await admin('docker ps')).stderr).toContain('permission denied');
			const joined = await admin('sudo usermod -aG docker admin; docker ps 2>&1; id -nG; id -nG admin');
			expect(joined.stdout).toMatch(/permission denied[\s\S]*\nadmin sudo\nadmin sudo docker\n$/);
			expect((await admin("docker version --format '{{.Server.Version}}'")).stdout).toMatch(/^20\.10\.24/);
		});

		it('answers docker in the words of docker', async () => {
			expect(await admin('docker container inspect none')).toEqual({
				code: 1,
				stdout: '[]\n',
				stderr: 'Error: No such container: none\n',
			});
			expect((await admin('docker pull docker.io/istio/proxyv2:9.9')).stderr).toContain('manifest unknown');
			expect((await admin('docker pull docker.io/istio/proxyv2:1.28.0')).stdout).toContain(
				'Status: Downloaded newer image',
			);
			const run = await admin(
				"touch env; docker run -d --name other --env-file env -e 'A=b c' docker.io/istio/proxyv2:1.28.0 proxy sidecar",
			);
			expect(run.stdout).toMatch(/^[0-9a-f]{64}\n$/);
			const format =
				'{{json .Name}} {{json .Config.Cmd}}{{range .Config.Env}}{{$pair := split . "="}}{{if eq (index $pair 0) "A"}} {{json .}}{{end}}{{end}}';
			expect((await admin(`docker inspect --format '${format}' other`)).stdout).toBe(
				'"/other" ["proxy","sidecar"] "A=b c"\n',
			);
			expect((await admin('docker run --name other docker.io/istio/proxyv2:1.28.0')).stderr).toContain(
				'is already in use',
			);
			expect((await admin('docker restart other && docker rm other')).stderr).toContain(
				'cannot remove a running container',
			);
			expect((await admin('docker rm --force other; docker ps -aq')).stdout).toBe('other\n');
		});
	},
);
