import type {FleetRow} from '../../fleet/row.ts';
import type {RunState} from '../../onboarding/run.ts';
import {filterRows} from './filter-rows.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** The rows of the namespace that the filter lets through. */
export function shownRows({fleet}: Ui, world: World): readonly FleetRow[] {
	return filterRows(world.fleet.rows, fleet.filter.text, fleet.namespace).rows;
}

/** The run whose output is shown: the chosen one, else the first. */
export function runInFocus(ui: Ui, world: World): RunState | undefined {
	return world.runs.find(({id}) => id === ui.runs.focus) ?? world.runs[0];
}

export function isActive(run: RunState): boolean {
	return run.status === 'running';
}

/** Why the plan cannot be started or walked through; undefined when it can. */
export function planIsReady(ui: Ui): string | undefined {
	const {result} = ui.plan;
	if (result.kind === 'loading') return 'The plan is still being made.';
	return result.kind === 'failed' ? 'There is no plan: esc goes back.' : undefined;
}
