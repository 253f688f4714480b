/**
 * Something that is asked for when a proxy is examined: not answered yet, known (`ms` until it was), or not to be had, for a reason that is
 * told. What is unknown decides nothing: a rule that needs it is silent.
 */
export type Fact<T> =
	| {readonly state: 'pending'}
	| {readonly state: 'known'; readonly value: T; readonly ms: number}
	| {readonly state: 'unknown'; readonly reason: string; readonly ms: number};

export const pending = {state: 'pending'} as const;

/** What is known, else undefined. */
export function knownOf<T>(fact: Fact<T>): T | undefined {
	return fact.state === 'known' ? fact.value : undefined;
}
