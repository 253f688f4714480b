import type {WorkloadEntry} from '../mesh/workload-entry.ts';
import type {EntriesUpdate, ListState} from '../ports.ts';

/** Gathers news of the list, so that ten thousand entries make a few dozen updates. */
export type UpdateBatch = {
	upsert(entry: WorkloadEntry): void;
	remove(key: string): void;
	/** Of the whole list; reported when it differs from the last. */
	status(state: ListState, complete: boolean): void;
	/** Reports what is gathered now. */
	flush(): void;
	/** Nothing is reported any more. */
	close(): void;
};

/** At most 20 updates a second. */
const intervalMs = 50;

/** Key of an entry in the list: `<namespace>/<name>`. */
export function keyOf(entry: {readonly namespace: string; readonly name: string}): string {
	return `${entry.namespace}/${entry.name}`;
}

export function createUpdateBatch(onUpdate: (update: EntriesUpdate) => void): UpdateBatch {
	/** The last news of each key: an entry, or undefined when it is gone. */
	const news = new Map<string, WorkloadEntry | undefined>();
	let state: ListState = {kind: 'connecting'};
	let complete = false;
	let changed = false;
	let timer: NodeJS.Timeout | undefined;
	let closed = false;

	function flush(): void {
		clearTimeout(timer);
		timer = undefined;
		if (closed || !changed) return;
		changed = false;
		const upserted: WorkloadEntry[] = [];
		const removed: string[] = [];
		for (const [key, entry] of news) {
			if (entry === undefined) removed.push(key);
			else upserted.push(entry);
		}
		news.clear();
		onUpdate({upserted, removed, state, complete});
	}

	function later(): void {
		changed = true;
		timer ??= setTimeout(flush, intervalMs);
	}

	return {
		upsert(entry) {
			news.set(keyOf(entry), entry);
			later();
		},
		remove(key) {
			news.set(key, undefined);
			later();
		},
		status(newState, nowComplete) {
			const same = state.kind === newState.kind && reasonOf(state) === reasonOf(newState) && complete === nowComplete;
			if (same) return;
			state = newState;
			complete = nowComplete;
			later();
		},
		flush,
		close() {
			closed = true;
			clearTimeout(timer);
		},
	};
}

function reasonOf(state: ListState): string {
	return 'reason' in state ? state.reason : '';
}
