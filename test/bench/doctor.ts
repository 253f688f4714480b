/*
 * What it takes to know why a proxy is stuck, over a link with a round trip of 100 ms to the VM and to the API server: `doctor`, beside
 * the commands of Istio's own page on debugging VMs (istio.io, ops/diagnostic-tools/virtual-machines, and what it links to) run one after
 * another by somebody who reads nothing in between. In the lab, on a VM whose application does not run.
 * Run with: npm run bench -- doctor  (needs the lab: test/lab/readme.md)
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';
import {slowLink, type Traffic} from '../helpers/slow-link.ts';
import {
	apply,
	closeNamespace,
	kubeconfig,
	kubectl,
	labKey,
	newMeshboard,
	openNamespace,
	run,
	vm,
} from '../lab/harness.ts';
import {entryManifests} from '../lab/manifests.ts';
import waitForTheLab from '../lab/one-at-a-time.ts';

const [name, roundTrip, runs] = ['bench-doctor', 100, 3];
const cause = 'app.not-listening';

if (!existsSync(kubeconfig())) {
	console.log('Not measured: the lab is not up (test/lab/readme.md).');
	process.exit();
}
const release = await waitForTheLab();
const near = newMeshboard();
try {
	await openNamespace(name);
	const ip = await vm.up(name);
	await vm.app(name);
	const objects = entryManifests({name, namespace: name, ip});
	await apply(objects);
	const onboarded = await near.run(['onboard', `${name}.${name}`, '--prepare', '--yes'], {seconds: 170});
	if (onboarded.code !== 0) throw new Error(onboarded.stdout + onboarded.stderr);
	await vm.exec(name, 'systemctl', 'stop', 'app');
	await measure(ip);
} finally {
	near.remove();
	await vm.down(name);
	await closeNamespace(name);
	release();
}

async function measure(ip: string): Promise<void> {
	const config = readFileSync(kubeconfig(), 'utf8');
	const server = /https:\/\/([^:\s]+):(\d+)/.exec(config);
	if (server === null) throw new Error('no server in the kubeconfig');
	const [, host = '', port = ''] = server;
	const [api, ssh] = [await slowLink(host, Number(port), roundTrip), await slowLink(ip, 22, roundTrip)];
	const far = newMeshboard({kubeconfig: join(near.home, 'far.kubeconfig')});
	try {
		writeFileSync(join(near.home, 'far.kubeconfig'), config.replace(server[0], `https://127.0.0.1:${api.port}`));
		const prefix = 'sidecar-bootstrap.istio.io';
		await kubectl(
			`-n ${name} annotate workloadentry ${name} ${prefix}/ssh-host=127.0.0.1 ${prefix}/ssh-port=${ssh.port}`,
		);
		const links = [api.traffic, ssh.traffic];
		const ours = await median(() => doctor(far, links));
		const page = await median(() => debuggingPage(join(near.home, 'far.kubeconfig'), ssh.port, links));
		const rows = [
			['', 'doctor', "Istio's page", 'ratio'],
			[`until ${cause} is told`, `${ours.told.toFixed(1)} s`, '–', '–'],
			[
				'until the end',
				`${ours.seconds.toFixed(1)} s`,
				`${page.seconds.toFixed(1)} s`,
				ratio(ours.seconds, page.seconds),
			],
			['round trips', String(ours.turns), String(page.turns), ratio(ours.turns, page.turns)],
			['connections', String(ours.connections), String(page.connections), ratio(ours.connections, page.connections)],
			['KiB', kib(ours), kib(page), ratio(ours.bytes, page.bytes)],
		];
		for (const [title = '', ...cells] of rows)
			console.log(title.padEnd(36) + cells.map((cell) => cell.padStart(14)).join(''));
		console.log(
			`A round trip is ${roundTrip} ms; round trips of all connections, of which many are at once; medians of ${runs}.`,
		);
		console.log(
			`Of the page:\n${pageCommands('VM')
				.map(([where, command]) => `  ${where === 'ssh' ? 'on the VM: ' : ''}${command}`)
				.join('\n')}`,
		);
	} finally {
		far.remove();
		api.close();
		ssh.close();
	}
}

type Measured = Traffic & {readonly seconds: number; readonly told: number};

/** From the start of the process until the cause is told, and until its end. */
async function doctor(far: typeof near, links: readonly Traffic[]): Promise<Measured> {
	const [before, begun] = [sumOf(links), Date.now()];
	const {stdout, stderr} = await far.run(['doctor', `${name}.${name}`, '-o', 'ndjson']);
	const seconds = (Date.now() - begun) / 1000;
	const events = stdout
		.split('\n')
		.filter(Boolean)
		.map((line) => JSON.parse(line) as {time: string; finding?: {id: string}});
	const found = events.find(({finding}) => finding?.id === cause);
	if (found === undefined) throw new Error(stdout + stderr);
	return {...since(links, before), seconds, told: (Date.parse(found.time) - begun) / 1000};
}

