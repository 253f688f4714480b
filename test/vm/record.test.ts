import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {recordFolder, recordProgramFile} from '../../source/vm/undo/record.ts';

/* The program that notes what a command has changed, as a VM's shell runs it: in a folder of its own, with an account that is made up. */

let folder = '';
let home = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-record-'));
	home = join(folder, 'home', 'proxy');
	const bin = join(folder, 'bin');
	for (const path of [bin, home]) mkdirSync(path, {recursive: true});
	const {uid, gid} = userInfo();
	const stub = (name: string, body: string) => writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, {mode: 0o755});
	stub(
		'getent',
		`case "$1 $2" in
		'passwd proxy') echo 'proxy:x:${uid}:${gid}:a name:${home}:/bin/sh';;
		'shadow proxy') cat '${folder}/shadow' 2>/dev/null;;
		'group docker') cat '${folder}/docker' 2>/dev/null || exit 2;;
		esac`,
	);
	stub('id', `case $1 in -u) echo 4711;; -nG) echo "proxy $(cat '${folder}/groups' 2>/dev/null)";; esac`);
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** Runs a script as a part of the account's; the lines that were noted, without the folder's own name. */
function noted(script: string, shell = 'sh', dir = join(folder, 'etc', 'istio proxy')): readonly string[] {
	const program = join(folder, 'record.sh');
	writeFileSync(program, recordProgramFile.content.replaceAll(recordFolder, join(folder, 'state')));
	const words = [program, 'account', 'proxy', dir, 'sh', '-c', script];
	const env = {...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`};
	const {stderr, status} = spawnSync(shell, words, {encoding: 'utf8', env, cwd: folder});
	expect({stderr, status}).toEqual({stderr: '', status: 0});
	const file = join(folder, 'state', 'prepared');
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
	return lines.map((line) => line.replaceAll(folder, ''));
}

describe('what is noted of a command', () => {
	it.each(['sh', 'bash'])('is what it has made and changed, and nothing else, by %s', (shell) => {
		mkdirSync(join(home, '.ssh'));
		chmodSync(join(home, '.ssh'), 0o755);
		writeFileSync(join(folder, 'shadow'), 'proxy:!:19000:0:99999:7:::\n');
		const change = [
			"mkdir -p 'etc/istio proxy' && chmod 755 etc 'etc/istio proxy'",
			`chmod 700 '${home}/.ssh' && echo 'ssh-ed25519 AAAA me' >'${home}/.ssh/authorized_keys'`,
			'echo docker:x:998:proxy >docker; echo docker >groups; rm shadow',
		].join('; ');
		expect(noted(change, shell).toSorted()).toEqual([
			'directory made /etc',
			'directory made /etc/istio proxy',
			'group docker 998',
			'home made /home/proxy/.ssh/authorized_keys',
			'home mode 755 700 /home/proxy/.ssh',
			'key proxy ssh-ed25519 AAAA me',
			'member proxy docker',
			'unlocked proxy !',
		]);
	});

	it('is nothing where nothing has changed', () => {
		expect(noted('true')).toEqual([]);
	});

	it('is each directory once, however its path is written', () => {
		const made = noted("mkdir -p 'etc/a'", 'sh', `${folder}/etc//a/`);
		expect(made).toEqual(['directory made /etc//a', 'directory made /etc']);
	});

	it('holds nothing that the name of a file would have it say', () => {
		expect(noted(`mkdir '${home}/.ssh'; touch '${home}/.ssh/a\npackage bash'`)).toEqual(['home made /home/proxy/.ssh']);
	});
});
