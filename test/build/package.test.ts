import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Installed, installPackage} from '../helpers/installed.ts';
import {openSandbox} from '../sandbox/open-sandbox.ts';

/* What a user gets from `npm install --global`, on the Node at hand; test/lab/nodes.test.ts has the other ones. */

let installed: Installed;
beforeAll(async () => {
	installed = await installPackage();
}, 120_000);
afterAll(() => installed?.remove());

const within = (...path: string[]) => join(installed.prefix, 'lib', 'node_modules', 'meshboard', ...path);

test('it is one package: the program, its page, its licence, and those of what is in it', () => {
	const {packed, prefix} = installed;
	console.log(`The package has ${packed.size} bytes, ${packed.unpackedSize} installed, ${packed.files.length} files.`);
	expect(readdirSync(join(prefix, 'lib', 'node_modules'))).toEqual(['meshboard']);
	expect(readdirSync(within())).not.toContain('node_modules');
	const outside = packed.files.filter((path) => !/^dist\/(cli|chunks\/[\w.@-]+)\.js$/.test(path));
	expect(outside.toSorted()).toEqual([
		'docs/meshboard.1',
		'license',
		'package.json',
		'readme.md',
		'third-party-notices.txt',
	]);
	const {dependencies, optionalDependencies, scripts, engines} = JSON.parse(
		readFileSync(within('package.json'), 'utf8'),
	);
	expect({dependencies, optionalDependencies, engines}).toEqual({engines: {node: '>=22.19.0'}});
	for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toHaveProperty(script);
	expect(readlinkSync(join(prefix, 'share', 'man', 'man1', 'meshboard.1'))).toContain('docs/meshboard.1');
	const notices = readFileSync(within('third-party-notices.txt'), 'utf8');
	for (const name of ['ink', 'react', 'ssh2', '@kubernetes/client-node', 'yoga-layout', 'undici'])
		expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(\\S+\\)\n\n\\S`, 'm'));
});

test('it runs by its name, lists a mesh, completes words, and plays the demo', {timeout: 120_000}, async () => {
	const {version} = JSON.parse(readFileSync(within('package.json'), 'utf8'));
	expect(await installed.run(['--version'])).toEqual({stdout: `${version}\n`, stderr: ''});
	expect((await installed.run(['completion', 'bash'])).stdout).toContain('complete -F _meshboard meshboard');
	const sandbox = await openSandbox();
	const list = await installed
		.run(['list', '-A', '-o', 'name', '--kubeconfig', sandbox.kubeconfig])
		.finally(sandbox.close);
	expect(list.stdout.split('\n')).toContain('ratings-vm.bookinfo');
	const demo = await installed.run(['demo']);
	expect(demo.stdout.match(/ succeeded +\d+\/\d+$/gm)).toHaveLength(4);
	expect(demo.stderr).toBe('');
});
