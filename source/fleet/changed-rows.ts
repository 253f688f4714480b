import type {TargetRef} from '../mesh/workload-entry.ts';
import type {FleetRow} from './row.ts';
import {compareRows} from './sorted-rows.ts';

/** The entries that are new, or are not what they were; both lists are sorted as the fleet's are, and rows keep their identity until they change. */
export function changedRows(before: readonly FleetRow[], after: readonly FleetRow[]): readonly TargetRef[] {
	if (before === after) return [];
	const changed: TargetRef[] = [];
	let at = 0;
	for (const row of after) {
		let old = before[at];
		while (old !== undefined && old !== row && compareRows(old, row) < 0) old = before[++at];
		if (old === row) at += 1;
		else changed.push(row.ref);
	}
	return changed;
}
