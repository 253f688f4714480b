import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {type LockHolder, lockCommand, parseLock, unlockCommand} from '../../source/vm/vm-lock.ts';

// As a VM's shell runs it, on this machine and in a folder of its own; the connection is whoever starts the shell: this process.
let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-vm-lock-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

const alice: LockHolder = {by: 'alice@desk', pid: 4711, since: '2026-11-27T15:00:00Z', task: 'onboard'};
const bob: LockHolder = {by: 'bob@bench', pid: 12, since: '2026-11-27T15:01:00Z', task: 'prepare'};
const files = () => readdirSync(folder).filter((name) => name.startsWith('.meshboard-lock.'));

function take(run: string, holder: LockHolder, shell: readonly string[] = ['/bin/sh']) {
	const [program = '', ...words] = shell;
	const {stdout, stderr} = spawnSync(program, [...words, '-c', lockCommand(run, holder, [folder])], {encoding: 'utf8'});
	expect(stderr).toBe('');
	return parseLock(stdout);
}

const shells = [['dash'], ['bash'], ['busybox', 'sh'], ['zsh', '--emulate', 'sh']].filter(
	([program = '']) => spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status === 0,
);

describe('the lock of a VM', () => {
	it.each(shells)('is one run’s, and the other is told whose, with %s', (...shell) => {
		const first = take('run-a', alice, shell);
		expect(first).toMatchObject({kind: 'locked'});
		expect(take('run-b', bob, shell)).toEqual({
			kind: 'held',
			account: execFileSync('id', ['-un'], {encoding: 'utf8'}).trim(),
			connection: String(process.pid),
			holder: alice,
		});
		execFileSync('/bin/sh', ['-c', unlockCommand(first.kind === 'locked' ? first.file : '')]);
		expect(files()).toEqual([]);
		expect(take('run-b', bob, shell)).toMatchObject({kind: 'locked'});
	});

	it('stays the run’s own when it comes again', () => {
		take('run-a', alice);
		expect(take('run-a', alice)).toMatchObject({kind: 'locked'});
		expect(files()).toHaveLength(1);
	});

	it.each([
		['whose connection is gone', () => `${spawnSync('true').pid} 1234 run-a\nalice@desk|1|now|onboard\n`],
		['whose process has another’s number now', () => `${process.pid} 1 run-a\nalice@desk|1|now|onboard\n`],
		['that broke off while it was written', () => ''],
		['that is anything', () => '$(reboot) * ; rm -rf /\n\u001B[2J'],
	])('is taken over from one %s', (_, content) => {
		writeFileSync(join(folder, '.meshboard-lock.former'), content());
		expect(take('run-b', bob)).toMatchObject({kind: 'locked'});
		expect(files()).toHaveLength(1);
	});

	it('follows no symbolic link', () => {
		// A lock that would be honoured if it were a file.
		const began = readFileSync('/proc/self/stat', 'utf8')
			.replace(/^.*\) /, '')
			.split(' ')[19];
		writeFileSync(join(folder, 'theirs'), `${process.pid} ${began} run-a\nx|1|now|onboard\n`);
		symlinkSync(join(folder, 'theirs'), join(folder, '.meshboard-lock.link'));
		expect(take('run-b', bob)).toMatchObject({kind: 'locked'});
	});

	it('is one’s alone, however many come at once', async () => {
		const said = await Promise.all(
			Array.from(
				{length: 8},
				(_, index) =>
					new Promise<string>((resolve) => {
						const child = spawn('/bin/sh', ['-c', lockCommand(`run-${index}`, alice, [folder])]);
						let text = '';
						child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
						child.on('close', () => resolve(text));
					}),
			),
		);
		expect(said.map((text) => parseLock(text).kind).sort()).toEqual([...Array(7).fill('held'), 'locked']);
	}, 30_000);

	it('is none where nothing can be written', () => {
		expect(
			parseLock(spawnSync('/bin/sh', ['-c', lockCommand('run-a', alice, ['/proc'])], {encoding: 'utf8'}).stdout),
		).toEqual({kind: 'none'});
	});
});

describe('what is said of a lock', () => {
	it('is none where it makes no sense', () => {
		fc.assert(fc.property(fc.string(), (text) => ['none', 'held', 'locked'].includes(parseLock(text).kind)));
		expect(parseLock('locked /dev/shm/a b')).toEqual({kind: 'none'});
		expect(parseLock('held root 1;reboot')).toEqual({kind: 'none'});
	});

	it('reaches the screen clean', () => {
		const answer = parseLock('held admin 12\n\u001B[2Jmallory|x|\u0007|onboard\n');
		expect(JSON.stringify(answer)).not.toMatch(/\\u00/);
		expect(answer).toMatchObject({holder: {task: 'onboard'}});
	});
});
