import {changedRows} from '../fleet/changed-rows.ts';
import type {FleetSnapshot} from '../fleet/row.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';

/** Entries that have just changed; the same object until it is others. */
export type Flashes = {
	/** Looks at the list as it is now. */
	see(fleet: FleetSnapshot): ReadonlySet<TargetRef>;
	/** Another list is looked at from now on. */
	forget(): void;
	stop(): void;
};

/** How long a change is shown, in milliseconds: long enough to catch the eye once. */
const flashFor = 1200;

/** Where more change at once, the change of each says nothing: istiod was asked for the first time, or a cluster came back. */
const mostAtOnce = 100;

const none: ReadonlySet<TargetRef> = new Set();

/** Remembers what has changed for a moment; `over` is called when a change need not be shown any more. */
export function createFlashes(over: () => void): Flashes {
	let seen: FleetSnapshot | undefined;
	let fresh = none;
	const timers = new Set<NodeJS.Timeout>();

	function flash(refs: readonly TargetRef[]): void {
		fresh = new Set([...fresh, ...refs]);
		const timer = setTimeout(() => {
			timers.delete(timer);
			// What changed once more meanwhile has flashed already.
			const left = [...fresh].filter((ref) => !refs.includes(ref));
			fresh = left.length === 0 ? none : new Set(left);
			over();
		}, flashFor);
		timer.unref();
		timers.add(timer);
	}

	function forget(): void {
		for (const timer of timers) clearTimeout(timer);
		timers.clear();
		seen = undefined;
		fresh = none;
	}

	return {
		see(fleet) {
			if (seen?.complete === true && seen.rows !== fleet.rows) {
				const changed = changedRows(seen.rows, fleet.rows);
				if (changed.length > 0 && changed.length <= mostAtOnce) flash(changed);
			}
			seen = fleet;
			return fresh;
		},
		forget,
		stop: forget,
	};
}
