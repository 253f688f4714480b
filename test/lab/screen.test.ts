import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest';
import {type Pty, startPty} from '../helpers/pty.ts';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	type Meshboard,
	must,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* The main job through the screens: keys typed into a real pseudo-terminal, the screen read back, on real VMs. */

const namespace = 'screen';
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
// Addresses far from those that Docker gives out by itself: a VM off the network must find its own again.
const machines = {
	'screen-a': {network: 'isolated', ip: '10.128.0.201'},
	'screen-b': {network: 'isolated', ip: '10.128.0.202'},
	'screen-c': {network: 'shared', ip: '10.10.0.203'},
	'screen-d': {network: 'isolated', ip: '10.128.0.204'},
	'screen-e': {network: 'isolated', ip: '10.128.0.205'},
} as const;
type Name = keyof typeof machines;
const names = Object.keys(machines) as readonly Name[];
const narrow = {columns: 80, rows: 24};
const wide = {columns: 120, rows: 40};
const page = '\x06';
const back = '\x1b';

let meshboard: Meshboard;
let pty: Pty | undefined;

const start = async (name: Name) => {
	await vm.up(name, machines[name]);
	await vm.app(name);
};
const enter = (...some: readonly Name[]) =>
	apply(some.flatMap((name) => entryManifests({name, namespace, ...machines[name]})));

beforeAll(async () => {
	await Promise.all([openNamespace(namespace), ...names.map(start)]);
	await enter('screen-a', 'screen-b');
});

beforeEach(() => {
	meshboard = newMeshboard();
});

afterEach(async () => {
	await pty?.close();
	meshboard.remove();
});

afterAll(async () => {
	await Promise.all(names.map((name) => vm.down(name)));
	await closeNamespace(namespace);
});

/** Opens the program in a terminal, through a shell that then tells the exit code and how the terminal was left. */
function open(size: {columns: number; rows: number}): Pty {
	const env = {KUBECONFIG: undefined, SSH_AUTH_SOCK: undefined, SSH_CONNECTION: undefined, ...meshboard.env};
	const words = '"$0" "$1"; echo "exit code $?, $(stty -a | grep -o -w -e -icanon -e icanon -e -echo -e echo | xargs)"';
	pty = startPty('sh', ['-c', words, process.execPath, program], {...size, env});
	return pty;
}

/** Narrows the list to entries with these names, which must appear. */
async function find(board: Pty, filter: string, ...some: readonly Name[]) {
	await board.waitFor('live', 30_000);
	board.type(`/${filter}`);
	await board.waitFor((text) => text.includes(`/${filter}`) && some.every((name) => text.includes(name)), 20_000);
	board.type('\r');
}

/** How the line of a run begins, e.g. `done`, after its glyph. */
const isAt = (word: string, name: Name) => new RegExp(`\\S ${word} +${name}\\.${namespace} `);
const areAt =
	(word: string, ...some: readonly Name[]) =>
	(text: string) =>
		some.every((name) => isAt(word, name).test(text));

/** Waits for the plan and confirms it; its text, read page by page. */
async function confirm(board: Pty): Promise<string> {
	board.type('o');
	await board.waitFor('can be onboarded', 30_000);
	let text = board.screen.text();
	for (let below = linesBelow(text); below > 0; ) {
		board.type(page);
		const next = await board.waitFor((shown) => linesBelow(shown) < below);
		text += `\n${next}`;
		below = linesBelow(next);
	}
	board.type('y');
	// What was broken to fit the width is one again.
	return text.replace(/\s+/g, ' ');
}
const linesBelow = (text: string) => Number(/(\d+) lines? below/.exec(text)?.[1] ?? 0);

/** What a person sees at a glance: title, keys, a line for each run, all within the width. */
function expectWhole(board: Pty, size: {columns: number; rows: number}, ...some: readonly Name[]) {
	const lines = board.screen.lines();
	const text = lines.join('\n');
	expect(lines).toHaveLength(size.rows);
	expect(lines[0]).toMatch(/^meshboard lab · fleet › runs · ● live .*\d (running|done)/);
	expect(lines[1]).toMatch(/^ +STATE +VM +(PHASE +)?STEP +TIME +(LEFT +)?LAST LINE$/);
	for (const [index, name] of some.entries())
		expect(lines[2 + index]).toMatch(new RegExp(`^. ${index + 1} \\S \\w+ +${name}\\.${namespace} .*\\d+/\\d+ +\\w+`));
	expect(lines[2 + some.length], text).toMatch(new RegExp(`^── ${some[0]}\\.${namespace} ─+ following$`));
	expect(lines.at(-1)).toMatch(/^enter steps .*\? help {2}q quit$/);
	for (const line of lines) expect(line.length, text).toBeLessThan(size.columns);
}

