/*
 * What the doctor keeps in memory of a VM that has much to tell: the peak of its process on a proxy whose log is 500 MB and whose
 * config_dump is 50 MB, beside the same proxy as it is. With `--archive`, which takes whole dumps, and without.
 * Run with: npm run bench -- large  (needs the lab: test/lab/readme.md)
 */
import {spawn} from 'node:child_process';
import {existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {apply, closeNamespace, kubeconfig, newMeshboard, openNamespace, vm} from '../lab/harness.ts';
import {entryManifests} from '../lab/manifests.ts';
import waitForTheLab from '../lab/one-at-a-time.ts';

const name = 'bench-large';
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

if (!existsSync(kubeconfig())) {
	console.log('Not measured: the lab is not up (test/lab/readme.md).');
	process.exit();
}
const release = await waitForTheLab();
const home = newMeshboard();
try {
	await openNamespace(name);
	const ip = await vm.up(name);
	await vm.app(name);
	await apply(entryManifests({name, namespace: name, ip}));
	const onboarded = await home.run(['onboard', `${name}.${name}`, '--prepare', '--yes'], {seconds: 170});
	if (onboarded.code !== 0) throw new Error(onboarded.stdout + onboarded.stderr);
	const rows = [['', 'peak', 'seconds', 'archive']];
	rows.push(await measured('as it is'), await measured('as it is, --archive', 'small.tgz'));
	await makeLarge();
	rows.push(await measured('500 MB of log, 50 MB of configuration'));
	rows.push(await measured('the same, --archive', 'large.tgz'));
	for (const [title = '', ...cells] of rows)
		console.log(title.padEnd(40) + cells.map((cell) => cell.padStart(12)).join(''));
} finally {
	home.remove();
	await vm.down(name);
	await closeNamespace(name);
	release();
}

/**
 * The engine keeps the log in a file, which grows by what the proxy could have written; the answer is another server's, in Envoy's place, which knows no mask: so
 * much is read even where Envoy would send a few lines.
 */
async function makeLarge(): Promise<void> {
	const line = (at: string) =>
		`{"log":"${at}\\twarning\\tenvoy config\\tStreamAggregatedResources gRPC config stream closed: 14, ${'x'.repeat(900)}\\n","stream":"stderr","time":"${at}"}`;
	const at = new Date().toISOString();
	await vm.exec(
		name,
		'sh',
		'-c',
		`file=$(docker inspect -f '{{.LogPath}}' istio-proxy); yes '${line(at)}' | head -c 500000000 | sed '$d' >>$file
		mkdir -p /srv/large; curl -s localhost:15000/config_dump >/srv/large/config_dump
		head -c 50000000 /dev/zero | tr '\\0' ' ' >>/srv/large/config_dump
		for page in server_info certs listeners clusters stats init_dump; do curl -s "localhost:15000/$page?format=json" >/srv/large/$page; done
		systemd-run -q --collect --unit=large busybox httpd -f -p 127.0.0.1:15999 -h /srv/large
		iptables -t nat -A OUTPUT -p tcp -d 127.0.0.1 --dport 15000 -j REDIRECT --to-ports 15999`,
	);
}

/** Runs the doctor to its end; the most that its process had in memory, by the kernel. */
async function measured(title: string, archive?: string): Promise<string[]> {
	const file = archive === undefined ? undefined : join(home.home, archive);
	const words = ['doctor', `${name}.${name}`, '-o', 'json', ...(file === undefined ? [] : ['--archive', file])];
	const begun = performance.now();
	const child = spawn(process.execPath, [program, ...words], {env: home.env, stdio: ['ignore', 'ignore', 'inherit']});
	let peak = 0;
	const timer = setInterval(() => {
		peak = Math.max(peak, peakOf(child.pid ?? 0));
	}, 20);
	await new Promise((resolve) => child.on('close', resolve));
	clearInterval(timer);
	const seconds = (performance.now() - begun) / 1000;
	const size = file === undefined ? '–' : `${(statSync(file).size / 1e6).toFixed(1)} MB`;
	return [title, `${(peak / 1024).toFixed(0)} MiB`, `${seconds.toFixed(1)} s`, size];
}

/** KiB; 0 where the process is gone. */
function peakOf(pid: number): number {
	try {
		return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
	} catch {
		return 0;
	}
}
