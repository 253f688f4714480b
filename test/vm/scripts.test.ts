import {execFileSync, spawnSync} from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {adminProbeCommand, parseAdminProbe} from '../../source/vm/admin-probe.ts';
import {followJob, jobRunning, startJob} from '../../source/vm/package-job.ts';
import {parseProbe} from '../../source/vm/parse-probe.ts';
import {authorizeKey} from '../../source/vm/preparation.ts';
import {probeCommand} from '../../source/vm/probe.ts';
import {parseSections, probeScript} from '../../source/vm/sections.ts';

// The scripts as a VM's shell runs them, on this machine and in a folder of their own.
let folder = '';
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'meshboard-vm-'));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** A folder that holds these programs of the machine and no others. */
function onlyPrograms(...names: readonly string[]): string {
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	for (const name of names) {
		const path = execFileSync('/bin/sh', ['-c', `command -v ${name}`], {encoding: 'utf8'}).trim();
		symlinkSync(path, join(bin, name));
	}
	return bin;
}

describe('an answer', () => {
	const shells = ['sh', 'bash', 'busybox sh'].map((words) => words.split(' '));
	it.each(shells)('comes as it is, line for line, from %s', (shell, ...more) => {
		const lines = [
			'* ? [a]',
			'  two  spaces\tand a tab ',
			'\\n %s $(touch x) `touch x`',
			'-n',
			'=forged 0',
			'ä'.repeat(9),
		];
		const script = probeScript('', [
			{name: 'text', commands: `cat <<'END'\n${lines.join('\n\n')}\nEND\nfalse`},
			{name: 'words', commands: 'set -- $(echo a b); echo "$2"; echo said >&2'},
		]);
		const {stdout, stderr} = spawnSync(shell, [...more, '-c', script], {encoding: 'utf8', cwd: folder});
		expect(stderr).toBe('');
		const said = parseSections(stdout);
		expect(said.get('text')).toEqual({code: 1, lines});
		expect(said.get('words')).toEqual({code: 0, lines: ['b', 'said']});
		expect([...said.keys()]).toEqual(['text', 'words']);
	});

	it('is cut where it is long', () => {
		const script = probeScript('', [
			{name: 'text', commands: 'seq 3000; echo end'},
			{name: 'line', commands: 'printf %09000d 0'},
		]);
		const {stdout} = spawnSync('/bin/sh', ['-c', script], {encoding: 'utf8'});
		expect(stdout).not.toContain('|2001');
		expect(
			parseSections(stdout)
				.get('line')
				?.lines.map(({length}) => length),
		).toEqual([4000]);
	});
});

describe('the probe of the admin', () => {
	const asked = {
		user: 'root',
		keyId: '',
		configDir: '/etc/istio-proxy',
		package: 'docker.io',
		runtime: 'docker',
	} as const;

	it.each([
		['!', 'no', true],
		['!!', 'no', true],
		['!', 'yes', false],
		['*', 'no', false],
		['!$6$salt$hash', 'no', false],
	])('an account with password %s and UsePAM %s: locked out is %s', (password, usePam, locked) => {
		const stub = (name: string, line: string) => {
			const path = join(folder, name);
			writeFileSync(path, `#!/bin/sh\necho '${line}'\n`, {mode: 0o755});
		};
		stub('getent', `root:${password}:19000:0:99999:7:::`);
		stub('sshd', `UsePAM ${usePam}`);
		const env = {...process.env, PATH: `${folder}:${process.env.PATH}`};
		const {stdout, status} = spawnSync('/bin/sh', ['-c', adminProbeCommand(asked)], {encoding: 'utf8', env});
		expect(status).toBe(0);
		expect(parseAdminProbe(stdout).account).toMatchObject({locked});
	});
});

describe('the probe of a VM', () => {
	const asked = {configDir: '/etc/istio proxy/$(touch x)', runtime: 'docker', image: "a'b"} as const;
	const run = (PATH?: string) => {
		const command =
			PATH === undefined ? probeCommand(asked) : probeCommand(asked).replace(/PATH=\$PATH\S*/, `PATH='${PATH}'`);
		return spawnSync('/bin/sh', ['-c', command], {encoding: 'utf8', cwd: folder});
	};

	it('tells of this machine, and runs nothing of what the cluster wrote', () => {
		const {stdout, stderr, status} = run();
		expect({stderr, status}).toEqual({stderr: '', status: 0});
		const vm = parseProbe(stdout, asked);
		expect(vm.kernel).toBe(process.platform === 'linux' ? 'Linux' : 'Darwin');
		expect(Math.abs(vm.clock - Date.now() / 1000)).toBeLessThan(30);
		expect(vm.configDir).toMatchObject({path: asked.configDir, kind: 'absent'});
		expect(existsSync(join(folder, 'x'))).toBe(false);
	});

	it.skipIf(process.platform !== 'linux')(
		'does without ss, ip, getent, curl, docker, systemctl, timeout and bash',
		() => {
			const {stdout, stderr, status} = run(
				onlyPrograms(
					'sh',
					'sed',
					'cut',
					'cat',
					'uname',
					'id',
					'date',
					'grep',
					'dirname',
					'df',
					'stat',
					'mkdir',
					'hostname',
				),
			);
			expect({stderr, status}).toEqual({stderr: '', status: 0});
			const vm = parseProbe(stdout, asked);
			expect(vm.docker.state).toBe('missing');
			expect(vm.listeners).toBeDefined();
			expect(vm.freeKib.configDir).toBeGreaterThan(0);
		},
	);

	it('writes nothing', () => {
		const inside = {...asked, configDir: join(folder, 'not', 'there')};
		const {stdout} = spawnSync('/bin/sh', ['-c', probeCommand(inside)], {encoding: 'utf8'});
		expect(parseProbe(stdout, inside).configDir).toMatchObject({kind: 'absent', writable: true});
		expect(existsSync(join(folder, 'not'))).toBe(false);
	});
});

