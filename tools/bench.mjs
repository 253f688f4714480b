import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './root.mjs';

/*
 * `npm run bench [-- NAMES…]`: runs the measurements of test/bench one after the other, or those whose file names contain
 * one of the words. Each prints what it measured.
 */
const words = process.argv.slice(2);
const folder = join(root, 'test', 'bench');
const files = readdirSync(folder)
	.filter((name) => /\.tsx?$/.test(name) && (words.length === 0 || words.some((word) => name.includes(word))))
	.sort();
let failed = files.length === 0;
for (const name of files) {
	console.log(`\n${name.replace(/\.tsx?$/, '')}`);
	const {status} = spawnSync(join(root, 'node_modules', '.bin', 'tsx'), [join(folder, name)], {
		cwd: root,
		stdio: 'inherit',
	});
	failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
