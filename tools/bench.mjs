import {spawnSync} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './root.mjs';

/*
 * `npm run bench [-- NAMES…]`: runs the measurements of test/bench one after the other, or those whose file names contain
 * one of the words; a number is how much of it, as the file says (`prepare 4`). Each prints what it measured.
 */
const given = process.argv.slice(2);
const amount = given.filter((word) => /^\d+$/.test(word));
const words = given.filter((word) => !amount.includes(word));
const folder = join(root, 'test', 'bench');
const files = readdirSync(folder)
	.filter((name) => /\.tsx?$/.test(name) && (words.length === 0 || words.some((word) => name.includes(word))))
	.sort();
let failed = files.length === 0;
for (const name of files) {
	console.log(`\n${name.replace(/\.tsx?$/, '')}`);
	const {status} = spawnSync(join(root, 'node_modules', '.bin', 'tsx'), [join(folder, name), ...amount], {
		cwd: root,
		stdio: 'inherit',
	});
	failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
