import {readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {exitCodes, UserError} from '../errors.ts';
import {type ConsentFlags, consent} from './consent.ts';

/** Writes a text to a file, whole or not at all; `-` is standard output. A file that holds something else is replaced only with consent. */
export async function writeText(path: string, text: string, flags: ConsentFlags): Promise<void> {
	if (path === '-') {
		process.stdout.write(text);
		return;
	}
	const before = contentOf(path);
	if (before !== undefined && before !== text) {
		await consent(flags, () => process.stderr.write(`${path} holds something else.\n`), `Replace ${path}?`);
	}
	const part = `${path}.${process.pid}.part`;
	try {
		writeFileSync(part, text);
		renameSync(part, path);
	} catch (error) {
		rmSync(part, {force: true});
		throw unwritable(path, error);
	}
	process.stderr.write(`${path} ${before === undefined ? 'written' : before === text ? 'unchanged' : 'replaced'}\n`);
}

/** A file that the command line names, or standard input for `-`. Throws UserError (exit 65) where it cannot be read. */
export async function readText(path: string): Promise<string> {
	try {
		if (path !== '-') return readFileSync(path, 'utf8');
		const chunks: Uint8Array[] = [];
		for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
		return Buffer.concat(chunks).toString('utf8');
	} catch (error) {
		throw new UserError({
			code: 'file',
			message: `${path} cannot be read: ${wordsOf(error)}.`,
			hint: 'Name a file that is there, or - for standard input.',
			exitCode: exitCodes.badData,
			cause: error,
		});
	}
}

function contentOf(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
		throw unwritable(path, error);
	}
}

function unwritable(path: string, error: unknown): UserError {
	return new UserError({
		code: 'file',
		message: `${path} cannot be written: ${wordsOf(error)}.`,
		hint: 'Name a file in a folder that is there and yours, or - for standard output.',
		exitCode: exitCodes.badData,
		cause: error,
	});
}

function wordsOf(error: unknown): string {
	return error instanceof Error ? (/^[A-Z]+: ([^,]+)/.exec(error.message)?.[1] ?? error.message) : String(error);
}
