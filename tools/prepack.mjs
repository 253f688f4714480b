import {readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {root, stop} from './root.mjs';

/*
 * Part of `npm pack`, after the build: takes out of dist/ the chunks of earlier builds, and writes third-party-notices.txt, the licence
 * of every package of which something is in dist/, as esbuild's account of the last build tells.
 */

/** Licences that ask for no more than what the notices do. */
const permissive = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'Unlicense', 'BlueOak-1.0.0', '0BSD'];

const dist = join(root, 'dist');
const needed = loadedFrom(join(dist, 'cli.js'));
for (const name of readdirSync(join(dist, 'chunks'))) {
	const path = join(dist, 'chunks', name);
	if (!needed.has(path)) rmSync(path);
}
const bytes = [...needed].reduce((sum, path) => sum + statSync(path).size, 0);

/** @type {{outputs: Record<string, {inputs: Record<string, unknown>}>}} */
const {outputs} = JSON.parse(readFileSync(join(root, '.tools', 'metafile.json'), 'utf8'));
const folders = new Set(
	Object.values(outputs)
		.flatMap(({inputs}) => Object.keys(inputs))
		.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
		.filter((folder) => folder !== undefined),
);
const notices = [...folders].sort().map(noticeOf);
writeFileSync(
	join(root, 'third-party-notices.txt'),
	`meshboard contains parts of these packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n`)}`,
);
console.log(
	`dist/ has ${(bytes / 1e6).toFixed(1)} MB in ${needed.size} files; third-party-notices.txt names ${notices.length} packages.`,
);

/**
 * A file of the build and all that it may load.
 * @param {string} path
 * @param {Set<string>} found
 * @returns {Set<string>}
 */
function loadedFrom(path, found = new Set()) {
	if (found.has(path)) return found;
	found.add(path);
	for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(/["'](\.\.?\/[\w./-]+\.js)["']/g)) {
		const other = join(dirname(path), name);
		if (other.startsWith(join(dist, 'chunks')) && statSync(other, {throwIfNoEntry: false}) !== undefined)
			loadedFrom(other, found);
	}
	return found;
}

/**
 * Name, version and licence of a package, with every text of a licence or notice in it, or ours where it was left out of the package.
 * @param {string} folder
 * @returns {string}
 */
function noticeOf(folder) {
	const {name, version, license, licenses} = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
	const id = license ?? licenses?.[0]?.type;
	if (!permissive.includes(id)) stop(`${name} ${version} may not go into the package: its licence is ${id}.`);
	const texts = readdirSync(join(root, folder))
		.filter((file) => /^((un)?licen[sc]e|copying|notice)/i.test(file) && !/\.(js|json)$/.test(file))
		.map((file) => join(folder, file));
	const own = join('tools', 'licences', `${name}.txt`);
	if (texts.length === 0 && statSync(join(root, own), {throwIfNoEntry: false}) !== undefined) texts.push(own);
	if (texts.length === 0) stop(`${name} ${version} has no text of its licence: put it into ${own}.`);
	const said = texts.map((file) => readFileSync(join(root, file), 'utf8').trim());
	return `${name} ${version} (${id})\n\n${said.join('\n\n')}\n`;
}
