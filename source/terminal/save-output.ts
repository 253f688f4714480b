import {writeFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import type {RunState} from '../onboarding/run.ts';
import type {OutputView} from '../onboarding/session.ts';

/**
 * Writes the lines of a run that are in memory to `<run id>.log` in the working directory; a file of that name is not overwritten.
 * `missing`: how many older lines are only in the run's own logs.
 */
export async function saveOutput(
	run: RunState,
	output: OutputView,
): Promise<{readonly path: string; readonly lines: number; readonly missing: number}> {
	const lines = output.window(output.dropped, output.length - output.dropped);
	const base = `${run.target}-${run.id}`.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 200);
	for (let attempt = 1; ; attempt += 1) {
		const path = resolve(attempt === 1 ? `${base}.log` : `${base}-${attempt}.log`);
		try {
			await writeFile(path, lines.map((line) => `${line}\n`).join(''), {mode: 0o600, flag: 'wx'});
			return {path, lines: lines.length, missing: output.dropped};
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw saveFault(path, error);
		}
	}
}

function saveFault(path: string, error: unknown): Error {
	return new UserError({
		code: 'save',
		message: `The output cannot be saved to ${path}: ${error instanceof Error ? error.message : String(error)}.`,
		hint: 'Start meshboard in a directory that you may write to.',
		exitCode: exitCodes.someFailed,
		cause: error,
	});
}
