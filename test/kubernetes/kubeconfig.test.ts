import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import type {RequestOptions} from 'node:https';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterAll, describe, expect, it} from 'vitest';
import {UserError} from '../../source/errors.ts';
import type {KubeconfigOptions} from '../../source/kubernetes/choose-context.ts';
import {loadKubeconfig} from '../../source/kubernetes/kubeconfig.ts';
import {proxyUrlOf} from '../../source/kubernetes/proxy-url.ts';

const folder = mkdtempSync(join(tmpdir(), 'meshboard-kubeconfig-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

let written = 0;
function file(text: string): string {
	const path = join(folder, `config-${written++}`);
	writeFileSync(path, text);
	return path;
}

/** A kubeconfig with these contexts, each with a cluster and user of its name. */
function config(names: readonly string[], current = names[0] ?? ''): string {
	return `apiVersion: v1
kind: Config
current-context: ${current}
clusters: [${names.map((name) => `{name: ${name}, cluster: {server: "https://${name}.example.com:6443/"}}`).join(', ')}]
users: [${names.map((name) => `{name: ${name}, user: {token: token-of-${name}}}`).join(', ')}]
contexts: [${names.map((name) => `{name: ${name}, context: {cluster: ${name}, user: ${name}}}`).join(', ')}]
`;
}

function errorOf(options: KubeconfigOptions): UserError {
	try {
		loadKubeconfig(options);
	} catch (error) {
		if (error instanceof UserError) return error;
		throw error;
	}
	throw new Error('it was loaded');
}

describe('the kubeconfig', () => {
	it('is the one of --kubeconfig, alone, whatever KUBECONFIG says', () => {
		const env = {KUBECONFIG: file(config(['other']))};
		expect(loadKubeconfig({kubeconfig: file(config(['mine'])), env})).toMatchObject({
			context: 'mine',
			server: 'https://mine.example.com:6443',
			namespace: 'default',
		});
	});

	it('merges the files of KUBECONFIG as kubectl does: the first wins, missing and empty ones are skipped', () => {
		const first = file(config(['a', 'shared'], 'shared'));
		const second = file(config(['shared', 'b'], 'b').replaceAll('shared.example', 'second.example'));
		const env = {KUBECONFIG: [join(folder, 'none'), file(''), first, second, first].join(delimiter)};
		expect(loadKubeconfig({env})).toMatchObject({context: 'shared', server: 'https://shared.example.com:6443'});
		expect(loadKubeconfig({env, context: 'b'}).server).toBe('https://b.example.com:6443');
	});

	it('is that of the home without any of them', () => {
		mkdirSync(join(folder, '.kube'));
		writeFileSync(join(folder, '.kube', 'config'), config(['home']));
		expect(loadKubeconfig({env: {HOME: folder}}).context).toBe('home');
	});

	it('takes paths as relative to the file that holds them', async () => {
		const inside = join(folder, 'inside');
		mkdirSync(inside);
		writeFileSync(join(inside, 'token'), 'from-a-file\n');
		const path = join(inside, 'config');
		writeFileSync(path, config(['a']).replace('token: token-of-a', 'tokenFile: token, token: not-this'));
		const options: RequestOptions = {};
		await loadKubeconfig({kubeconfig: path, env: {}}).authenticate().applyToHTTPSOptions(options);
		expect(options.headers).toEqual({Authorization: 'Bearer from-a-file'});
	});

	it('gives who is impersonated to the server', async () => {
		const user = 'token: t, as: alice, as-groups: [dev, ops], as-uid: "7", as-user-extra: {"a/b": [c]}';
		const path = file(config(['a']).replace('token: token-of-a', user));
		const options: RequestOptions = {};
		await loadKubeconfig({kubeconfig: path, env: {}}).authenticate().applyToHTTPSOptions(options);
		expect(options.headers).toEqual({
			Authorization: 'Bearer t',
			'Impersonate-User': 'alice',
			'Impersonate-Group': ['dev', 'ops'],
			'Impersonate-Uid': '7',
			'Impersonate-Extra-a%2Fb': ['c'],
		});
	});
});

describe('a kubeconfig that cannot be used', () => {
	const env = {};
	it.each<[string, () => KubeconfigOptions, RegExp, RegExp]>([
		['none at all', () => ({env: {HOME: join(folder, 'nobody')}}), /There is no kubeconfig/, /meshboard demo/],
		[
			'no file of KUBECONFIG',
			() => ({env: {KUBECONFIG: join(folder, 'none')}}),
			/no file of KUBECONFIG exists/,
			/--kubeconfig/,
		],
		['a named file that is missing', () => ({kubeconfig: '/no/such/file', env}), /no such file/, /--kubeconfig/],
		[
			'a context that is not in it',
			() => ({kubeconfig: file(config(['b', 'a'])), context: 'c', env}),
			/no context "c"/,
			/--context: a, b\./,
		],
		[
			'no current context',
			() => ({kubeconfig: file(config(['a'], '""')), env}),
			/no current context/,
			/--context: a\./,
		],
		['an empty file', () => ({kubeconfig: file(''), env}), /no current context/, /It holds no context/],
		[
			'a context without its cluster',
			() => ({kubeconfig: file(config(['a']).replace('cluster: a,', 'cluster: gone,')), env}),
			/names no cluster with a server/,
			/--context: a\./,
		],
		[
			'a context without its user',
			() => ({kubeconfig: file(config(['a']).replace('user: a}', 'user: gone}')), env}),
			/names a user "gone" that is not in it/,
			/--context: a\./,
		],
		[
			'a server that is no address',
			() => ({kubeconfig: file(config(['a']).replace('https://a', 'a')), env}),
			/is not an HTTP address/,
			/--context/,
		],
	])('%s: one sentence, the next step, exit code 78', (_, options, message, hint) => {
		const error = errorOf(options());
		expect(error).toMatchObject({code: 'cluster.unreachable', exitCode: 78});
		expect(error.message).toMatch(message);
		expect(error.hint).toMatch(hint);
	});

	it('is not quoted: it may hold secrets', () => {
		const error = errorOf({kubeconfig: file('users:\n- name: a\n  user: {token: s3cr3t\n  - oops'), env});
		expect(error.message).toMatch(/is not valid YAML in line \d/);
		expect(JSON.stringify([error.message, error.hint, error.evidence])).not.toContain('s3cr3t');
	});

	it.skipIf(process.getuid?.() === 0)('that may not be read says so (root may read everything)', () => {
		const path = file(config(['a']));
		chmodSync(path, 0);
		expect(errorOf({kubeconfig: path, env}).message).toMatch(/permission denied/);
	});
});

describe('the proxy of a server', () => {
	const HTTPS_PROXY = 'http://proxy.example.com:3128';
	it.each<[string, Readonly<Record<string, string>>, string | undefined]>([
		['https://api.example.com:6443', {HTTPS_PROXY}, HTTPS_PROXY],
		['https://api.example.com:6443', {https_proxy: HTTPS_PROXY}, HTTPS_PROXY],
		['https://api.example.com:6443', {HTTPS_PROXY: 'proxy.example.com:3128'}, HTTPS_PROXY],
		['https://api.example.com:6443', {HTTP_PROXY: HTTPS_PROXY}, undefined],
		['http://api.example.com:6443', {HTTP_PROXY: HTTPS_PROXY}, HTTPS_PROXY],
		['https://api.example.com:6443', {}, undefined],
		['https://127.0.0.1:6443', {HTTPS_PROXY}, undefined],
		['https://localhost:6443', {HTTPS_PROXY}, undefined],
		['https://[::1]:6443', {HTTPS_PROXY}, undefined],
		['https://api.example.com:6443', {HTTPS_PROXY, NO_PROXY: 'example.com'}, undefined],
		['https://api.example.com:6443', {HTTPS_PROXY, NO_PROXY: 'other.org, .example.com'}, undefined],
		['https://example.com', {HTTPS_PROXY, NO_PROXY: '.example.com'}, HTTPS_PROXY],
		['https://notexample.com', {HTTPS_PROXY, NO_PROXY: 'example.com'}, HTTPS_PROXY],
		['https://api.example.com:6443', {HTTPS_PROXY, NO_PROXY: 'api.example.com:6443'}, undefined],
		['https://api.example.com:6443', {HTTPS_PROXY, NO_PROXY: 'api.example.com:443'}, HTTPS_PROXY],
		['https://api.example.com', {HTTPS_PROXY, NO_PROXY: '*'}, undefined],
		['https://10.1.2.3:6443', {HTTPS_PROXY, NO_PROXY: '10.0.0.0/8'}, undefined],
		['https://10.1.2.3:6443', {HTTPS_PROXY, no_proxy: '10.1.2.3'}, undefined],
		['https://11.1.2.3:6443', {HTTPS_PROXY, NO_PROXY: '10.0.0.0/8,10.0.0.0/99'}, HTTPS_PROXY],
		['https://[fd00::7]:6443', {HTTPS_PROXY, NO_PROXY: 'fd00::/8'}, undefined],
	])('%s with %j is %s', (server, env, proxy) => {
		expect(proxyUrlOf(new URL(server), env)).toBe(proxy);
	});
});
