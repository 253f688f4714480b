import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {ensureBuild} from '../../tools/build.mjs';
import {expectForm} from '../helpers/expect-form.ts';
import {type Ended, expectManners, readTold} from '../helpers/told.ts';

/* What goes wrong before any VM is reached, with the built program as a process without a terminal, in a home of its own. */

export const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
export const folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
export const cleaners: Array<() => void> = [];

beforeAll(ensureBuild, 60_000);
afterAll(() => {
	for (const clean of cleaners) clean();
	rmSync(folder, {recursive: true, force: true});
});

/** Writes files below a new home, by their paths there. */
export function newHome(files: Readonly<Record<string, string>> = {}): string {
	const home = mkdtempSync(join(folder, 'home-'));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(home, path)), {recursive: true});
		writeFileSync(join(home, path), text);
	}
	return home;
}

/** Runs the program to its end; without `input` its standard input is closed. Machine output is what its schema says. */
export async function run(
	words: readonly string[],
	home = newHome(),
	env: NodeJS.ProcessEnv = {},
	input?: string | Uint8Array,
): Promise<Ended> {
	const {KUBECONFIG: _kubeconfig, MESHBOARD_PROFILE: _profile, SSH_AUTH_SOCK: _agent, ...inherited} = process.env;
	const child = spawn(process.execPath, [cli, ...words], {
		env: {
			...inherited,
			HOME: home,
			XDG_CONFIG_HOME: join(home, 'config'),
			XDG_STATE_HOME: join(home, 'state'),
			XDG_CACHE_HOME: join(folder, 'cache'),
			...env,
		},
		stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
		timeout: 45_000,
	});
	child.stdin?.on('error', () => undefined).end(input);
	const text = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const)
		child[name]?.setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
	const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
	expectForm(words, text.stdout, code !== null);
	return {code: code ?? 137, ...text};
}

/** A kubeconfig with one context for each server. */
export function kubeconfig(servers: Readonly<Record<string, string>>, current = Object.keys(servers)[0]): string {
	const names = Object.keys(servers);
	return JSON.stringify({
		'current-context': current,
		clusters: names.map((name) => ({name, cluster: {server: servers[name]}})),
		users: names.map((name) => ({name, user: {token: 'a-secret-token'}})),
		contexts: names.map((name) => ({name, context: {cluster: name, user: name}})),
	});
}

export type Case = {
	readonly title: string;
	readonly words: readonly string[];
	readonly files?: Readonly<Record<string, string>>;
	readonly env?: NodeJS.ProcessEnv;
	readonly id: string;
	readonly code: number;
	readonly says: RegExp;
	readonly next: RegExp;
};

export function tableTests(cases: readonly Case[]): void {
	test.concurrent.each(cases)('$title → $id, $code', async ({words, files, env, ...each}) =>
		expectTold(await run(words, newHome(files), env), each),
	);
}

export function expectTold(ended: Ended, {id, code, says, next}: Pick<Case, 'id' | 'code' | 'says' | 'next'>): void {
	expectManners(ended);
	const told = readTold(ended);
	expect(told, ended.stderr).toMatchObject([{id}]);
	expect(told[0]?.text).toMatch(says);
	expect(told[0]?.next).toMatch(next);
	expect(ended.code).toBe(code);
	expect(ended.stdout).toBe('');
	expect(ended.stderr).not.toContain('a-secret-token');
}

export const profiles = (text: string) => ({'config/meshboard/config.json': text});
export const onboard = ['onboard', 'ratings-vm.bookinfo'];
/** Nothing listens on it. */
export const closed = 'https://127.0.0.1:1';
