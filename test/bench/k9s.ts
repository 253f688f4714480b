/*
 * The fleet screen beside k9s: 10,000 WorkloadEntries of 4 KB on the lab's API server, each program in a real terminal. From the
 * start to the first row that can be seen, then what it costs to look at them while nothing happens. Medians. k9s is taken from PATH,
 * else built with Go. Makes the entries and deletes them again.
 * Run with: npm run bench -- k9s  (needs the lab: test/lab/readme.md)
 */
import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {createHttp} from '../../source/kubernetes/http.ts';
import {loadKubeconfig} from '../../source/kubernetes/kubeconfig.ts';
import {makeManyEntries, manyEntries, removeManyEntries} from '../helpers/many-entries.ts';
import {medians} from '../helpers/medians.ts';
import {cpuSeconds, megabytes} from '../helpers/process-cost.ts';
import {startPty} from '../helpers/pty.ts';
import {cache, kubeconfig as labKubeconfig, newMeshboard} from '../lab/harness.ts';
import waitForTheLab from '../lab/one-at-a-time.ts';

const runs = 3;
const size = {columns: 160, rows: 50};
/** A row of the list: `vm-123` and its namespace. */
const aRow = /\bvm-\d/;
/** Ages are told anew twice a minute, and proxies asked for six times: a shorter look would see too much or nothing of them. */
const [settleSeconds, idleSeconds] = [10, 60];
const kubeconfig = labKubeconfig();

type Cost = {readonly first: number; readonly megabytes: number; readonly idle: number; readonly written: number};
type Program = {readonly file: string; readonly words: readonly string[]; readonly env: NodeJS.ProcessEnv};

const peer = existsSync(kubeconfig) ? findK9s() : undefined;
if (peer === undefined) {
	console.log(
		'Not measured: the lab is not up (test/lab/readme.md), or k9s is neither on PATH nor can be built with Go.',
	);
	process.exit();
}
const release = await waitForTheLab();
const http = createHttp(loadKubeconfig({kubeconfig, env: {}}));
const folder = mkdtempSync(join(tmpdir(), 'meshboard-bench-'));
const meshboard = newMeshboard();
try {
	const bytes = await makeManyEntries(http);
	const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
	const board = {file: process.execPath, words: [program, '-A'], env: {...meshboard.env, KUBECONFIG: kubeconfig}};
	const ours = await medians(runs, () => measure(board));
	const other = {
		file: peer,
		words: ['--kubeconfig', kubeconfig, '-A', '-c', 'workloadentries', '--readonly'],
		env: {K9S_CONFIG_DIR: folder, XDG_STATE_HOME: folder},
	};
	const k9s = await medians(runs, () => measure(other));
	const line = (name: string, unit: string, of: (cost: Cost) => number, aim: string) => {
		const [mine, theirs] = [of(ours), of(k9s)];
		const cells = [`${mine.toFixed(1)} ${unit}`, `${theirs.toFixed(1)} ${unit}`, (mine / theirs).toFixed(2), aim];
		console.log(name.padEnd(18) + cells.map((cell) => cell.padStart(18)).join(''));
	};
	console.log(' '.repeat(18) + ['meshboard', 'k9s', 'ratio', 'aim'].map((cell) => cell.padStart(18)).join(''));
	line('first rows', 'ms', ({first}) => first, '0.10');
	line('memory', 'MB', (cost) => cost.megabytes, '250 MB');
	line('idle', '% of a core', ({idle}) => idle, '1 %');
	line('idle, written', 'B/s', ({written}) => written, '1024 B/s');
	console.log(
		`${manyEntries} entries of ${bytes} bytes; medians of ${runs}; ${versionOf(peer)}, Node ${process.version}.`,
	);
} finally {
	await removeManyEntries(http);
	http.close();
	meshboard.remove();
	rmSync(folder, {recursive: true, force: true});
	release();
}

async function measure({file, words, env}: Program): Promise<Cost> {
	const started = performance.now();
	const pty = startPty(file, words, {...size, env});
	try {
		await pty.waitFor(aRow, 120_000);
		const first = performance.now() - started;
		await sleep(settleSeconds * 1000);
		const [cpu, bytes] = [cpuSeconds(pty.pid), pty.raw().length];
		await sleep(idleSeconds * 1000);
		return {
			first,
			megabytes: megabytes(pty.pid),
			idle: ((cpuSeconds(pty.pid) - cpu) / idleSeconds) * 100,
			written: (pty.raw().length - bytes) / idleSeconds,
		};
	} finally {
		await pty.close();
	}
}

/** k9s from PATH, or built with Go and kept beside the lab; undefined where neither can be. */
function findK9s(): string | undefined {
	if (spawnSync('k9s', ['version']).status === 0) return 'k9s';
	const built = join(cache, 'bin', 'k9s');
	if (existsSync(built)) return built;
	console.log('Building k9s with Go, which takes minutes…');
	const env = {...process.env, GOBIN: join(cache, 'bin')};
	const {status} = spawnSync('go', ['install', 'github.com/derailed/k9s@latest'], {env, stdio: 'inherit'});
	return status === 0 ? built : undefined;
}

function versionOf(k9s: string): string {
	const {stdout} = spawnSync('go', ['version', '-m', k9s], {encoding: 'utf8'});
	const version = /^\s*mod\s+\S+\s+(\S+)/m.exec(stdout ?? '')?.[1];
	return `k9s ${version ?? 'from PATH'}`;
}
