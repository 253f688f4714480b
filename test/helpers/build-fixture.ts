import {fileURLToPath} from 'node:url';
import {build} from 'esbuild';

/**
 * Builds the fixture of the terminal tests into one file, since tsx would take its time at each start; returns its path.
 * It lies inside of the project, where its packages are found.
 */
export async function buildFixture(): Promise<string> {
	const outfile = fileURLToPath(
		new URL(`../../node_modules/.cache/terminal-fixture-${process.pid}.mjs`, import.meta.url),
	);
	await build({
		entryPoints: [fileURLToPath(new URL('../terminal/fixture-app.tsx', import.meta.url))],
		outfile,
		bundle: true,
		packages: 'external',
		platform: 'node',
		format: 'esm',
		jsx: 'automatic',
		logLevel: 'error',
	});
	return outfile;
}
