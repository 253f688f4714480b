import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {RunEvent} from '../onboarding/event.ts';
import type {JournalledRun} from '../onboarding/journal.ts';
import {eventsFile, processFile} from './layout.ts';
import {parseEvent} from './parse-event.ts';
import {isAlive} from './process-mark.ts';

/**
 * Every run below the folder, newest first. Damaged lines are left out, and runs of which nothing can be read: a journal is
 * never a reason not to start.
 */
export async function listRuns(folder: string): Promise<JournalledRun[]> {
	const names = await readdir(folder).catch(() => []);
	const runs = await Promise.all(names.map((name) => readRun(folder, name)));
	return runs
		.filter((run) => run !== undefined)
		.sort((a, b) => (startOf(b) < startOf(a) ? -1 : startOf(b) > startOf(a) ? 1 : b.id.localeCompare(a.id)));
}

async function readRun(folder: string, id: string): Promise<JournalledRun | undefined> {
	const path = join(folder, id);
	const text = await readFile(join(path, eventsFile), 'utf8').catch(() => '');
	const events = text.split('\n').flatMap((line): readonly RunEvent[] => {
		const event = line === '' ? undefined : parseEvent(line);
		return event === undefined || event.run !== id ? [] : [event];
	});
	if (events.length === 0) return undefined;
	const mark = await readFile(join(path, processFile), 'utf8').catch(() => writerOf(events));
	return {id, path, events, alive: isAlive(mark)};
}

/** The process as the events name it, where its own file is missing. */
function writerOf(events: readonly RunEvent[]): string {
	const last = events.findLast((event) => event.event === 'run.started' || event.event === 'run.resumed');
	return last === undefined ? '' : String(last.pid);
}

/** RFC 3339 in UTC sorts as text. */
function startOf(run: JournalledRun): string {
	return run.events[0]?.time ?? '';
}