/** The page's commands, for a proxy in a container; `istio` of the page is the service of the package. */
function pageCommands(target: string): ReadonlyArray<readonly [where: 'here' | 'ssh', command: string]> {
	return [
		['ssh', 'sudo docker ps -a'],
		['ssh', 'curl -sI localhost:15021/healthz/ready'],
		['ssh', 'sudo docker logs --tail 1000 istio-proxy'],
		['ssh', 'ls -l /etc/istio-proxy'],
		['ssh', 'sudo iptables-save | grep -i istio'],
		['ssh', 'getent hosts istiod.istio-system.svc'],
		['ssh', 'curl -s localhost:15000/certs'],
		['ssh', 'curl -s localhost:15000/clusters'],
		['ssh', 'curl -s localhost:15000/config_dump'],
		['ssh', 'ss -ltn'],
		['here', 'istioctl proxy-status'],
		['here', `kubectl get workloadentry ${target} -n ${name} -o yaml`],
		['here', `kubectl get service,sidecar,serviceentry -n ${name} -o yaml`],
		['here', 'kubectl get pods,services -n istio-system'],
		['here', 'kubectl logs -n istio-system deploy/istiod --tail 1000'],
	];
}

async function debuggingPage(config: string, port: number, links: readonly Traffic[]): Promise<Measured> {
	const [before, begun] = [sumOf(links), Date.now()];
	const options = `-i ${labKey} -p ${port} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR`;
	const bin = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mesh-lab', 'bin');
	const env = {...process.env, KUBECONFIG: config, PATH: `${bin}:${process.env['PATH'] ?? ''}`};
	for (const [where, command] of pageCommands(name)) {
		await (where === 'ssh'
			? run('ssh', [...options.split(' '), 'admin@127.0.0.1', command], {env})
			: run('sh', ['-c', command], {env}));
	}
	return {...since(links, before), seconds: (Date.now() - begun) / 1000, told: Number.NaN};
}

function sumOf(links: readonly Traffic[]): Traffic {
	const sum = (key: keyof Traffic) => links.reduce((total, link) => total + link[key], 0);
	return {connections: sum('connections'), turns: sum('turns'), bytes: sum('bytes')};
}

function since(links: readonly Traffic[], before: Traffic): Traffic {
	const now = sumOf(links);
	return {
		connections: now.connections - before.connections,
		turns: now.turns - before.turns,
		bytes: now.bytes - before.bytes,
	};
}

async function median(once: () => Promise<Measured>): Promise<Measured> {
	const all: Measured[] = [];
	for (let n = 0; n < runs; n++) all.push(await once());
	const [first] = all;
	if (first === undefined) throw new Error('nothing was measured');
	return all.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(runs / 2)] ?? first;
}

function kib({bytes}: Traffic): string {
	return (bytes / 1024).toFixed(0);
}

function ratio(ours: number, theirs: number): string {
	return (ours / theirs).toFixed(2);
}
