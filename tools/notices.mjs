import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './root.mjs';

/*
 * Writes third-party-notices.txt for the published package: the licence of every package of which something is in dist/,
 * as esbuild's account of the last build tells. Part of `npm pack`.
 */
/** @type {{outputs: Record<string, {inputs: Record<string, unknown>}>}} */
const {outputs} = JSON.parse(readFileSync(join(root, '.tools', 'metafile.json'), 'utf8'));
const folders = new Set(
	Object.values(outputs)
		.flatMap(({inputs}) => Object.keys(inputs))
		.map((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0])
		.filter((folder) => folder !== undefined),
);
const notices = [...folders].sort().map((folder) => {
	const {name, version, license, licenses} = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
	const file = readdirSync(join(root, folder)).find(
		(name) => /^(licen[sc]e|copying)/i.test(name) && !/\.(js|json)$/.test(name),
	);
	const text = file === undefined ? '' : `\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
	return `${name} ${version} (${license ?? licenses?.[0]?.type ?? 'see below'})\n${text}`;
});
writeFileSync(
	join(root, 'third-party-notices.txt'),
	`meshboard contains parts of these packages.\n\n${notices.join(`\n${'-'.repeat(80)}\n`)}`,
);
console.log(`third-party-notices.txt names ${notices.length} packages.`);
