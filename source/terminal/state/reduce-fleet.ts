import {entryOf, type FleetItem, groupings, isHead} from '../../fleet/groups.ts';
import {type FleetOrder, sortColumns} from '../../fleet/order.ts';
import {refOf, type TargetRef} from '../../mesh/workload-entry.ts';
import type {Task, Wanted} from '../../onboarding/event.ts';
import {keyFor} from '../bindings.ts';
import {emptyField} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight, fleetRows, usableWidth} from '../layout.ts';
import {detailLines} from '../screens/fleet/detail-lines.ts';
import {defaultGlyphs} from '../theme.ts';
import {anchor, listOf, locate, moveBy, scrollBy} from './list-state.ts';
import {shownItems, shownRows} from './look.ts';
import {isMove, moveOf} from './move-of.ts';
import {checkNow} from './open-matrix.ts';
import {openCreate} from './reduce-create.ts';
import {openDoctor} from './reduce-doctor.ts';
import {type FleetState, just, open, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Lines of the table: what the banner and the filter leave. */
export function fleetHeight(ui: Ui, world: World): number {
	return fleetRows(world.size, partsOfFleet(ui, world));
}

/** Lines above the rows: banner, filter, heading. */
export function headOfFleet(ui: Ui, world: World): number {
	const {banner, filter} = partsOfFleet(ui, world);
	return 1 + Number(banner) + Number(filter);
}

function partsOfFleet({fleet: {filter, typing}}: Ui, {broken}: World): {banner: boolean; filter: boolean} {
	return {banner: broken.length > 0, filter: typing || filter.text !== ''};
}

/** The keys of the fleet. */
export function reduceFleet(ui: Ui, intent: Intent, world: World): Step {
	const {fleet} = ui;
	const items = shownItems(ui, world);
	const list = listOf(items, ({ref}) => ref, fleet.list.index);
	const height = fleetHeight(ui, world);
	const under = itemUnder(ui, world);
	const change = (part: Partial<FleetState>) => just({...ui, fleet: {...fleet, ...part}});
	if (isMove(intent)) {
		const move = moveOf(intent);
		if (fleet.detail === undefined || fleet.typing)
			return change({list: moveBy(fleet.list, move, list, height, ui.times)});
		const lines = detailLines(under, defaultGlyphs, world.now, usableWidth(world.size), world.examined);
		return change({detail: scrollBy(fleet.detail, move, lines.length, bodyHeight(world.size), ui.times)});
	}
	switch (intent) {
		case 'fleet.open':
			return under !== undefined && isHead(under)
				? change({folded: toggled(fleet.folded, [under.ref])})
				: change({detail: 0});
		case 'fleet.sort-next':
			return arrange(ui, {order: nextOrder(fleet.order, 1)});
		case 'fleet.sort-previous':
			return arrange(ui, {order: nextOrder(fleet.order, -1)});
		case 'fleet.sort-reverse': {
			const {column, descending} = fleet.order ?? {column: 'namespace', descending: false};
			return arrange(ui, {order: {column, descending: !descending}});
		}
		case 'fleet.group':
			return arrange(ui, {
				grouping: groupings[fleet.grouping === undefined ? 0 : groupings.indexOf(fleet.grouping) + 1],
			});
		case 'fleet.filter':
			return change({typing: true, origin: fleet.list});
		case 'filter.apply':
			return change({typing: false});
		case 'filter.clear':
			return change({typing: false, filter: emptyField, list: fleet.origin});
		case 'fleet.mark': {
			if (under === undefined) return just(ui);
			const at = items.indexOf(under);
			const marked = items.slice(at, at + (ui.times ?? 1)).flatMap(refsOf);
			return change({
				marks: toggled(fleet.marks, marked),
				list: moveBy(fleet.list, 'down', list, height, ui.times),
			});
		}
		case 'fleet.mark-all':
			return change({
				marks: toggled(
					fleet.marks,
					shownRows(ui, world).map(({ref}) => ref),
				),
			});
		case 'fleet.onboard':
			return planTask(ui, 'onboard', chosenRefs(ui, world));
		case 'fleet.check':
			return checkNow(ui, chosenRefs(ui, world));
		case 'fleet.doctor':
			return openDoctor(ui, chosenRefs(ui, world));
		case 'fleet.renew':
			return planTask(ui, 'renew', chosenRefs(ui, world));
		case 'fleet.offboard':
			return planTask(ui, 'offboard', chosenRefs(ui, world));
		case 'fleet.edit':
		case 'fleet.shell': {
			const entry = entryOf(under);
			if (entry === undefined) return just(ui);
			const kind = intent === 'fleet.edit' ? 'edit-entry' : 'open-shell';
			return {ui, effects: [{kind, ref: refOf(entry)}]};
		}
		case 'create':
			return openCreate(ui, world, entryOf(under));
		case 'fleet.runs':
			return just(open(ui, 'runs'));
		case 'fleet.resume':
			return just(open(ui, 'broken'));
		case 'back':
			if (fleet.detail !== undefined) return change({detail: undefined});
			if (fleet.filter.text !== '') return change({filter: emptyField});
			if (fleet.marks.size > 0) return change({marks: new Set()});
			return just(say(ui, `This is the first screen: ${keyFor('quit', world.keymap)} quits.`));
		default:
			return just(ui);
	}
}

/** The entries that a key is for: the marked ones that are still there, else the one under the cursor, or those of the group there. */
export function chosenRefs(ui: Ui, world: World): readonly TargetRef[] {
	if (ui.fleet.marks.size > 0) return known(ui.fleet.marks, world);
	const under = itemUnder(ui, world);
	return under === undefined ? [] : refsOf(under);
}

/**
 * The cursor as it stands on the screen after a key, whatever became of the list by that: from there on news leaves it with its entry, on
 * its line.
 */
export function anchorFleet(ui: Ui, world: World): Ui {
	const items = shownItems(ui, world);
	const {list} = ui.fleet;
	const anchored = anchor(
		list,
		listOf(items, ({ref}) => ref, list.index),
		fleetHeight(ui, world),
	);
	const same = anchored.key === list.key && anchored.index === list.index && anchored.line === list.line;
	return same ? ui : {...ui, fleet: {...ui.fleet, list: anchored}};
}

/** The list in another order or grouping, and a sentence of it. */
export function arrange(ui: Ui, part: Partial<FleetState>): Step {
	const next = {...ui, fleet: {...ui.fleet, ...part}};
	return just(say(next, arrangementOf(next.fleet)));
}

/** A narrow screen may not have the column that is sorted by. */
function arrangementOf({order, grouping}: FleetState): string {
	const sorted =
		order === undefined
			? 'Sorted as listed, by namespace and name'
			: `Sorted by ${order.column}${order.descending ? ', the other way round' : ''}`;
	return grouping === undefined ? `${sorted}.` : `${sorted}; grouped by ${grouping}.`;
}

/** The line under the cursor of the list. */
export function itemUnder(ui: Ui, world: World): FleetItem | undefined {
	const items = shownItems(ui, world);
	const {list} = ui.fleet;
	return items[
		locate(
			list,
			listOf(items, ({ref}) => ref, list.index),
			fleetHeight(ui, world),
		).index
	];
}

/** A heading stands for the entries under it. */
function refsOf(item: FleetItem): readonly TargetRef[] {
	return isHead(item) ? item.rows.map(({ref}) => ref) : [item.ref];
}

/** The columns in turn, each from its beginning; before the first and after the last the order is that of the list. */
function nextOrder(order: FleetOrder | undefined, by: 1 | -1): FleetOrder | undefined {
	const at = order === undefined ? -1 : sortColumns.indexOf(order.column);
	const places = sortColumns.length + 1;
	const column = sortColumns[((at + 1 + by + places) % places) - 1];
	return column === undefined ? undefined : {column, descending: false};
}

/** Asks for the plan of some entries and shows its screen. */
export function planTask(ui: Ui, task: Task, refs: readonly TargetRef[], more: Partial<Wanted> = {}): Step {
	if (refs.length === 0) {
		const why =
			ui.fleet.marks.size > 0 ? 'None of the marked entries is there any more.' : 'There is no entry to choose.';
		return just(say(ui, why, 'warn'));
	}
	const options: Wanted = {
		task,
		prepare: task === 'onboard' && ui.plan.prepare,
		force: false,
		...(task === 'offboard' ? {deleteEntry: false} : {}),
		...more,
	};
	const ticket = ui.plan.ticket + 1;
	return {
		ui: open({...ui, plan: {...ui.plan, refs, options, ticket, result: {kind: 'loading'}, top: 0}}, 'plan'),
		effects: [{kind: 'plan', refs, options, ticket}],
	};
}

/** All are in the set; when they are already, none is. What else is in it stays: marks of hidden entries too. */
function toggled(marks: ReadonlySet<string>, refs: readonly string[]): ReadonlySet<string> {
	const all = refs.every((ref) => marks.has(ref));
	const next = new Set(marks);
	for (const ref of refs) all ? next.delete(ref) : next.add(ref);
	return next;
}

/** Marked entries that are still there, in the order of the list. */
function known(marks: ReadonlySet<TargetRef>, world: World): readonly TargetRef[] {
	return world.fleet.rows.filter(({ref}) => marks.has(ref)).map(({ref}) => ref);
}
