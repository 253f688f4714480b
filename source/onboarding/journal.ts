import type {RunEvent} from './event.ts';

/** Appends to `runs/<id>/`: the events (journal and audit) and a file of output lines for each step. */
export type RunJournal = {
	append(event: RunEvent): void;
	/** A clean, redacted line of a step's output. */
	line(step: string, line: string): void;
	/** Folder of this run. */
	readonly path: string;
	close(): Promise<void>;
};

/** A run as its journal tells it. `alive`: the process that wrote it still runs. */
export type JournalledRun = {
	readonly id: string;
	readonly path: string;
	readonly events: readonly RunEvent[];
	readonly alive: boolean;
};

/** Where runs are kept, so that another sitting can show them and go on with them. */
export type Journal = {
	open(runId: string): RunJournal;
	/** Newest first; damaged last lines (a kill in the middle of a write) are left out. */
	list(): Promise<JournalledRun[]>;
};
