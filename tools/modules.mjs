import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {npm} from './node.mjs';
import {root} from './root.mjs';

/**
 * Installs the dependencies when they are missing or not those of package-lock.json. Install scripts never run:
 * nothing here needs one. Runs on Node 20.
 * @param {NodeJS.ProcessEnv} env
 */
export function ensureModules(env) {
	if (areInstalled()) return;
	process.stderr.write('Installing dependencies…\n');
	// Not `npm ci`: it refuses the lock file where the registry lacks a package that only another platform would need.
	npm(env, ['install', '--ignore-scripts', '--no-save']);
}

/** npm writes what it installed, when it is done, into node_modules: compared with what should be, package by package. */
function areInstalled() {
	const wanted = packagesOf(join(root, 'package-lock.json'));
	const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
	return Object.entries(wanted).every(([path, {version, optional}]) => {
		if (path === '') return true;
		const installed = present[path];
		return installed === undefined ? optional === true : installed.version === version;
	});
}

/**
 * @param {string} path
 * @returns {Record<string, {version?: string, optional?: boolean}>}
 */
function packagesOf(path) {
	try {
		return JSON.parse(readFileSync(path, 'utf8')).packages;
	} catch {
		return {};
	}
}
