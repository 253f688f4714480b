import {execFile} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {promisify} from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const call = promisify(execFile);

/** What `npm pack` says of what it made. */
export type Packed = {
	readonly path: string;
	readonly size: number;
	readonly unpackedSize: number;
	readonly files: readonly string[];
};

/** The package as a user gets it, installed for all into an empty prefix, without a registry; with what it is told to run. */
export type Installed = {
	readonly packed: Packed;
	readonly prefix: string;
	/** Runs the program by its name, as a shell finds it, with this folder of a Node first on the PATH; rejects unless it ends with 0. */
	run(words: readonly string[], node?: string): Promise<{readonly stdout: string; readonly stderr: string}>;
	remove(): void;
};

/** Packs this project and installs it: `npm pack`, `npm install --global`. Takes some seconds. */
export async function installPackage(): Promise<Installed> {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-package-'));
	const home = join(folder, 'home');
	mkdirSync(home);
	const {
		CI: _ci,
		MESHBOARD_PROFILE: _profile,
		KUBECONFIG: _kubeconfig,
		SSH_AUTH_SOCK: _agent,
		...inherited
	} = process.env;
	const env = {...inherited, HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home};
	const npm = (...words: string[]) =>
		call('npm', [...words, '--no-audit', '--no-fund'], {cwd: root, env: process.env, maxBuffer: 1e7});
	const {stdout} = await npm('pack', '--json', '--foreground-scripts=false', '--pack-destination', folder);
	const [made] = JSON.parse(stdout) as Array<{
		filename: string;
		size: number;
		unpackedSize: number;
		files: Array<{path: string}>;
	}>;
	if (made === undefined) throw new Error(`npm pack made nothing: ${stdout}`);
	const path = join(folder, made.filename);
	const prefix = join(folder, 'prefix');
	await npm('install', '--global', '--prefix', prefix, '--offline', path);
	return {
		packed: {path, size: made.size, unpackedSize: made.unpackedSize, files: made.files.map((file) => file.path)},
		prefix,
		run: (words, node = dirname(process.execPath)) =>
			call('meshboard', [...words], {
				cwd: home,
				env: {...env, PATH: [join(prefix, 'bin'), node, '/usr/bin', '/bin'].join(delimiter)},
				maxBuffer: 1e7,
				timeout: 120_000,
			}),
		remove: () => rmSync(folder, {recursive: true, force: true}),
	};
}
