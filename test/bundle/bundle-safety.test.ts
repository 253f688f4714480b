import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {containerCommand} from '../../source/bundle/container.ts';
import {bundleFiles} from '../../source/bundle/files.ts';
import type {Target} from '../../source/mesh/target.ts';
import {writeFiles} from '../../source/onboarding/perform/write.ts';
import type {ExecResult, RemoteHost} from '../../source/ports.ts';
import {commandLine} from '../../source/vm/quote.ts';
import {type Draft, drafts, resolve} from '../helpers/mesh.ts';
import {scriptedHost} from '../helpers/scripted-host.ts';

/*
 * Whatever annotations and labels hold: a shell makes the very words of the container's command of it, the files on the VM are those
 * of the plan byte for byte, and nothing else is made. Checked with the shells of this machine.
 */

let folder = '';
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-bundle-'));
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const shells = [['/bin/dash'], ['/bin/bash'], ['/bin/busybox', 'sh']].filter(([program = '']) => existsSync(program));

const nasty = fc.oneof(
	fc.string({unit: 'binary'}),
	fc.string(),
	fc.constantFrom(
		'$(touch pwned)',
		'`touch pwned`',
		"'; touch pwned; '",
		'"; touch pwned #',
		'a\ntouch pwned',
		'--privileged',
		'-v /:/host',
		'\\',
		"'\\''",
		'$HOME',
		'~',
		'*',
		'!!',
		'a\tb',
		'\u0000',
		'\u2028',
		'ü',
		'',
		`/it's $(touch pwned) "dir"/~/*`,
	),
);

const key = fc.oneof(
	fc.constantFrom(
		...['logLevel', 'componentLogLevel', 'statsInclusionPrefixes', 'interceptionMode', 'proxyImage'].map(
			(name) => `sidecar.istio.io/${name}`,
		),
		...['proxy-config-dir', 'proxy-container-name', 'proxy-image-hub', 'proxy-instance-ip', 'ssh-user'].map(
			(name) => `sidecar-bootstrap.istio.io/${name}`,
		),
		'proxy.istio.io/config',
	),
	// Other keys are refused by the API server, and lint says so.
	fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/).map((name) => `istio.io/${name}`),
);

/** A ProxyConfig with a text in every place that reaches the command or the environment. */
const config = nasty.map((text) =>
	JSON.stringify({serviceCluster: text, discoveryAddress: text, proxyMetadata: {OWN: text}, zipkinAddress: text}),
);

const changes = fc.record({
	annotations: fc.dictionary(key, nasty, {maxKeys: 6}),
	config: fc.option(config, {nil: undefined}),
	// The API server holds labels to their grammar; those of the spec are Istio's to look at.
	labels: fc.dictionary(
		fc.constantFrom('app', 'odd'),
		fc.stringMatching(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,8}[A-Za-z0-9])?$/),
	),
	specLabels: fc.oneof(
		fc.constant({version: 'v1'}),
		fc.dictionary(fc.constantFrom('app', 'version', 'odd'), nasty, {maxKeys: 3}),
	),
});

type Change = typeof changes extends fc.Arbitrary<infer Made> ? Made : never;

async function targetWith({annotations, config, labels, specLabels}: Change): Promise<Target> {
	const mesh = drafts();
	const entry: Draft = mesh.edit('WorkloadEntry', 'ratings-vm');
	entry.metadata.annotations = {...annotations, ...(config === undefined ? {} : {'proxy.istio.io/config': config})};
	entry.metadata.labels = labels;
	entry['spec'].labels = {app: 'ratings', ...specLabels};
	return resolve(mesh.objects());
}

const plain = {annotations: {}, config: undefined, labels: {}, specLabels: {}};
const examples: readonly Change[] = [
	{...plain, annotations: {'sidecar-bootstrap.istio.io/proxy-config-dir': `/it's $(touch pwned) "dir"/~/*`}},
	{...plain, annotations: {'sidecar.istio.io/logLevel': '$(touch pwned)\n;`touch pwned`'}},
	{...plain, annotations: {'sidecar.istio.io/componentLogLevel': 'misc\0info'}},
	{...plain, config: '{"serviceCluster": "a\\u0000b"}'},
	{...plain, config: '{"serviceCluster": "\'; touch pwned; \'", "proxyMetadata": {"A": "$(touch pwned)"}}'},
];

/** Files and command, or undefined where they are refused; then the reason must be told. */
function bundleOf(target: Target) {
	try {
		const [files, words] = [bundleFiles(target), containerCommand(target)];
		if (files.length > 0) return {files, words};
		expect(words).toEqual([]);
		expect(target.problems.map(({severity}) => severity)).toContain('error');
	} catch (error) {
		expect(error).toMatchObject({code: 'entry.invalid', exitCode: 65});
	}
	return undefined;
}

describe.each(shells)('by %s', (...shell) => {
	const [program = '', ...first] = shell;

	test('the command is the words that were meant', async () => {
		let seen = 0;
		await fc.assert(
			fc.asyncProperty(changes, async (change) => {
				const bundle = bundleOf(await targetWith(change));
				if (bundle === undefined) return;
				seen++;
				const script = `docker() { printf '%s\\0' docker "$@"; }; ${commandLine(bundle.words)}`;
				const {stdout, status} = spawnSync(program, [...first, '-c', script], {cwd: folder, encoding: 'utf8'});
				expect(status).toBe(0);
				expect(stdout.split('\0').slice(0, -1)).toEqual(bundle.words.map(asUtf8));
				expect(existsSync(join(folder, 'pwned'))).toBe(false);
			}),
			{numRuns: 60, examples: examples.map((one) => [one])},
		);
		expect(seen).toBeGreaterThan(4);
	});

	test('the files are those of the plan, byte for byte', async () => {
		let number = 0;
		await fc.assert(
			fc.asyncProperty(changes, async (change) => {
				const target = await targetWith(change);
				const files = bundleOf(target)?.files;
				if (files === undefined) return;
				const directory = join(folder, `${program.slice(5)}-${number++}`, target.configDir.value);
				const write = {kind: 'write', as: 'user', directory, files, changes: true} as const;
				await writeFiles(localHost(shell), write, 'the.token.itself', new AbortController().signal);
				for (const {name, content} of files) {
					const wanted = typeof content === 'string' ? content : 'the.token.itself';
					expect(readFileSync(join(directory, name)).equals(Buffer.from(wanted))).toBe(true);
				}
			}),
			{numRuns: 20, examples: examples.map((one) => [one])},
		);
		expect(number).toBeGreaterThan(1);
	});
});

/** Halves of surrogate pairs, which no UTF-8 has, arrive as replacement characters everywhere alike. */
function asUtf8(word: string): string {
	return Buffer.from(word).toString();
}

/** A VM that is this machine. */
function localHost(shell: readonly string[]): RemoteHost {
	return {
		...scriptedHost(() => ({})),
		async exec(command, {input = ''} = {}): Promise<ExecResult> {
			const [program = '', ...words] = shell;
			const child = spawn(program, [...words, '-c', command], {stdio: ['pipe', 'ignore', 'pipe']});
			child.stdin.on('error', () => undefined);
			child.stdin.end(Buffer.from(input as Uint8Array));
			let stderr = '';
			child.stderr.on('data', (chunk: Buffer) => {
				stderr += chunk.toString();
			});
			const [code] = (await once(child, 'close')) as [number | null];
			return {code: code ?? undefined, ended: code === null ? 'signalled' : 'exited', stdout: '', stderr};
		},
	};
}
