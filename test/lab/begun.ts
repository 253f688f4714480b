import {spawn} from 'node:child_process';
import {join} from 'node:path';
import type {Meshboard} from './harness.ts';

const program = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

/** Starts a run, as ndjson, and waits until it tells of the step; the run goes on, and may be killed. `ended`: its exit code and all that it said. */
export function begun(home: Meshboard, words: readonly string[], step: string, env: NodeJS.ProcessEnv = {}) {
	const child = spawn(process.execPath, [program, ...words, '-o', 'ndjson'], {
		env: {...home.env, ...env},
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let output = '';
	const ended = new Promise<{code: number | null; output: string}>((resolve) =>
		child.on('close', (code) => resolve({code, output})),
	);
	return new Promise<{readonly child: typeof child; readonly ended: typeof ended}>((resolve, reject) => {
		child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
			output += chunk;
			if (output.includes(`"event":"step.started","step":"${step}"`)) resolve({child, ended});
		});
		void ended.then(({code}) => reject(new Error(`ended with ${code} before ${step}: ${output}`)));
	});
}
