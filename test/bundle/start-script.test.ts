import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterAll, describe, expect, test} from 'vitest';
import {containerCommand, containerWords} from '../../source/bundle/container.ts';
import {startScript} from '../../source/bundle/start-script.ts';
import type {Target} from '../../source/mesh/target.ts';
import {targetNamed} from '../helpers/target.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), "start script 'x' ")));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

// A docker that writes down its words, each ended by NUL; the removal of a container fails, as where there is none.
const log = join(folder, 'log');
mkdirSync(join(folder, 'path'));
mkdirSync(join(folder, 'bundle', 'bin'), {recursive: true});
mkdirSync(join(folder, 'bundle', 'etc'));
writeFileSync(
	join(folder, 'path', 'docker'),
	`#!/bin/sh\nfor word; do printf '%s\\0' "$word"; done >>"$LOG"\nprintf '\\0' >>"$LOG"\n[ "$1" != rm ]\n`,
	{mode: 0o755},
);
const script = join(folder, 'bundle', 'bin', 'start-istio-proxy.sh');

/** What docker was called with, call by call. */
function callsOf(target: Target, shell: readonly string[], cwd = folder): readonly (readonly string[])[] {
	writeFileSync(script, startScript(target), {mode: 0o755});
	rmSync(log, {force: true});
	const [program = script, ...words] = [...shell, script];
	const {status, stderr} = spawnSync(program, words, {
		cwd,
		env: {PATH: `${join(folder, 'path')}:/usr/bin:/bin`, LOG: log, CDPATH: '/tmp:/', ENV: '/nowhere'},
		encoding: 'utf8',
	});
	expect(status, stderr).toBe(0);
	return readFileSync(log, 'utf8')
		.split('\0\0')
		.filter((call) => call !== '')
		.map((call) => call.split('\0'));
}

// As the script writes it: not shortened.
const files = `${folder}/bundle/bin/../etc`;
const expected = (target: Target) =>
	containerWords(target)
		.slice(1)
		.map((word) => (typeof word === 'string' ? word : files + word.file));

const shells = [['dash'], ['bash'], ['bash', '--posix'], []].filter(
	([name]) => name === undefined || existsSync(`/bin/${name}`),
);

const nasty = fc
	.oneof(
		fc.string({unit: 'grapheme', minLength: 1}),
		fc.constantFrom(
			"it's",
			'$(reboot)',
			'`id`',
			'"; rm -rf /',
			'\\',
			'$HOME',
			'*',
			'~',
			'-v',
			'a\nb',
			'\t',
			"''",
			'!!',
			'#x',
			'ä€😀',
			'$VM_FILES_DIR',
		),
	)
	.filter((text) => !text.includes('\0'));

describe.each(shells.map((shell) => ({name: shell.join(' ') || 'by itself', shell})))(
	'the script, run $name',
	({shell}) => {
		test('removes the former container, and starts ours with the words of the command over SSH', () => {
			const target = targetNamed('ratings-vm', 'bookinfo');
			expect(callsOf(target, shell)).toEqual([['rm', '--force', 'istio-proxy'], expected(target)]);
			const over = containerCommand(target).slice(1);
			expect(expected(target).map((word) => word.replace(files, target.configDir.value))).toEqual(over);
		});

		test('hands on whatever annotations hold, unchanged', () => {
			fc.assert(
				fc.property(nasty, nasty, nasty, (level, component, name) => {
					const sound = targetNamed('ratings-vm', 'bookinfo');
					const target: Target = {
						...sound,
						containerName: {value: name, source: 'annotation'},
						image: {value: `hub/${level}`, source: 'annotation'},
						entry: {
							...sound.entry,
							annotations: {'sidecar.istio.io/logLevel': level, 'sidecar.istio.io/componentLogLevel': component},
						},
					};
					expect(callsOf(target, shell)).toEqual([['rm', '--force', name], expected(target)]);
				}),
				{numRuns: 40},
			);
		});
	},
);

test('it finds its files from wherever it is called', () => {
	const target = targetNamed('ratings-vm', 'bookinfo');
	writeFileSync(script, startScript(target), {mode: 0o755});
	for (const [cwd, word] of [
		[join(folder, 'bundle'), './bin/start-istio-proxy.sh'],
		[join(folder, 'bundle', 'bin'), 'start-istio-proxy.sh'],
		['/', script],
	] as const) {
		rmSync(log, {force: true});
		spawnSync('sh', [word], {cwd, env: {PATH: `${join(folder, 'path')}:/usr/bin:/bin`, LOG: log, CDPATH: '/tmp:/'}});
		expect(readFileSync(log, 'utf8')).toContain(`${files}/sidecar.env`);
	}
});

test('a word that no program can be given is refused, and nothing is made', () => {
	const sound = targetNamed('ratings-vm', 'bookinfo');
	const target = {...sound, image: {value: 'hub/in\0fo', source: 'mesh'} as const};
	expect(() => startScript(target)).toThrow(expect.objectContaining({code: 'entry.invalid', exitCode: 65}));
});
