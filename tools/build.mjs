import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {root, stop} from './root.mjs';

const output = join(root, 'dist');
const stamp = join(root, '.tools', 'built');
/** All that a build is made of. */
const inputs = ['cli.tsx', 'source', 'package.json', 'package-lock.json', 'tools/build.mjs'];
/** Chunks of an earlier build stay this long: a program that still runs may yet load them. */
const keepMs = 3_600_000;

/** Builds dist/ where the sources are not those of the last build. Runs on Node 20. */
export async function ensureBuild() {
	const state = fingerprint();
	if (isWhole() && read(stamp) === state) return;
	await build();
	writeFileSync(stamp, state);
}

/**
 * Bundles the program into dist/: ESM in chunks, so that each command loads only what it needs.
 * dist/cli.js is written last, so that it never names a chunk that is not there yet.
 */
async function build() {
	const {build: bundle} = await import('esbuild');
	const started = Date.now();
	const {outputFiles, metafile} = await bundle({
		absWorkingDir: root,
		entryPoints: {cli: 'cli.tsx'},
		outdir: output,
		chunkNames: 'chunks/[name]-[hash]',
		bundle: true,
		splitting: true,
		format: 'esm',
		platform: 'node',
		target: 'node22',
		jsx: 'automatic',
		minify: true,
		// ssh2 knows its own classes by their names (lib/utils.js, onCHANNEL_CLOSE).
		keepNames: true,
		// Notices of the packages inside are collected by tools/prepack.mjs.
		legalComments: 'none',
		// React without its development half; Ink without its devtools, whatever the user has in DEV.
		define: {'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"'},
		banner: {js: banner},
		plugins: [stubs],
		metafile: true,
		write: false,
		logLevel: 'warning',
	}).catch(() => stop('meshboard was not built: see above.'));
	const written = new Set(outputFiles.map(({path}) => path));
	for (const {path, contents} of outputFiles.toSorted((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path)))) {
		mkdirSync(dirname(path), {recursive: true});
		writeFileSync(path, contents);
	}
	chmodSync(join(output, 'cli.js'), 0o755);
	for (const path of filesBelow(output)) {
		if (!written.has(path) && Date.now() - statSync(path).mtimeMs > keepMs) rmSync(path);
	}
	mkdirSync(dirname(stamp), {recursive: true});
	writeFileSync(join(dirname(stamp), 'metafile.json'), JSON.stringify(metafile));
	const size = outputFiles.reduce((sum, {contents}) => sum + contents.length, 0);
	process.stderr.write(
		`Built dist/cli.js: ${(size / 1e6).toFixed(1)} MB in ${outputFiles.length} files, ${Date.now() - started} ms.\n`,
	);
}

/** What CommonJS packages expect to find, which ES modules lack (ssh2 reads __dirname as it loads). */
const banner = `import {createRequire as __createRequire} from 'node:module';
import {fileURLToPath as __fileURLToPath} from 'node:url';
const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url), __dirname = __fileURLToPath(new URL('.', import.meta.url));`;

/**
 * Native parts of ssh2, which it does without; what programs of just-bash need that no VM of the sandbox has (xz, zstd, sqlite3, html-to-markdown:
 * native, or under another kind of licence, or large); Ink's devtools, which are for Ink's own developers; and conf's when-exit, which sends
 * every signal to the process once more, so that one ctrl+c would be two. It removes what an asynchronous write leaves: we have none.
 */
const stubs = {
	name: 'stubs',
	/** @param {import('esbuild').PluginBuild} build */
	setup(build) {
		build.onResolve({filter: /^(cpu-features|node-liblzma|@mongodb-js\/zstd|sql\.js|turndown)$|\.node$/}, ({path}) => ({
			path,
			namespace: 'absent',
		}));
		build.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'empty'}));
		build.onLoad({filter: /.*/, namespace: 'absent'}, ({path}) => ({
			contents: `throw new Error('${path} is not part of this build');`,
		}));
		build.onResolve({filter: /^when-exit$/}, ({path}) => ({path, namespace: 'idle'}));
		build.onLoad({filter: /.*/, namespace: 'empty'}, () => ({contents: 'export default {};'}));
		build.onLoad({filter: /.*/, namespace: 'idle'}, () => ({contents: 'export default () => () => {};'}));
	},
};

/** @param {string} path */
function isEntry(path) {
	return path === join(output, 'cli.js');
}

/** Every input with its size and time: changes, additions and removals all show. */
function fingerprint() {
	return inputs
		.flatMap((input) => filesBelow(join(root, input)))
		.map((path) => {
			const {size, mtimeMs} = statSync(path);
			return `${relative(root, path)} ${size} ${mtimeMs}`;
		})
		.join('\n');
}

/**
 * @param {string} path a folder or file
 * @returns {string[]}
 */
function filesBelow(path) {
	if (statSync(path).isFile()) return [path];
	return readdirSync(path, {withFileTypes: true, recursive: true})
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort();
}

function isWhole() {
	return read(join(output, 'cli.js')) !== undefined;
}

/** @param {string} path */
function read(path) {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return undefined;
	}
}
