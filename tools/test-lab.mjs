import {spawnSync} from 'node:child_process';
import {join} from 'node:path';
import {root, stop} from './root.mjs';
import {runVitest} from './vitest.mjs';

/*
 * `npm run test:lab`: brings the lab up and runs the tests that need it, one after the other: they change this host's
 * networks and share the cluster. The last line is `N passed, N failed`.
 */

/** The exit code that says "could not be run here", neither passed nor failed; as in automake's test suites. */
const notRun = 77;

const lab = join(root, 'test', 'lab', 'cluster');
const check = spawnSync(lab, ['check'], {encoding: 'utf8'});
if (check.status !== 0)
	stop(`The lab tests were not run. ${check.stderr?.trim() || check.error?.message || ''}`, notRun);

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
