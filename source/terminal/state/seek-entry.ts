import type {TargetRef} from '../../mesh/workload-entry.ts';
import {detailWidth} from '../layout.ts';
import {say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** The list at one entry, its detail opened where there is no room for it beside; undefined: it may still come. */
export function seekEntry(ui: Ui, ref: TargetRef, {fleet, size}: World): Ui | undefined {
	const index = fleet.rows.findIndex((row) => row.ref === ref);
	if (index === -1) {
		if (!fleet.complete) return undefined;
		return say(ui, `There is no WorkloadEntry ${ref} in the namespaces that are listed.`, 'warn');
	}
	const detail = detailWidth(size) === 0 ? 0 : undefined;
	return {...ui, fleet: {...ui.fleet, list: {key: ref, index, line: 0}, detail}};
}
