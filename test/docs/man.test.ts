import {spawnSync} from 'node:child_process';
import {glob, readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {describeProgram} from '../../source/commands/main.ts';
import {manPage} from './man-page.ts';
import {environment} from './man-words.ts';

// docs/meshboard.1 is the tree of commands: `npx vitest run test/docs -u` writes it anew.
const page = () => manPage(describeProgram());
const missing = (program: string) => spawnSync(program, ['-v']).error !== undefined;

test('docs/meshboard.1 tells every command and flag', async () => {
	const text = page();
	await expect(text).toMatchFileSnapshot('../../docs/meshboard.1');
	expect(page()).toBe(text);
	expect(text).toMatch(/^[\n -~]*$/);
});

test('it names every variable that the program reads', async () => {
	const read = new Set<string>();
	for await (const file of glob(['source/**/*.{ts,tsx}', 'cli.tsx'], {exclude: ['source/sandbox/**']}))
		for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(
			/\b(?:env|environment)(?:\.|\[')([A-Z][A-Z_]+)\b/g,
		))
			read.add(name);
	const told = Object.keys(environment).flatMap((names) => names.split(', '));
	expect([...read].filter((name) => !told.includes(name) && name !== 'NODE_ENV')).toEqual([]);
});

test.skipIf(missing('mandoc'))('mandoc finds nothing wrong with it but that it has no date', () => {
	const {stdout} = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], {input: page(), encoding: 'utf8'});
	expect(stdout.split('\n').filter((line) => line !== '' && !/missing date/.test(line))).toEqual([]);
});

test.skipIf(missing('groff'))('groff sets it without a warning, and a reader finds what the help says', () => {
	const {stdout, stderr} = spawnSync('groff', ['-ww', '-man', '-Tutf8', '-P-c', '-rLL=100n'], {
		input: page(),
		encoding: 'utf8',
	});
	expect(stderr).toBe('');
	const text = stdout
		.replaceAll(/.\u0008/g, '')
		.replaceAll('‐', '-')
		.replaceAll(/\s+/g, ' ');
	for (const words of [
		'meshboard onboard [targets...]',
		'--admin-user name',
		'79 findings of severity error',
		'meshboard lint mesh/*.yaml',
	])
		expect(text).toContain(words);
});
