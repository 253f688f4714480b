import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {homedir, tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import type {Profile} from '../../source/ports.ts';
import {expectForm} from '../helpers/expect-form.ts';
import {clientManifests} from './manifests.ts';

/*
 * The lab from a test: its cluster, its VMs, and the built program on a home of its own. Everything is the real thing;
 * see readme.md beside this file. Tests take names and addresses of their own and put away what they made.
 */

const here = import.meta.dirname;
/** Where the lab is kept. */
export const cache = process.env.LAB || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mesh-lab');

/** kubeconfigs of the lab: `viewer` and `tenant` have no rights until a test grants them. */
export const kubeconfig = (user: 'admin' | 'viewer' | 'tenant' = 'admin') =>
	join(cache, 'cluster', `${user}.kubeconfig`);
/** Private key that `admin` and `ops` of every VM accept. */
export const labKey = join(cache, 'id_ed25519');
/** Address at which VMs of the network `isolated` reach the east-west gateway; they reach nothing else of the cluster. */
export const gatewayAddress = '10.128.0.254';

/** Where the machine has no kubectl, the lab has built one. */
const withLabTools = {...process.env, PATH: `${process.env.PATH}${delimiter}${join(cache, 'bin')}`};

export type Result = {readonly code: number; readonly stdout: string; readonly stderr: string};
export type RunOptions = {
	readonly input?: string;
	readonly env?: NodeJS.ProcessEnv;
	/** SIGKILL after it; default 120. */
	readonly seconds?: number;
	readonly signal?: AbortSignal;
};

/** Runs a program to its end, whatever its exit code; 128 + n when a signal ended it. */
export function run(program: string, words: readonly string[], options: RunOptions = {}): Promise<Result> {
	const {input = '', env = withLabTools, seconds = 120, signal} = options;
	const child = spawn(program, words, {env, ...(signal === undefined ? {} : {signal}), killSignal: 'SIGKILL'});
	const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
	const text = {stdout: '', stderr: ''};
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (chunk: string) => {
			text[name] += chunk;
		});
	}
	// A child that ends before it has read its input is no failure of the test.
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	return new Promise((resolve, reject) => {
		child.on('error', (error) => (error.name === 'AbortError' ? undefined : reject(error)));
		child.on('close', (code) => {
			clearTimeout(timer);
			resolve({code: code ?? 137, ...text});
		});
	});
}

