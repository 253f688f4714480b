import pLimit from 'p-limit';

/** Runs at most so many tasks at once; the others wait in order. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** Eight VMs at once keep a package mirror and a terminal busy, and are few enough to watch. */
export const defaultParallel = 8;

export function createLimit(parallel: number): Limit {
	const limit = pLimit(parallel);
	return (task) => limit(task);
}
