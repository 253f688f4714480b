import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {root} from './root.mjs';

/**
 * Runs vitest with its usual report, and counts. A file that cannot be loaded, and an error outside of any test, count as failed.
 * A snapshot that is missing fails too: `npx vitest -u` writes it.
 * @param {string[]} words further arguments: filters, or `--config FILE`
 * @returns {Promise<{passed: number, failed: number}>}
 */
export async function runVitest(words) {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-test-'));
	const report = join(folder, 'report.json');
	// Ink draws nothing before the end where it sees CI, even an empty one.
	const {CI: _ci, CONTINUOUS_INTEGRATION: _continuous, ...env} = process.env;
	const child = spawn(
		join(root, 'node_modules', '.bin', 'vitest'),
		['run', '--update=none', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...words],
		{cwd: root, env, stdio: ['ignore', 'inherit', 'inherit']},
	);
	const code = await new Promise((resolve) => child.on('close', resolve));
	const {numPassedTests: passed, numFailedTests, testResults} = read(report);
	rmSync(folder, {recursive: true});
	const unloaded = testResults.filter(
		({status, assertionResults}) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
	).length;
	const failed = numFailedTests + unloaded;
	return {passed, failed: code !== 0 && failed === 0 ? 1 : failed};
}

/**
 * @typedef {{status: string, assertionResults: {status: string}[]}} FileResult
 * @param {string} path
 * @returns {{numPassedTests: number, numFailedTests: number, testResults: FileResult[]}}
 */
function read(path) {
	try {
		return JSON.parse(readFileSync(path, 'utf8'));
	} catch {
		return {numPassedTests: 0, numFailedTests: 0, testResults: []};
	}
}
