import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {
	apply,
	askFromPod,
	closeNamespace,
	eventually,
	type Meshboard,
	newMeshboard,
	openNamespace,
	vm,
} from './harness.ts';
import {entryManifests} from './manifests.ts';

/* A run of three VMs, killed in the middle again and again: the next start goes on, and nothing is left half done. */

const namespace = 'resume';
const names = ['resume-a', 'resume-b', 'resume-c'] as const;
const targets = names.map((name) => `${name}.${namespace}`);
const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
let meshboard: Meshboard;

beforeAll(async () => {
	meshboard = newMeshboard();
	await openNamespace(namespace);
	await Promise.all(
		names.map(async (name) => {
			const ip = await vm.up(name);
			await vm.app(name);
			await apply(entryManifests({name, namespace, ip}));
		}),
	);
});

afterAll(async () => {
	meshboard.remove();
	await Promise.all(names.map((name) => vm.down(name)));
	await closeNamespace(namespace);
});

/** Starts a command and kills it with SIGKILL a moment after its output has told of the step; how far it came. */
function killedAt(words: readonly string[], step: string, milliseconds: number): Promise<string> {
	return new Promise((resolve) => {
		const child = spawn(process.execPath, [program, ...words], {
			env: meshboard.env,
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		let output = '';
		let doomed = false;
		child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
			output += chunk;
			if (doomed || !output.includes(`"event":"step.started","step":"${step}"`)) return;
			doomed = true;
			setTimeout(() => child.kill('SIGKILL'), milliseconds);
		});
		child.on('close', (_code, signal) => resolve(signal === 'SIGKILL' ? 'killed' : output));
	});
}

const ndjson = ['-o', 'ndjson'] as const;

test.each([
	['while packages are installed', 'prepare.docker', 3000],
	['while the account is made', 'prepare.user', 30],
	['while files are written', 'bootstrap.files', 20],
	['while the image is pulled', 'bootstrap.image', 400],
	['while the container starts', 'bootstrap.start', 100],
])('killed %s, it can go on', async (_when, step, milliseconds) => {
	// The first is a run from the beginning; each later one goes on with what the last kill left.
	const words =
		step === 'prepare.docker'
			? ['onboard', ...targets, '--prepare', '--yes', ...ndjson]
			: ['onboard', '--resume', ...ndjson];
	expect(await killedAt(words, step, milliseconds)).toBe('killed');
	for (const name of names) {
		// As soon as the VM has seen that nothing more comes: a file there is as before or whole, and none has a temporary name.
		await eventually(`whole files on ${name}`, 10, async () => {
			const halves = 'find /etc/istio-proxy -type f "(" -size 0 -o -name "*.meshboard" ")" 2>/dev/null; true';
			return (await vm.exec(name, 'sh', '-c', halves)) === '';
		});
	}
});

test('the last resume brings every VM into the mesh', async () => {
	const result = await meshboard.run(['onboard', '--resume'], {seconds: 170});
	expect(result.code, result.stdout + result.stderr).toBe(0);
	for (const name of names)
		expect(await eventually(`the answer of ${name}`, 20, () => askFromPod(namespace, name, 9080))).toBe(name);
	for (const name of names) {
		const left = await vm.exec(name, 'sh', '-c', 'find /etc/istio-proxy -name "*.meshboard"; docker ps -aq | wc -l');
		expect(left).toBe('1');
	}
});

test('then there is nothing to resume', async () => {
	const result = await meshboard.run(['onboard', '--resume']);
	expect(result).toMatchObject({code: 0, stdout: ''});
	expect(result.stderr).toContain('nothing to resume');
});
