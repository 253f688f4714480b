import {expect, test} from 'vitest';
import {closed, kubeconfig, newHome, profiles, run} from './process.ts';

/* `meshboard info`, with the built program: nothing listens where its context points. */

const lab = {kubeconfig: '', context: 'two', sshUser: 'ops', sshPort: 2222};
const homeWith = (profile: object) =>
	newHome({
		...profiles(JSON.stringify({version: 1, current: 'lab', profiles: {lab: profile}})),
		'.kube/config': kubeconfig({one: closed, two: 'https://ops:hunter2@127.0.0.1:1'}),
		'.ssh/config': '',
	});
const {kubeconfig: _none, ...settings} = lab;

test('json names every path with where it is from, and each setting with its source', async () => {
	const home = homeWith(settings);
	const {code, stdout, stderr} = await run(['info', '-o', 'json', '--ssh-user', 'me'], home, {
		SSH_AUTH_SOCK: '/no/agent',
	});
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	const {paths, profile, cluster, node} = JSON.parse(stdout);
	expect(node).toMatchObject({version: process.version, path: process.execPath});
	expect(paths).toEqual(
		expect.arrayContaining([
			{name: 'config', path: `${home}/config/meshboard/config.json`, source: 'XDG_CONFIG_HOME', exists: true},
			{name: 'journal', path: `${home}/state/meshboard/runs`, source: 'XDG_STATE_HOME', exists: false},
			{name: 'kubeconfig', path: `${home}/.kube/config`, source: 'default', exists: true},
			{name: 'ssh config', path: `${home}/.ssh/config`, source: 'default', exists: true},
			{name: 'known_hosts', path: `${home}/.ssh/known_hosts`, source: 'default', exists: false},
			{name: 'agent', path: '/no/agent', source: 'SSH_AUTH_SOCK', exists: false},
		]),
	);
	expect(profile).toEqual({
		name: 'lab',
		source: 'in use',
		settings: [
			{name: 'context', value: 'two', source: 'profile'},
			{name: 'sshUser', value: 'me', source: 'flag'},
			{name: 'sshPort', value: 2222, source: 'profile'},
		],
	});
	expect(cluster).toEqual({context: 'two', source: 'profile', server: 'https://127.0.0.1:1/', namespace: 'default'});
});

test('text tells the same, and no secret of the kubeconfig', async () => {
	const {code, stdout, stderr} = await run(
		['info', '--context', 'one'],
		homeWith({...settings, knownHosts: '/k/hosts'}),
	);
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	expect(stdout).toMatch(/^known_hosts +\/k\/hosts +profile +no$/m);
	expect(stdout).toMatch(/^agent +<none> +SSH_AUTH_SOCK is not set +no$/m);
	expect(stdout).toMatch(/^context +one +flag$/m);
	expect(stdout).toContain(`Context "one" (flag): ${closed}, namespace default`);
	const json = await run(['info', '-o', 'json'], homeWith(settings));
	for (const text of [stdout, json.stdout]) expect(text).not.toMatch(/a-secret-token|hunter2/);
});

test('a damaged file of profiles, and a missing kubeconfig, are told among the rest', async () => {
	const {code, stdout} = await run(['info', '-o', 'json'], newHome(profiles('{')));
	expect(code).toBe(0);
	const {profile, cluster, paths} = JSON.parse(stdout);
	expect(profile.problem).toContain('cannot be used');
	expect(cluster.problem).toContain('There is no kubeconfig');
	expect(paths).not.toHaveLength(0);
});

test('files of KUBECONFIG are all named; a profile that is not there is an error', async () => {
	const {stdout} = await run(['info'], newHome(), {KUBECONFIG: '/a/one:/b/two'});
	expect(stdout).toMatch(/^kubeconfig +\/a\/one +KUBECONFIG +no\nkubeconfig +\/b\/two +KUBECONFIG +no$/m);
	// An empty flag is as for kubectl: what a profile names does not count.
	const named = profiles(JSON.stringify({version: 1, profiles: {default: {kubeconfig: '/c/three'}}}));
	const unnamed = await run(['info', '--kubeconfig='], newHome(named), {KUBECONFIG: '/a/one'});
	expect(unnamed.stdout).toMatch(/^kubeconfig +\/a\/one +KUBECONFIG +no$/m);
	expect(await run(['info', '--profile', 'none'])).toMatchObject({code: 78, stdout: ''});
});
