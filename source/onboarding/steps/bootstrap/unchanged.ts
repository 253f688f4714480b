import type {Facts, Outcome} from '../../step.ts';

/** The outcome of the steps that follow a comparison without a difference. */
export const unchanged: Outcome = {status: 'skipped', detail: 'unchanged'};

/** Is this file of the bundle to be written? All are, where nobody has compared. */
export function isStale({stale}: Facts, name: string): boolean {
	return stale?.includes(name) ?? true;
}

export function asksForToken(facts: Facts): boolean {
	return isStale(facts, 'istio-token');
}
