import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'dist', 'cli.js');

/** The packages of which something is loaded when the built program runs with these words. */
function packagesLoaded(...words: string[]): ReadonlySet<string> {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-chunks-'));
	try {
		const list = join(folder, 'loaded');
		const hook = join(folder, 'hook.mjs');
		writeFileSync(
			hook,
			`import {appendFileSync} from 'node:fs';
			import {registerHooks} from 'node:module';
			registerHooks({load: (url, context, next) => (appendFileSync(${JSON.stringify(list)}, url + '\\n'), next(url, context))});`,
		);
		const env = {...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder};
		execFileSync(process.execPath, ['--import', hook, cli, ...words], {env});
		const chunks = readFileSync(list, 'utf8')
			.split('\n')
			.filter((url) => url.startsWith('file:'));
		const {outputs}: {outputs: Record<string, {inputs: Record<string, unknown>}>} = JSON.parse(
			readFileSync(join(root, '.tools', 'metafile.json'), 'utf8'),
		);
		const inputs = chunks.flatMap((url) => Object.keys(outputs[relative(root, fileURLToPath(url))]?.inputs ?? {}));
		return new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
	} finally {
		rmSync(folder, {recursive: true});
	}
}

// `npm test` builds before it tests; vitest alone does not.
test
	.skipIf(!existsSync(cli))
	.each([
		['--version'],
		['--help'],
		['profile', 'list'],
		['info'],
		['completion', 'zsh'],
		['__complete', 'list', '--o'],
		['__complete', 'list', '--context', ''],
	])('%s loads no screen, no cluster, no SSH', (...words) => {
	const packages = packagesLoaded(...words.filter((word) => word !== undefined));
	expect(packages).toContain('commander');
	for (const heavy of ['ink', 'react', '@kubernetes/client-node', 'ssh2', 'just-bash', 'undici']) {
		expect(packages).not.toContain(heavy);
	}
});
