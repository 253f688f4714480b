import type {TargetRef} from '../../mesh/workload-entry.ts';
import type {Task, Wanted} from '../../onboarding/event.ts';
import {emptyField} from '../input/text-field.ts';
import type {Intent} from '../intent.ts';
import {bodyHeight, fleetRows, usableWidth} from '../layout.ts';
import {detailLines} from '../screens/fleet/detail-lines.ts';
import {defaultGlyphs} from '../theme.ts';
import {listOf, locate, moveBy, scrollBy} from './list-state.ts';
import {shownRows} from './look.ts';
import {isMove, moveOf} from './move-of.ts';
import {openCreate} from './reduce-create.ts';
import {type FleetState, just, open, type Step, say, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** Lines of the table: what the banner and the filter leave. */
export function fleetHeight(ui: Ui, world: World): number {
	const {filter, typing} = ui.fleet;
	return fleetRows(world.size, {banner: world.broken.length > 0, filter: typing || filter.text !== ''});
}

/** The keys of the fleet. */
export function reduceFleet(ui: Ui, intent: Intent, world: World): Step {
	const {fleet} = ui;
	const rows = shownRows(ui, world);
	const list = listOf(rows, ({ref}) => ref, fleet.list.index);
	const height = fleetHeight(ui, world);
	const {index} = locate(fleet.list, list, height);
	const under = rows[index];
	const change = (part: Partial<FleetState>) => just({...ui, fleet: {...fleet, ...part}});
	if (isMove(intent)) {
		const move = moveOf(intent);
		if (fleet.detail === undefined || fleet.typing) return change({list: moveBy(fleet.list, move, list, height)});
		const lines = under === undefined ? [] : detailLines(under, defaultGlyphs, world.now, usableWidth(world.size));
		return change({detail: scrollBy(fleet.detail, move, lines.length, bodyHeight(world.size))});
	}
	switch (intent) {
		case 'fleet.open':
			return change({detail: 0});
		case 'fleet.filter':
			return change({typing: true});
		case 'filter.apply':
			return change({typing: false});
		case 'filter.clear':
			return change({typing: false, filter: emptyField});
		case 'fleet.mark': {
			if (under === undefined) return just(ui);
			const marks = new Set(fleet.marks);
			if (!marks.delete(under.ref)) marks.add(under.ref);
			return change({marks, list: moveBy(fleet.list, 'down', list, height)});
		}
		case 'fleet.mark-all':
			return change({
				marks: toggled(
					fleet.marks,
					rows.map(({ref}) => ref),
				),
			});
		case 'fleet.onboard':
			return planTask(ui, 'onboard', chosenRefs(ui, world));
		case 'fleet.check':
			return planTask(ui, 'check', chosenRefs(ui, world));
		case 'fleet.renew':
			return planTask(ui, 'renew', chosenRefs(ui, world));
		case 'fleet.offboard':
			return planTask(ui, 'offboard', chosenRefs(ui, world));
		case 'create':
			return openCreate(ui, world, index);
		case 'fleet.runs':
			return just(open(ui, 'runs'));
		case 'fleet.resume':
			return just(open(ui, 'broken'));
		case 'back':
			if (fleet.detail !== undefined) return change({detail: undefined});
			if (fleet.filter.text !== '') return change({filter: emptyField});
			if (fleet.marks.size > 0) return change({marks: new Set()});
			return just(say(ui, 'This is the first screen: q quits.'));
		default:
			return just(ui);
	}
}

/** The entries that a key is for: the marked ones that are still there, else the one under the cursor. */
export function chosenRefs(ui: Ui, world: World): readonly TargetRef[] {
	const {marks, list} = ui.fleet;
	if (marks.size > 0) return known(marks, world);
	const rows = shownRows(ui, world);
	const under =
		rows[
			locate(
				list,
				listOf(rows, ({ref}) => ref, list.index),
				fleetHeight(ui, world),
			).index
		];
	return under === undefined ? [] : [under.ref];
}

/** Asks for the plan of some entries and shows its screen. */
export function planTask(ui: Ui, task: Task, refs: readonly TargetRef[]): Step {
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
	};
	const ticket = ui.plan.ticket + 1;
	return {
		ui: open({...ui, plan: {...ui.plan, refs, options, ticket, result: {kind: 'loading'}, top: 0}}, 'plan'),
		effects: [{kind: 'plan', refs, options, ticket}],
	};
}

/** All shown are marked; when they are already, they are unmarked. Marks of hidden entries stay. */
function toggled(marks: ReadonlySet<TargetRef>, refs: readonly TargetRef[]): ReadonlySet<TargetRef> {
	const all = refs.every((ref) => marks.has(ref));
	const next = new Set(marks);
	for (const ref of refs) all ? next.delete(ref) : next.add(ref);
	return next;
}

/** Marked entries that are still there, in the order of the list. */
function known(marks: ReadonlySet<TargetRef>, world: World): readonly TargetRef[] {
	return world.fleet.rows.filter(({ref}) => marks.has(ref)).map(({ref}) => ref);
}