/** Presses q on a screen where nothing is under way; what the normal screen then shows. */
async function leave(board: Pty): Promise<string> {
	board.type('q');
	const text = await board.waitFor(/exit code \d+, .*echo/, 10_000);
	expect(board.screen.isAlternate()).toBe(false);
	expect(board.screen.isPasteMarked()).toBe(false);
	// The cursor, hidden while the screens stood, is shown again.
	expect(board.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(board.raw().lastIndexOf('\x1b[?25l'));
	return text;
}

test('three pristine VMs are marked, planned, confirmed and onboarded, then the terminal is as before', async () => {
	const trio = ['screen-a', 'screen-b', 'screen-c'] as const;
	const board = open(narrow);
	await find(board, 'screen-', 'screen-a', 'screen-b');
	expect(board.screen.text()).not.toContain('screen-c');
	await enter('screen-c');
	await board.waitFor(/ 3 (of \d+ )?entries[\s\S]*screen-c/, 15_000);
	board.type('   ');
	await board.waitFor('3 marked');

	const plan = await confirm(board);
	for (const name of trio) expect(plan).toContain(`── ${name}.${namespace} ● can be onboarded`);
	expect(plan).toContain('prepare yes');
	expect(plan).toMatch(/SSH host 10\.10\.0\.203 \(entry spec\.address\)/i);
	expect(plan).toMatch(/SSH user istio-proxy \(annotation sidecar-bootstrap\.istio\.io\/ssh-user\)/i);
	expect(plan).toMatch(/host keys accept-new \(profile hostKeys\)/i);
	expect(plan).toContain('$ docker pull registry.lab:5000/istio/proxyv2:lab');
	expect(plan).toMatch(/\$ docker run -d --name istio-proxy .*--network host/);
	expect(plan).toMatch(/write \/etc\/istio-proxy\/istio-token, mode \d+, token \[redacted\]/);
	expect(plan).toMatch(/apt-get install -y .*docker\.io/);

	await board.waitFor(areAt('running', ...trio), 15_000);
	await board.waitFor(/█*░+ +2\/\d+/, 30_000);
	expectWhole(board, narrow, ...trio);
	board.resize(wide);
	await board.waitFor((text) => text.split('\n').at(-1)?.includes('q quit') === true);
	expectWhole(board, wide, ...trio);
	board.resize(narrow);

	const ended = (text: string) => areAt('done', ...trio)(text) || /\d failed/.test(text);
	expect(await board.waitFor(ended, 150_000)).not.toContain('failed');
	await board.waitFor('3 done');
	expectWhole(board, narrow, ...trio);
	for (const name of trio)
		expect(await eventually(`the answer of ${name}`, 20, () => askFromPod(namespace, name, 9080))).toBe(name);
	board.type(back);
	await board.waitFor((text) => trio.every((name) => new RegExp(`${name} .*synced`).test(text)), 30_000);

	const left = await leave(board);
	expect(left).toContain('exit code 0, icanon echo');
	for (const name of trio) expect(left).toMatch(new RegExp(`● done +${name}\\.${namespace} `));
});

test('a VM that drops off the network is told within 30 s, holds up nobody, and is finished when it is back', async () => {
	const others = ['screen-a', 'screen-c'] as const;
	await enter('screen-d');
	const board = open(wide);
	await find(board, '/screen-[acd]', ...others, 'screen-d');
	board.type('   ');
	await board.waitFor('3 marked');
	board.type('o');
	await board.waitFor('can be onboarded', 30_000);
	// The others have work to do: what is on them is replaced.
	board.type('f');
	await board.waitFor('force yes');
	await board.waitFor('can be onboarded', 30_000);
	board.type('y');
	await board.waitFor(/screen-d\.screen +█*░+ +(prepare +)?2\/\d+ .*(Get:|Selecting|Preparing|Unpacking)/, 60_000);
	await vm.detach('screen-d');
	const lostAt = Date.now();

	await board.waitFor(isAt('failed', 'screen-d'), 30_000);
	expect(Date.now() - lostAt).toBeLessThan(30_000);
	await board.waitFor('1 failed');
	// It has floated up.
	board.type('1\r');
	const steps = await board.waitFor(/error ssh\.(connection-lost|timeout)/);
	expect(steps).toMatch(/failed +prepare +Install and start Docker/);
	expect(steps).toMatch(/no sign of life for 20 s|does not answer/);
	board.type(back);
	await board.waitFor(areAt('done', ...others), 90_000);

	const {network, ip} = machines['screen-d'];
	await vm.attach('screen-d', network, ip);
	board.type('r');
	await board.waitFor(isAt('running', 'screen-d'));
	await board.waitFor((text) => isAt('done', 'screen-d').test(text) || /\d failed/.test(text), 150_000);
	await board.waitFor('3 done');
	expect(await eventually('the answer', 20, () => askFromPod(namespace, 'screen-d', 9080))).toBe('screen-d');
	expect(await leave(board)).toContain('exit code 0, ');
});

test('after a kill in the middle of a run the next start offers to go on, and finishes it', async () => {
	await enter('screen-e');
	const first = open(narrow);
	await find(first, 'screen-e', 'screen-e');
	await confirm(first);
	await first.waitFor(/screen-e\.screen +█*░+ +(prepare +)?2\/\d+ .*(Get:|Selecting|Preparing|Unpacking)/, 60_000);
	process.kill(Number(await must('ps', ['--ppid', String(first.pid), '-o', 'pid='])), 'SIGKILL');
	await first.waitFor('exit code 137', 60_000);

	const second = open(narrow);
	await second.waitFor('1 run of an earlier sitting was broken off: R resumes', 30_000);
	second.type('R');
	await second.waitFor(/screen-e\.screen .*at Install and start Docker/);
	second.type('\r');
	await second.waitFor(isAt('running', 'screen-e'), 15_000);
	await second.waitFor((text) => isAt('done', 'screen-e').test(text) || /\d failed/.test(text), 150_000);
	await second.waitFor('1 done');
	expect(await eventually('the answer', 20, () => askFromPod(namespace, 'screen-e', 9080))).toBe('screen-e');
	second.type(back);
	await second.waitFor('NAMESPACE');
	expect(second.screen.text()).not.toContain('broken off');
	expect(await leave(second)).toContain('exit code 0, ');
});
