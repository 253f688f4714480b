import pLimit from 'p-limit';

/** Runs at most so many tasks at once; the others wait in order. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** Eight VMs at once keep a package mirror and a terminal busy, and are few enough to watch. */
export const defaultParallel = 8;

/** Looking waits for answers and asks little of anybody: more VMs go at once than where something is installed. */
const looksAtOnce = 32;

/** How many VMs are under way at once: what `given` says, else so many as what is done with them allows. */
export function createLimits(given: number | undefined): {readonly changes: Limit; readonly looks: Limit} {
	const changes = createLimit(given ?? defaultParallel);
	return {changes, looks: given === undefined ? createLimit(looksAtOnce) : changes};
}

export function createLimit(parallel: number): Limit {
	const limit = pLimit(parallel);
	return (task) => limit(task);
}
