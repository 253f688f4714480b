import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {expectTold, newHome, onboard, profiles, run, tableTests} from './process.ts';

/* What goes wrong before any cluster is asked: the command line and the profiles. */

describe('the command line', () => {
	const usage = {id: 'usage', code: 64};
	tableTests([
		{title: 'the screen without a terminal', words: [], ...usage, says: /needs a terminal/, next: /meshboard list/},
		{title: 'a misspelt command', words: ['lst'], ...usage, says: /no command "lst"/, next: /Did you mean list\?/},
		{
			title: 'an unknown command',
			words: ['frobnicate', '--read-only'],
			...usage,
			says: /no command "frobnicate"/,
			next: /meshboard --help/,
		},
		{
			title: 'an unknown command of profile',
			words: ['profile', 'frobnicate'],
			...usage,
			says: /frobnicate/,
			next: /--help/,
		},
		{
			title: 'an unknown flag',
			words: ['list', '--frobnicate'],
			...usage,
			says: /unknown option '--frobnicate'/,
			next: /--help/,
		},
		{
			title: 'a misspelt flag',
			words: ['onboard', '--prepair'],
			...usage,
			says: /--prepair[\s\S]*--prepare/,
			next: /--help/,
		},
		{title: 'a word too many', words: ['list', 'bookinfo'], ...usage, says: /too many arguments/, next: /--help/},
		{title: 'an unknown format', words: ['list', '-o', 'xml'], ...usage, says: /xml.*text, wide, json/, next: /--help/},
		{
			title: 'a port that is none',
			words: [...onboard, '--ssh-port', '99999'],
			...usage,
			says: /1 to 65535/,
			next: /--help/,
		},
		{
			title: 'a policy that is none',
			words: [...onboard, '--host-keys', 'maybe'],
			...usage,
			says: /strict, accept-new, ask/,
			next: /--help/,
		},
		{
			title: 'a plan of what is resumed',
			words: ['onboard', '--resume', '--dry-run'],
			...usage,
			says: /--dry-run does not go with --resume/,
			next: /onboard TARGET --dry-run/,
		},
		...[
			{flag: ['-n', ''], says: /--namespace must be a namespace, not ""/},
			{flag: ['-n', 'bookinfo,payments'], says: /--namespace must be a namespace, not "bookinfo,payments"/},
			{flag: ['-i', 'Istio System'], says: /--istioNamespace must be a namespace/},
			{flag: ['--context', ''], says: /--context must be the name of a context, not ""/},
			{flag: ['--ssh-user', '-oProxyCommand=id'], says: /--ssh-user must be a user name/},
			{flag: ['--jump', 'bastion,,other'], says: /--jump must be a list of \[user@\]host\[:port\], not ""/},
			{flag: ['--image-hub', ''], says: /--image-hub must be an image hub/},
			{flag: ['--parallel', '200'], says: /--parallel.* 1 to 100/},
		].map(({flag, says}) => ({
			title: `flag ${JSON.stringify(flag)}`,
			words: [...onboard, '--yes', ...flag],
			...usage,
			says,
			next: /--help/,
		})),
		{title: 'no target', words: ['onboard'], ...usage, says: /at least one target/, next: /<entry>\.<namespace>/},
		...['ratings-vm', 'a..b', '-x.y', 'a.b;reboot', '$(id).b', 'a.b\u001b[2J'].map((target) => ({
			title: `target ${JSON.stringify(target)}`,
			words: ['onboard', '--yes', '--', target],
			...usage,
			says: /is not a target/,
			next: /<entry>\.<namespace>/,
		})),
		{
			title: 'onboard without --yes and without a terminal',
			words: onboard,
			...usage,
			says: /without consent/,
			next: /--dry-run.*--yes/,
		},
		{
			title: 'onboard with --read-only',
			words: [...onboard, '--yes', '--read-only'],
			id: 'usage',
			code: 77,
			says: /read-only/,
			next: /--dry-run/,
		},
	]);
});

describe('profiles', () => {
	const configuration = {id: 'usage', code: 78};
	const two = profiles(JSON.stringify({version: 1, profiles: {lab: {}, prod: {readOnly: true}}}));
	tableTests([
		{
			title: 'an unknown one',
			words: ['list', '--profile', 'prd'],
			files: two,
			...configuration,
			says: /no profile "prd"/,
			next: /lab, prod/,
		},
		{
			title: 'an unknown one in the environment',
			words: ['list'],
			env: {MESHBOARD_PROFILE: 'prd'},
			...configuration,
			says: /no profile "prd"/,
			next: /meshboard profile set prd/,
		},
		{
			title: 'a read-only one',
			words: [...onboard, '--yes', '--profile', 'prod'],
			files: two,
			id: 'usage',
			code: 77,
			says: /read-only/,
			next: /meshboard profile set prod readOnly=no/,
		},
		{
			title: 'a setting that does not exist',
			words: ['profile', 'set', 'lab', 'sshUsr=ops'],
			...configuration,
			code: 64,
			says: /"sshUsr" is not a setting/,
			next: /sshUser/,
		},
		{
			title: 'a file that is no JSON',
			words: ['list'],
			files: profiles('{"version": 1, "profiles": {"lab": {'),
			id: 'config.damaged',
			code: 78,
			says: /not JSON/,
			next: /meshboard profile repair/,
		},
		{
			title: 'a setting of the wrong kind',
			words: onboard,
			files: profiles('{"version":1,"profiles":{"lab":{"sshPort":"x"}}}'),
			id: 'config.damaged',
			code: 78,
			says: /profile "lab", sshPort: must be a port/,
			next: /meshboard profile repair/,
		},
		{
			title: 'a file of a newer meshboard',
			words: ['list'],
			files: profiles('{"version":2,"profiles":{}}'),
			id: 'config.newer',
			code: 78,
			says: /newer meshboard/,
			next: /Update meshboard/,
		},
		{
			title: 'a folder in the place of the file',
			words: ['list'],
			files: {'config/meshboard/config.json/x': ''},
			id: 'config.unreadable',
			code: 78,
			says: /it is a folder/,
			next: /XDG_CONFIG_HOME/,
		},
	]);

	test('a damaged file is left as it is by every command but repair', async () => {
		const text = '{"version": 1, "profiles": {"lab": {"sshUser": "ops"}}';
		const home = newHome(profiles(text));
		const path = join(home, 'config/meshboard/config.json');
		for (const words of [
			['list'],
			['profile', 'set', 'lab', 'sshUser=admin'],
			['profile', 'use', 'lab'],
			['profile', 'remove', 'lab'],
		]) {
			expectTold(await run(words, home), {
				id: 'config.damaged',
				code: 78,
				says: /left as it is/,
				next: /meshboard profile repair/,
			});
			expect(readFileSync(path, 'utf8')).toBe(text);
		}
		const repaired = await run(['profile', 'repair'], home);
		expect(repaired).toMatchObject({code: 0, stdout: expect.stringMatching(/Kept lab/)});
		expect(JSON.parse((await run(['profile', 'show', 'lab', '-o', 'json'], home)).stdout)).toEqual({sshUser: 'ops'});
		expect(JSON.parse((await run(['profile', 'list', '-o', 'json'], home)).stdout)).toMatchObject({
			items: [{name: 'lab', profile: {sshUser: 'ops'}}],
		});
	});
});

test('the help of a command shows the flags that all commands know', async () => {
	const {code, stdout} = await run(['list', '--help']);
	expect(code).toBe(0);
	for (const flag of ['-n, --namespace', '-A, --all-namespaces', '--profile']) expect(stdout).toContain(flag);
});
