/*
 * What a long list costs: 10,000 WorkloadEntries of 4 KB on the lab's API server, read as the fleet screen reads them, beside
 * `kubectl get workloadentries -A`. Each in a process of its own; medians. Makes the entries and deletes them again.
 * Run with: npm run bench -- list  (needs the lab: test/lab/readme.md)
 */
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import pLimit from 'p-limit';
import {createHttp} from '../../source/kubernetes/http.ts';
import {loadKubeconfig} from '../../source/kubernetes/kubeconfig.ts';
import {kubeconfig as labKubeconfig} from '../lab/harness.ts';
import waitForTheLab from '../lab/one-at-a-time.ts';

const [namespaces, perNamespace, runs] = [10, 1000, 3];
const bytesEach = 4096;
/** The program that everybody lists with. */
const reference = 'kubectl';
const kubeconfig = labKubeconfig();
const group = '/apis/networking.istio.io/v1';
const names = Array.from({length: namespaces}, (_, n) => `bench-${n}`);

type Measured = {readonly first: number; readonly all: number; readonly megabytes: number; readonly rows: number};

if (!existsSync(kubeconfig)) {
	console.log('Not measured: the lab is not up (test/lab/readme.md).');
	process.exit();
}
const release = await waitForTheLab();
const http = createHttp(loadKubeconfig({kubeconfig, env: {}}));
const folder = mkdtempSync(join(tmpdir(), 'meshboard-bench-'));
try {
	const bytes = await makeEntries();
	const script = await bundle();
	const ours = await median(() => measure(process.execPath, [script, kubeconfig]));
	const kubectl = await median(() => measure(reference, ['--kubeconfig', kubeconfig, 'get', 'workloadentries', '-A']));
	const lines = [
		['', 'meshboard', 'kubectl', 'ratio', 'aim'],
		['first rows', ms(ours.first), ms(kubectl.first), ratio(ours.first, kubectl.first), '1000 ms'],
		['all rows', ms(ours.all), ms(kubectl.all), ratio(ours.all, kubectl.all), '0.33'],
		['memory, at most', mb(ours.megabytes), mb(kubectl.megabytes), ratio(ours.megabytes, kubectl.megabytes), '1.00'],
	];
	for (const [name = '', ...cells] of lines) {
		console.log(name.padEnd(16) + cells.map((cell) => cell.padStart(12)).join(''));
	}
	console.log(
		`${ours.rows} entries of ${bytes} bytes; medians of ${runs}; kubectl ${await kubectlVersion()}, Node ${process.version}.`,
	);
} finally {
	await removeEntries();
	http.close();
	rmSync(folder, {recursive: true, force: true});
	release();
}

function ms(value: number): string {
	return `${value.toFixed(0)} ms`;
}
function mb(value: number): string {
	return `${value.toFixed(0)} MB`;
}
function ratio(ours: number, theirs: number): string {
	return (ours / theirs).toFixed(2);
}

/** Makes what is not there yet; the size of one as the server sends it. */
async function makeEntries(): Promise<number> {
	const limit = pLimit(32);
	const post = async (path: string, body: object) => {
		const {status} = await http.send({method: 'POST', path, body});
		if (status !== 201 && status !== 409) throw new Error(`POST ${path}: ${status}`);
	};
	await Promise.all(names.map((name) => post('/api/v1/namespaces', {metadata: {name}})));
	const paths = names.flatMap((name) =>
		Array.from({length: perNamespace}, (_, n) => ({path: `${group}/namespaces/${name}/workloadentries`, n})),
	);
	await Promise.all(paths.map(({path, n}) => limit(() => post(path, entry(n, bytesEach - 1650)))));
	const {body} = await http.send({path: `${group}/namespaces/bench-0/workloadentries/vm-0`});
	// istiod reads them too: what it does with them must not be measured.
	await sleep(15_000);
	return JSON.stringify(body).length;
}

/** An entry as `kubectl apply` leaves it: half of it is kubectl's copy. The server adds about 1 KB of managedFields. */
function entry(n: number, filling: number): object {
	const labels = Object.fromEntries(['app', 'class', 'version', 'team', 'zone'].map((key) => [key, `${key}-${n % 7}`]));
	return {
		apiVersion: 'networking.istio.io/v1',
		kind: 'WorkloadEntry',
		metadata: {
			name: `vm-${n}`,
			labels,
			annotations: {
				'sidecar-bootstrap.istio.io/ssh-user': 'istio-proxy',
				'sidecar-bootstrap.istio.io/proxy-config-dir': '/etc/istio-proxy',
				'kubectl.kubernetes.io/last-applied-configuration': '{"a":"b"}'.repeat(filling / 11),
			},
		},
		spec: {address: `10.128.${n >> 8}.${n & 255}`, serviceAccount: 'default', labels, ports: {http: 8080}},
	};
}

async function removeEntries(): Promise<void> {
	for (const name of names) {
		await http.send({method: 'DELETE', path: `${group}/namespaces/${name}/workloadentries`, idleSeconds: 300});
		await http.send({method: 'DELETE', path: `/api/v1/namespaces/${name}`});
	}
}

/** As in the build: one file, minified, so that loading costs what it costs the user. */
async function bundle(): Promise<string> {
	await build({
		entryPoints: {list: fileURLToPath(new URL('../helpers/list-entries.ts', import.meta.url))},
		outdir: folder,
		outExtension: {'.js': '.mjs'},
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		target: 'node22',
		minify: true,
		banner: {js: "import {createRequire} from 'node:module'; const require = createRequire(import.meta.url);"},
		logLevel: 'warning',
	});
	return join(folder, 'list.mjs');
}

async function median(once: () => Promise<Measured>): Promise<Measured> {
	const all: Measured[] = [];
	for (let n = 0; n < runs; n++) all.push(await once());
	const middle = (of: (measured: Measured) => number) =>
		all.map(of).toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN;
	return {
		first: middle(({first}) => first),
		all: middle((measured) => measured.all),
		megabytes: middle(({megabytes}) => megabytes),
		rows: middle(({rows}) => rows),
	};
}

/** Runs a program to its end. A program that tells no times of its own has its first rows with its first bytes of output. */
async function measure(program: string, words: readonly string[]): Promise<Measured> {
	const begun = performance.now();
	const child = spawn(program, words, {stdio: ['ignore', 'pipe', 'inherit']});
	let [output, first, megabytes] = ['', 0, 0];
	const look = setInterval(() => {
		megabytes = Math.max(megabytes, peakOf(child.pid ?? 0));
	}, 10);
	child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
		first ||= performance.now() - begun;
		output += chunk;
	});
	const code = await new Promise((resolve) => child.on('close', resolve));
	clearInterval(look);
	if (code !== 0) throw new Error(`${program} ended with ${code}`);
	if (!output.startsWith('{')) {
		return {first, all: performance.now() - begun, megabytes, rows: output.trim().split('\n').length - 1};
	}
	return {...JSON.parse(output), megabytes};
}

/** The most memory that a process ever held, in MB, by Linux's own count; 0 once it has ended. */
function peakOf(pid: number): number {
	try {
		return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
	} catch {
		return 0;
	}
}

async function kubectlVersion(): Promise<string> {
	const child = spawn(reference, ['version', '--client', '-o', 'json'], {stdio: ['ignore', 'pipe', 'ignore']});
	let output = '';
	for await (const chunk of child.stdout) output += chunk;
	return JSON.parse(output).clientVersion.gitVersion;
}