/** Runs a program that must succeed; its standard output without the last line break. */
export async function must(program: string, words: readonly string[], options: RunOptions = {}): Promise<string> {
	const {code, stdout, stderr} = await run(program, words, options);
	if (code !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
	return stdout.replace(/\n$/, '');
}

/** `cluster …` of the lab: `lab('firewall drop isolated gateway 15012')`. Words that hold spaces come after. */
export const lab = (words: string, ...more: readonly string[]) =>
	must(join(here, 'cluster'), [...words.split(' '), ...more]);

/** kubectl as admin: `kubectl('-n bookinfo get pods')`. Words that hold spaces come after. */
export const kubectl = (words: string, ...more: readonly string[]) => lab(`kubectl ${words}`, ...more);

/** Applies objects; kubectl takes JSON as it takes YAML. */
export const apply = (objects: readonly object[]) =>
	must(join(here, 'cluster'), ['kubectl', 'apply', '-f', '-'], {
		input: objects.map((object) => JSON.stringify(object)).join('\n'),
	});

/** Waits until every replica of a Deployment serves. */
const rolledOut = (namespace: string, deployment: string) =>
	kubectl(`-n ${namespace} rollout status deployment/${deployment} --timeout=120s`);

/** A new namespace with a client in the mesh, ready to ask (see `askFromPod`); what an earlier run left under that name goes first. */
export async function openNamespace(namespace: string, port = 9080): Promise<void> {
	await kubectl(`delete namespace ${namespace} --ignore-not-found`);
	await apply(clientManifests(namespace, port));
	await rolledOut(namespace, 'client');
}

/**
 * Its WorkloadEntries are gone when this returns, so that the next VM may take their addresses; for the rest the next
 * `openNamespace` waits. Kubernetes ends a namespace's pods before it deletes the other objects (KEP-5080), which takes
 * as long as a pod takes to end.
 */
export async function closeNamespace(namespace: string): Promise<void> {
	await kubectl(`-n ${namespace} delete workloadentries --all --ignore-not-found`);
	await kubectl(`delete namespace ${namespace} --ignore-not-found --wait=false`);
}

/** The VMs of the lab. Accounts: `admin` (sudo), `ops` (sudo with the password `ops-password`). */
export const vm = {
	/** Starts one from nothing; its address. */
	async up(
		name: string,
		{network = 'isolated', ip}: {network?: 'isolated' | 'shared'; ip?: string} = {},
	): Promise<string> {
		return must(join(here, 'vm'), ['up', name, '--network', network, ...(ip === undefined ? [] : ['--ip', ip])]);
	},
	down: (name: string) => must(join(here, 'vm'), ['down', name]),
	/** As root, past SSH. */
	exec: (name: string, ...command: string[]) => must(join(here, 'vm'), ['exec', name, ...command]),
	/** An HTTP service that answers with the VM's name. */
	app: (name: string, port = 9080, bind = '127.0.0.1') => must(join(here, 'vm'), ['app', name, String(port), bind]),
	block: (name: string, direction: 'in' | 'out', port: number, how: 'drop' | 'reject' = 'drop') =>
		must(join(here, 'vm'), ['block', name, direction, String(port), how]),
	unblock: (name: string, direction: 'in' | 'out', port: number, how: 'drop' | 'reject' = 'drop') =>
		must(join(here, 'vm'), ['unblock', name, direction, String(port), how]),
	/** Off the network, and back: what a VM looks like that was switched off or lost its route. */
	detach: (name: string, network: 'isolated' | 'shared' = 'isolated') =>
		must('docker', ['network', 'disconnect', `mesh-${network}`, `vm-${name}`]),
	attach: (name: string, network: 'isolated' | 'shared', ip: string) =>
		must('docker', ['network', 'connect', '--ip', ip, `mesh-${network}`, `vm-${name}`]),
};

/** Looks again and again, twice a second, until `look` gives something other than undefined or false; throws with what was waited for. */
export async function eventually<T>(
	what: string,
	seconds: number,
	look: () => Promise<T | undefined | false>,
): Promise<T> {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		let reason = '';
		try {
			const seen = await look();
			if (seen !== undefined && seen !== false) return seen;
		} catch (error) {
			reason = `: ${String(error)}`;
		}
		if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}${reason}`);
		await new Promise((resolve) => setTimeout(resolve, 500));
	}
}

/** Runs a command in the client pod of a namespace; its output. */
export const inClient = (namespace: string, words: string, ...more: readonly string[]) =>
	kubectl(`-n ${namespace} exec deploy/client -c client -- ${words}`, ...more);

/** What a pod of the mesh gets when it asks a Service through its sidecar; an error when there is no answer. */
export const askFromPod = (namespace: string, service: string, port: number) =>
	inClient(namespace, 'wget -qO- --header', `Host: ${service}.${namespace}:${port}`, `http://127.0.0.2:${port}/`);

/** The built program, as a user with a home and a profile of their own runs it. */
export type Meshboard = {
	readonly home: string;
	readonly env: NodeJS.ProcessEnv;
	/** `meshboard('list', '-A')`, to its end. */
	run(words: readonly string[], options?: RunOptions): Promise<Result>;
	/** Removes the home. */
	remove(): void;
};

/** A home with one profile that fits the lab; `profile` changes it. The user's own ~/.ssh is not touched. */
export function newMeshboard(profile: Profile = {}): Meshboard {
	const home = mkdtempSync(join(tmpdir(), 'meshboard-lab-'));
	const fitting: Profile = {
		kubeconfig: kubeconfig(),
		sshKey: labKey,
		adminUser: 'admin',
		hostKeys: 'accept-new',
		knownHosts: join(home, 'known_hosts'),
		...profile,
	};
	mkdirSync(join(home, 'config', 'meshboard'), {recursive: true});
	const file = {version: 1, profiles: {default: fitting}};
	writeFileSync(join(home, 'config', 'meshboard', 'config.json'), JSON.stringify(file), {mode: 0o600});
	const {CI: _ci, SSH_AUTH_SOCK: _agent, KUBECONFIG: _kubeconfig, ...inherited} = process.env;
	const env = {
		...inherited,
		HOME: home,
		XDG_CONFIG_HOME: join(home, 'config'),
		XDG_STATE_HOME: join(home, 'state'),
		XDG_CACHE_HOME: join(home, 'cache'),
	};
	return {
		home,
		env,
		run: async (words, options = {}) => {
			const program = join(here, '..', '..', 'dist', 'cli.js');
			const ended = await run(process.execPath, [program, ...words], {env, ...options});
			expectForm(words, ended.stdout, ended.code !== 137);
			return ended;
		},
		remove: () => rmSync(home, {recursive: true, force: true}),
	};
}
