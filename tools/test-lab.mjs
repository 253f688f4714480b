import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {root, stop} from './root.mjs';
import {runVitest} from './vitest.mjs';

/*
 * `npm run test:lab`: brings the lab up and runs the tests that need it, one after the other: they change this host's
 * networks and share the cluster. The last line is `N passed, N failed`.
 */

/** The exit code that says "could not be run here", neither passed nor failed; as in automake's test suites. */
const notRun = 77;

const obstacle = whatIsMissing();
if (obstacle !== undefined) stop(`The lab tests were not run: ${obstacle}`, notRun);

const lab = join(root, 'test', 'lab', 'cluster');
console.log('Bringing the lab up (the first time on a machine it is built for about 25 minutes)…');
const {status} = spawnSync(lab, ['up'], {stdio: ['ignore', 'inherit', 'inherit']});
if (status !== 0) {
	console.log('The lab did not come up: see above.');
	console.log('0 passed, 1 failed');
	process.exit(1);
}
const {passed, failed} = await runVitest(['--config', 'vitest.lab.config.ts', ...process.argv.slice(2)]);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/** @returns {string | undefined} a sentence */
function whatIsMissing() {
	if (process.platform !== 'linux' || process.arch !== 'x64') return 'the lab needs Linux on x86-64.';
	if (!existsSync('/etc/debian_version')) return 'the lab needs Debian: it installs its parts with apt-get.';
	if (process.getuid?.() !== 0) return 'the lab needs root, for networks, containers and mounts of its own.';
	if (!hasCapabilities())
		return 'the lab needs the rights to administer network and mounts (CAP_NET_ADMIN, CAP_SYS_ADMIN), which root lacks here.';
	if (spawnSync('go', ['version']).status !== 0)
		return 'the lab needs Go 1.26 or newer on the PATH, to build Kubernetes and istiod.';
	return undefined;
}

/** Root of a container may lack what the root of a machine has. */
function hasCapabilities() {
	const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
	const [netAdmin, sysAdmin] = [12n, 21n];
	return [netAdmin, sysAdmin].every((bit) => (BigInt(`0x${effective}`) >> bit) & 1n);
}
