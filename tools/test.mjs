import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './root.mjs';
import {runVitest} from './vitest.mjs';

/*
 * `npm test`: the checks, and every test that needs no lab; the slowest check goes on beside the tests. `npm test -- WORDS…` runs only the tests
 * whose file names contain one of the words. The last line is `N passed, N failed`; a check counts as one.
 */
/** @type {{name: string, command: [string, ...string[]]}[]} */
const checks = [
	// TypeScript 7 checks in a fifth of the time; the linters need the API of version 6.
	{name: 'types', command: ['../@typescript/native/bin/tsc', '-p', '.']},
	{name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '--diagnostic-level=warn', '.']},
	{name: 'import rules', command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'source', 'cli.tsx']},
	{name: 'dead code', command: ['knip', '--no-progress']},
];
/** @type {typeof checks} */
const slowChecks = [{name: 'typed lint', command: ['eslint', '--max-warnings=0', '.']}];

const words = process.argv.slice(2);
const programs = installPrograms();
const wanted = words.length > 0 ? [] : [checks, slowChecks];
const [quick, slow] = wanted.map(runChecks);
const failedQuick = await quick;
await programs;
const tests = await runVitest(words);
const failedChecks = [...(failedQuick ?? []), ...((await slow) ?? [])];
const passed = tests.passed + wanted.flat().length - failedChecks.length;
const failed = tests.failed + failedChecks.length;
if (failedChecks.length > 0) console.log(`Failed checks: ${failedChecks.join(', ')}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/**
 * Runs checks one after the other.
 * @param {typeof checks} these
 * @returns {Promise<string[]>} the names of those that failed
 */
async function runChecks(these) {
	/** @type {string[]} */
	const failures = [];
	for (const {
		name,
		command: [program, ...words],
	} of these) {
		const started = Date.now();
		const {code, output} = await collect(join(root, 'node_modules', '.bin', program), words);
		console.log(`${code === 0 ? '✓' : '✗'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
		if (code === 0) continue;
		failures.push(name);
		console.log(output);
	}
	return failures;
}

/**
 * The tests of SSH speak to a real sshd of their own on the loopback, those of completion to real shells, those of listening run what VMs have for it, and the screens are looked at inside of tmux, GNU screen and mosh: what is missing is fetched where that can
 * be done, beside the checks and in minutes at most; no service is started. Without it their tests are skipped, with the reason.
 */
async function installPrograms() {
	const programs = {
		'/usr/sbin/sshd': 'openssh-server',
		'/usr/bin/zsh': 'zsh',
		'/usr/bin/fish': 'fish',
		'/usr/bin/socat': 'socat',
		'/usr/bin/nc.openbsd': 'netcat-openbsd',
		'/usr/bin/ncat': 'ncat',
		'/usr/bin/tmux': 'tmux',
		'/usr/bin/screen': 'screen',
		'/usr/bin/mosh-server': 'mosh',
	};
	const missing = () => Object.entries(programs).flatMap(([path, name]) => (existsSync(path) ? [] : [name]));
	const packages = missing().join(' ');
	if (packages === '' || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return;
	console.log(`Installing ${packages} for the tests…`);
	const policy = '/usr/sbin/policy-rc.d';
	const apt =
		'apt-get -q -o Acquire::Retries=0 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15 -o DPkg::Lock::Timeout=60';
	const script = `export DEBIAN_FRONTEND=noninteractive
if [ ! -e ${policy} ]; then trap 'rm -f ${policy}' EXIT; printf '#!/bin/sh\\nexit 101\\n' >${policy}; chmod 755 ${policy}; fi
timeout 60 ${apt} update || exit
for each in ${packages}; do timeout 120 ${apt} install -y --no-install-recommends $each; done`;
	const {output} = await collect('sh', ['-c', script]);
	const left = missing().join(', ');
	if (left !== '') console.log(`Not installed: ${left}; the tests that need them are skipped.\n${output}`);
}

/**
 * @param {string} program
 * @param {string[]} words
 * @returns {Promise<{code: number | null, output: string}>}
 */
function collect(program, words) {
	const child = spawn(program, words, {cwd: root, stdio: ['ignore', 'pipe', 'pipe']});
	/** @type {Buffer[]} */
	const chunks = [];
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
	return new Promise((resolve) => {
		child.on('error', (error) => resolve({code: 1, output: error.message}));
		child.on('close', (code) => resolve({code, output: Buffer.concat(chunks).toString()}));
	});
}
