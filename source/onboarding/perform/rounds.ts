import {type Examined, isHealthy} from '../doctor/examination.ts';
import {type FactName, factNames} from '../doctor/facts.ts';

/** Pause after a round, in ms; after one that took longer it is as long as that, so that nobody is asked more than half of the time. */
const shortest = 5000;
/** A proxy with which nothing is wrong is looked at wholly once in so many ms. */
const wholeEvery = 30_000;
/** Counters and istiod's log, which are long, are asked for once in so many ms at most. */
export const liveEvery = 15_000;
/** What is asked of it between: over the connection that stands, and of nobody but the VM. */
const light: readonly FactName[] = ['proxy', 'envoy'];

/**
 * What the next round of a watched proxy asks for: everything while something is wrong, for that is what somebody mends. `wholeAt`:
 * when everything was asked for last, in ms.
 */
export function namesFor(
	examined: Pick<Examined, 'rounds' | 'findings' | 'facts'>,
	wholeAt: number,
	now: number,
): readonly FactName[] {
	return examined.rounds > 0 && isHealthy(examined) && now - wholeAt < wholeEvery ? light : factNames;
}

/** Is a new connection wanted: one that could not be opened, or whose groups were changed since? */
export function connectsAnew({findings}: Pick<Examined, 'findings'>): boolean {
	return findings.some(({id}) => id.startsWith('ssh.') || id === 'vm.docker-group-stale');
}

/** How long to wait after a round that took so many ms, in ms. */
export function pauseAfter(milliseconds: number): number {
	return Math.max(shortest, milliseconds);
}
