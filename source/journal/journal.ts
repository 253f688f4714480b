import {chmodSync, existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {exitCodes, UserError} from '../errors.ts';
import {makeFolder} from '../make-folder.ts';
import type {Journal, RunJournal} from '../onboarding/journal.ts';
import {openAppendFile} from './append-file.ts';
import {eventsFile, processFile} from './layout.ts';
import {type LineFile, openLineFile} from './line-file.ts';
import {listRuns} from './list-runs.ts';
import {processMark} from './process-mark.ts';
import {removeOldRuns} from './remove-old-runs.ts';

/**
 * Keeps every run below `<stateDir>/runs/<id>/`: `events.jsonl` (journal and audit) and `<step>.log` (output lines), for the owner
 * alone. An event is in the hands of the operating system when `append` returns, so that `kill -9` costs at most the line under
 * way; output lines follow within 100 ms. Throws UserError `config.state-unwritable` when the folder cannot be written.
 */
export function createJournal(stateDir: string): Journal {
	const runs = join(stateDir, 'runs');

	function open(id: string): RunJournal {
		const path = join(runs, safeName(id));
		const isNew = !existsSync(path);
		for (const folder of [stateDir, runs, path]) {
			makeFolder(folder, 0o700);
			// A folder that was there before keeps its mode otherwise, and the umask may take from a new one.
			chmodSync(folder, 0o700);
		}
		if (isNew) removeOldRuns(runs, id);
		writeFileSync(join(path, processFile), `${processMark(process.pid)}\n`, {mode: 0o600});
		const events = openAppendFile(join(path, eventsFile));
		const logs = new Map<string, LineFile>();
		return {
			path,
			append: (event) => explained(path, () => events.write(`${JSON.stringify(event)}\n`)),
			line(step, line) {
				let log = logs.get(step);
				if (log === undefined) {
					log = explained(path, () => openLineFile(join(path, `${safeName(step)}.log`)));
					logs.set(step, log);
				}
				log.write(line);
			},
			async close() {
				for (const log of logs.values()) log.close();
				logs.clear();
				events.close();
			},
		};
	}

	return {open: (id) => explained(runs, () => open(id)), list: () => listRuns(runs)};
}

/** Ids and steps are words of this program; a name from a damaged file must not lead out of the folder. */
function safeName(name: string): string {
	if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw new Error(`not a name for a file: ${JSON.stringify(name)}`);
	return name;
}

function explained<T>(path: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof Error && 'syscall' in error)) throw error;
		throw new UserError({
			code: 'config.state-unwritable',
			message: `The journal in ${path} cannot be written: ${error.message}.`,
			exitCode: exitCodes.configuration,
			hint: 'Free space or correct the rights of that folder, or set XDG_STATE_HOME to another.',
			cause: error,
		});
	}
}
