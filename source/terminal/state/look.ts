import {type FleetItem, groupRows} from '../../fleet/groups.ts';
import {orderRows} from '../../fleet/order.ts';
import type {FleetRow} from '../../fleet/row.ts';
import type {RunState} from '../../onboarding/run.ts';
import {causesOf} from './causes.ts';
import {filterRows} from './filter-rows.ts';
import type {FleetState, Ui} from './ui.ts';
import type {World} from './world.ts';

/** The rows of the namespace that the filter lets through. */
export function shownRows({fleet}: Ui, world: World): readonly FleetRow[] {
	return filterRows(world.fleet.rows, fleet.filter.text, fleet.namespace).rows;
}

type Ordered = {
	readonly rows: readonly FleetRow[];
	readonly order: FleetState['order'];
	readonly ordered: readonly FleetRow[];
};
let lastOrdered: Ordered | undefined;

/** The rows in their order; reckoned once for each list, from the one before. */
function orderedRows(ui: Ui, world: World): readonly FleetRow[] {
	const rows = shownRows(ui, world);
	const {order} = ui.fleet;
	if (order === undefined) return rows;
	if (lastOrdered?.rows === rows && lastOrdered.order === order) return lastOrdered.ordered;
	const before = lastOrdered?.order === order ? lastOrdered.ordered : [];
	lastOrdered = {rows, order, ordered: orderRows(rows, order, before)};
	return lastOrdered.ordered;
}

type Grouped = {readonly from: readonly unknown[]; readonly items: readonly FleetItem[]};
let lastGrouped: Grouped | undefined;

/** The lines of the list: rows in their order, under headings where they are grouped; reckoned once for each list. */
export function shownItems(ui: Ui, world: World): readonly FleetItem[] {
	const rows = orderedRows(ui, world);
	const {grouping, folded} = ui.fleet;
	if (grouping === undefined) return rows;
	const causes = grouping === 'cause' ? causesOf(world) : noCauses;
	const from = [rows, grouping, folded, causes];
	if (lastGrouped?.from.every((part, index) => part === from[index]) === true) return lastGrouped.items;
	lastGrouped = {from, items: groupRows(rows, grouping, causes, folded)};
	return lastGrouped.items;
}

const noCauses: ReadonlyMap<string, string> = new Map();

/** The run whose output is shown: the chosen one, else the one that was started first. */
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
