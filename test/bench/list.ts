/*
 * What a long list costs: 10,000 WorkloadEntries of 4 KB on the lab's API server, read as the fleet screen reads them, beside
 * `kubectl get workloadentries -A`. Each in a process of its own; medians. Makes the entries and deletes them again.
 * Run with: npm run bench -- list  (needs the lab: test/lab/readme.md)
 */
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';
import {createHttp} from '../../source/kubernetes/http.ts';
import {loadKubeconfig} from '../../source/kubernetes/kubeconfig.ts';
import {makeManyEntries, removeManyEntries} from '../helpers/many-entries.ts';
import {medians} from '../helpers/medians.ts';
import {kubeconfig as labKubeconfig} from '../lab/harness.ts';
import waitForTheLab from '../lab/one-at-a-time.ts';

const runs = 3;
/** The program that everybody lists with. */
const reference = 'kubectl';
const kubeconfig = labKubeconfig();

type Measured = {readonly first: number; readonly all: number; readonly megabytes: number; readonly rows: number};

if (!existsSync(kubeconfig)) {
	console.log('Not measured: the lab is not up (test/lab/readme.md).');
	process.exit();
}
const release = await waitForTheLab();
const http = createHttp(loadKubeconfig({kubeconfig, env: {}}));
const folder = mkdtempSync(join(tmpdir(), 'meshboard-bench-'));
try {
	const bytes = await makeManyEntries(http);
	const script = await bundle();
	const ours = await medians(runs, () => measure(process.execPath, [script, kubeconfig]));
	const kubectl = await medians(runs, () =>
		measure(reference, ['--kubeconfig', kubeconfig, 'get', 'workloadentries', '-A']),
	);
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
	await removeManyEntries(http);
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