describe('letting a key in', () => {
	const key = {id: 'ssh-ed25519 AAAAC3Nza+/=', line: "ssh-ed25519 AAAAC3Nza+/= o'brien $(touch x)"};
	const keys = () => readFileSync(join(folder, '.ssh/authorized_keys'), 'utf8');
	const run = () => {
		// `su -s /bin/sh -c SCRIPT USER`, without becoming another user.
		const bin = join(folder, 'bin');
		mkdirSync(bin, {recursive: true});
		writeFileSync(join(bin, 'su'), '#!/bin/sh\nexec /bin/sh -c "$4"\n', {mode: 0o755});
		return spawnSync('/bin/sh', ['-c', authorizeKey('istio-proxy', key)], {
			encoding: 'utf8',
			cwd: folder,
			env: {PATH: `${bin}:${process.env['PATH']}`, HOME: folder},
		});
	};

	it('makes what is missing, with the modes that sshd wants', () => {
		expect(run()).toMatchObject({status: 0, stderr: ''});
		expect(keys()).toBe(`${key.line}\n`);
		expect(statSync(join(folder, '.ssh')).mode & 0o777).toBe(0o700);
		expect(statSync(join(folder, '.ssh/authorized_keys')).mode & 0o777).toBe(0o600);
		expect(existsSync(join(folder, 'x'))).toBe(false);
	});

	it('keeps other keys, also a last one without a newline, and adds none twice', () => {
		mkdirSync(join(folder, '.ssh'));
		writeFileSync(join(folder, '.ssh/authorized_keys'), '# ssh-ed25519 AAAAC3Nza+/= no longer\nssh-rsa AAAAB3 other');
		run();
		run();
		expect(keys()).toBe(`# ssh-ed25519 AAAAC3Nza+/= no longer\nssh-rsa AAAAB3 other\n${key.line}\n`);
	});

	it('leaves a key with options as its owner wrote it, and mends the modes', () => {
		mkdirSync(join(folder, '.ssh'));
		chmodSync(join(folder, '.ssh'), 0o755);
		const line = `from="10.0.0.0/8" ${key.id} bob\n`;
		writeFileSync(join(folder, '.ssh/authorized_keys'), line, {mode: 0o644});
		run();
		expect(keys()).toBe(line);
		expect(statSync(join(folder, '.ssh')).mode & 0o777).toBe(0o700);
		expect(statSync(join(folder, '.ssh/authorized_keys')).mode & 0o777).toBe(0o600);
	});
});

describe.skipIf(process.platform !== 'linux')('a package manager that outlives its connection', () => {
	const here = (script: string) => script.replaceAll('/run/meshboard', folder);
	const sh = (script: string) => spawnSync('/bin/sh', ['-c', here(script)], {encoding: 'utf8', timeout: 15_000});

	it('is followed from its beginning to its end, with its exit code, as often as is asked', () => {
		expect(sh(startJob('echo one; sleep 1; echo two; printf three; (exit 3)')).status).toBe(0);
		expect(sh(jobRunning).stdout).toBe('yes\n');
		for (const _ of ['first', 'again']) expect(sh(followJob)).toMatchObject({stdout: 'one\ntwo\nthree', status: 3});
		expect(sh(jobRunning).stdout).toBe('');
	});

	it('goes on when those who watch it are killed', () => {
		sh(startJob('sleep 1; echo done'));
		expect(spawnSync('/bin/sh', ['-c', here(followJob)], {timeout: 200, killSignal: 'SIGKILL'}).signal).toBe('SIGKILL');
		expect(sh(followJob)).toMatchObject({stdout: 'done\n', status: 0});
	});

	it('is reported when it vanished', async () => {
		sh(startJob('echo begun; sleep 30'));
		// Only once it says something is it in a session of its own.
		await expect.poll(() => readFileSync(join(folder, 'apt.log'), 'utf8')).toBe('begun\n');
		// The whole session of the job, whose leader's id this is.
		process.kill(-Number(readFileSync(join(folder, 'apt.pid'), 'utf8')), 'SIGKILL');
		const end = sh(followJob);
		expect(end.status).toBe(70);
		expect(end.stdout).toContain('ended before it was done');
	});
});
