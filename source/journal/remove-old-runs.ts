import {readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {eventsFile, processFile} from './layout.ts';
import {isAlive} from './process-mark.ts';

const longestDays = 90;
const mostRuns = 200;

/**
 * Removes runs whose last event is older than 90 days, and the oldest beyond 200, the run `current` included in that number.
 * A run whose process is alive stays. What cannot be read or removed is left as it is.
 */
export function removeOldRuns(folder: string, current: string): void {
	const oldest = Date.now() - longestDays * 24 * 60 * 60 * 1000;
	readdirSync(folder)
		.filter((name) => name !== current)
		.map((name) => ({path: join(folder, name), changed: lastChange(join(folder, name))}))
		.sort((a, b) => b.changed - a.changed)
		.filter(({changed}, index) => changed < oldest || index >= mostRuns - 1)
		.filter(({path}) => !isWritten(path))
		.forEach(({path}) => {
			try {
				rmSync(path, {recursive: true, force: true});
			} catch {
				// It stays until somebody may remove it.
			}
		});
}

/** Milliseconds since 1970; now, when it cannot be told, so that nothing unknown is taken for old. */
function lastChange(path: string): number {
	const time = (name: string) => statSync(name, {throwIfNoEntry: false})?.mtimeMs;
	return time(join(path, eventsFile)) ?? time(path) ?? Date.now();
}

function isWritten(path: string): boolean {
	try {
		return isAlive(readFileSync(join(path, processFile), 'utf8'));
	} catch {
		return false;
	}
}
