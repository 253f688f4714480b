/*
 * What it costs to start: the built program beside a bare Node and kubectl on the same machine. Medians of 11 starts, disk cache warm.
 * Run with: npm run bench -- start
 */
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {startPty} from '../helpers/pty.ts';

const starts = 11;
const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const home = mkdtempSync(join(tmpdir(), 'meshboard-bench-'));
// A cluster that refuses at once: the first frame must not wait for it.
const kubeconfig = join(home, 'kubeconfig');
writeFileSync(
	kubeconfig,
	JSON.stringify({
		apiVersion: 'v1',
		kind: 'Config',
		'current-context': 'none',
		clusters: [{name: 'none', cluster: {server: 'https://127.0.0.1:1'}}],
		users: [{name: 'none', user: {token: 'none'}}],
		contexts: [{name: 'none', context: {cluster: 'none', user: 'none'}}],
	}),
);
// Whoever has a profile is not asked by the set-up, which is measured without one.
mkdirSync(join(home, 'meshboard'));
writeFileSync(join(home, 'meshboard', 'config.json'), '{"version": 1, "profiles": {"default": {}}}');
const env = {
	...process.env,
	HOME: home,
	XDG_CONFIG_HOME: home,
	XDG_STATE_HOME: home,
	XDG_CACHE_HOME: home,
	KUBECONFIG: kubeconfig,
};

const median = (values: readonly number[]) =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const print = (name: string, value: string) => console.log(`${name.padEnd(36)} ${value.padStart(8)}`);

function duration(program: string, ...words: string[]): string {
	const times: number[] = [];
	for (let n = 0; n < starts; n++) {
		const started = performance.now();
		if (spawnSync(program, words, {env}).error !== undefined) return 'absent';
		times.push(performance.now() - started);
	}
	return `${median(times).toFixed(0)} ms`;
}

/** Until something can be read on the screen, and the memory a second later. */
async function firstFrame(more = {}): Promise<{milliseconds: number; megabytes: number}> {
	const started = performance.now();
	const pty = startPty(process.execPath, [cli], {env: {...env, ...more}});
	while (!/\w/.test(pty.screen.text())) {
		if (performance.now() - started > 10_000) throw new Error('nothing was drawn within 10 s');
		await sleep(1);
	}
	const milliseconds = performance.now() - started;
	await sleep(1000);
	const kibibytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[1]);
	await pty.close();
	return {milliseconds, megabytes: kibibytes / 1024};
}

print('node -e 0', duration(process.execPath, '-e', '0'));
print('kubectl version --client', duration('kubectl', 'version', '--client'));
print('meshboard --version', duration(process.execPath, cli, '--version'));
print('meshboard --help', duration(process.execPath, cli, '--help'));
print('meshboard profile list', duration(process.execPath, cli, 'profile', 'list'));
for (const [what, more] of [
	['meshboard', {}],
	['its set-up', {XDG_CONFIG_HOME: join(home, 'new')}],
] as const) {
	const frames: Array<Awaited<ReturnType<typeof firstFrame>>> = [];
	for (let n = 0; n < starts; n++) frames.push(await firstFrame(more));
	print(`${what}, first frame`, `${median(frames.map(({milliseconds}) => milliseconds)).toFixed(0)} ms`);
	print(`${what}, memory a second later`, `${median(frames.map(({megabytes}) => megabytes)).toFixed(0)} MB`);
}
rmSync(home, {recursive: true});
