import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {type Pty, startPty} from '../helpers/pty.ts';
import {apply, closeNamespace, eventually, type Meshboard, newMeshboard, openNamespace, vm} from './harness.ts';
import {entryManifests} from './manifests.ts';
import {giveForeignToken} from './proxy-container.ts';

/* The doctor's screen in a real terminal, on a real proxy: the cause of a stuck one, what a sound one does, its log level. */

const name = 'docscreen';
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const size = {columns: 160, rows: 50};
let meshboard: Meshboard;
let pty: Pty | undefined;

const onVm = (script: string) => vm.exec(name, 'sh', '-c', script);
const levels = () => onVm('docker exec istio-proxy pilot-agent request POST logging');

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(name);
	const ip = await vm.up(name);
	await vm.app(name);
	await apply(entryManifests({name, namespace: name, ip}));
	const {code, stdout, stderr} = await meshboard.run(['onboard', `${name}.${name}`, '--prepare', '--yes'], {
		seconds: 170,
	});
	expect(code, stdout + stderr).toBe(0);
	await onVm('cp -a /etc/istio-proxy /root/saved');
}, 300_000);

afterEach(() => pty?.close());

afterAll(async () => {
	meshboard.remove();
	await vm.down(name);
	await closeNamespace(name);
});

/** The program on its fleet, the doctor opened on the VM; the shell tells the process id, which exec keeps. */
async function open(): Promise<{board: Pty; pid: number}> {
	const env = {KUBECONFIG: undefined, SSH_AUTH_SOCK: undefined, SSH_CONNECTION: undefined, ...meshboard.env};
	const words = 'echo "pid $$"; exec "$0" "$1"';
	const board = startPty('sh', ['-c', words, process.execPath, program], {...size, env});
	pty = board;
	const pid = Number(/pid (\d+)/.exec(await board.waitFor(/pid \d+/))?.[1]);
	await board.waitFor('live', 30_000);
	board.type(`/${name}`);
	await board.waitFor((text) => text.includes(`/${name}`) && text.includes(`▸   ${name}`), 20_000);
	board.type('\rd');
	return {board, pid};
}

test('names the cause of a stuck proxy, and shows it sound once it is mended', {timeout: 150_000}, async () => {
	const token = await giveForeignToken(name);
	const {board} = await open();
	const text = await board.waitFor('✗ error token.audience', 40_000);
	expect(text).toContain(`${name}.${name}  ✗ 1 error`);
	expect(text).toContain('$ ls -l /etc/istio-proxy/istio-token');
	// Its port for probes may not be open before its first configuration.
	await board.waitFor(/readiness +(✗ not ready|\? not known: .*(refused|\n))/, 20_000);
	await board.waitFor(/proxy +(warn|error) /);
	expect(board.screen.text()).not.toContain(token.slice(0, 20));

	await onVm('cp -a /root/saved/. /etc/istio-proxy/ && docker restart -t 1 istio-proxy');
	await board.waitFor(/● sound/, 60_000);
	for (const seen of [
		/readiness +● ready, Envoy [\d.]+/,
		/CDS +● sent and acknowledged, taken over \w+ ago/,
		/LDS +● sent and acknowledged, taken over \w+ ago/,
		/certificate +● \w+ left/,
		new RegExp(`spiffe://\\S+/ns/${name}/sa/${name}`),
		/listeners +[\d.]+:\d+/,
		/istiod +info +\w+ .*docscreen\.docscreen/,
	])
		await board.waitFor(seen, 40_000);
	board.type('\t\tz');
	await board.waitFor(/EDS +● sent and acknowledged/, 30_000);
	await board.waitFor(/inbound\|9080\|\S* +1\/1 healthy, \d+ request/);
	board.type('q');
	expect((await board.exited).exitCode).toBe(0);
});

test('raises the log level for a while, and puts it back, also when it is killed', {timeout: 150_000}, async () => {
	await eventually('a ready proxy', 60, () =>
		onVm('docker exec istio-proxy pilot-agent request GET ready').catch(() => false),
	);
	const before = await levels();
	expect(before).toMatch(/^ +config: \w+$/m);
	const raised = () => eventually('the level debug', 20, async () => /^ +config: debug$/m.test(await levels()));
	const asBefore = () => eventually('the levels of before', 30, async () => (await levels()) === before);
	const raise = async (board: Pty) => {
		await board.waitFor(/looked \w+ ago/, 60_000);
		board.type('L');
		expect(await board.waitFor('Raise the log level', 20_000)).toContain("'logging?level=debug'");
		board.type('y');
		await board.waitFor(/log level debug for \w+/, 20_000);
		await raised();
	};
	const {board} = await open();
	await raise(board);
	await board.waitFor(/proxy +debug /, 30_000);
	board.type('L');
	await board.waitFor('is as before', 20_000);
	expect(await levels()).toBe(before);
	await raise(board);
	board.type('q');
	await board.exited;
	await asBefore();
	await board.close();

	const other = await open();
	await raise(other.board);
	process.kill(other.pid, 'SIGKILL');
	await asBefore();
});
