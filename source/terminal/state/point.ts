import type {MouseEvent} from '../input/mouse-reports.ts';
import type {Intent} from '../intent.ts';
import {runsLayout} from '../layout.ts';
import {gutter} from '../screens/doctor/layout.ts';
import {doctorBoxes} from './doctor-boxes.ts';
import {doctorItems} from './doctor-items.ts';
import {focusOf} from './focus.ts';
import {type ListSource, type ListState, listOf, pointAt} from './list-state.ts';
import {listedRuns, panesOf, runsInPanes, runsWindow} from './listed-runs.ts';
import {shownItems} from './look.ts';
import {matrixBoxes} from './matrix-boxes.ts';
import {linesOfRows, matrixRows, topOfTable} from './matrix-rows.ts';
import {act} from './press.ts';
import {brokenHeight} from './reduce-broken.ts';
import {toPane} from './reduce-doctor.ts';
import {anchorFleet, fleetHeight, headOfFleet} from './reduce-fleet.ts';
import {profilesHeight} from './reduce-profiles.ts';
import {just, type Step, screenOf, type Ui} from './ui.ts';
import type {World} from './world.ts';

/** So many lines a turn of the wheel moves, as the arrow keys that a terminal sends for it. */
const turn = 3;

/** What lies under the pointer: the state after a click on it, where the wheel acts and what it moves, and what a second click opens. */
type Spot = {
	readonly ui: Ui;
	/** The part of the screen in focus, but nothing in it chosen. */
	readonly over: Ui;
	readonly moves: readonly [up: Intent, down: Intent];
	/** Undefined: nothing that a click could choose. */
	readonly key?: string;
	readonly opens?: Intent;
};

const lists = ['move.up', 'move.down'] as const;
const outputs = ['output.up', 'output.down'] as const;

/** What the mouse does: a click chooses, a second one on the same opens, the wheel moves. Pure, as `press`; while something is typed or asked it does nothing. */
export function point(before: Ui, event: MouseEvent, world: World): Step {
	const step = pointTo(before, event, world);
	return screenOf(step.ui) === 'fleet' ? {...step, ui: anchorFleet(step.ui, world)} : step;
}

function pointTo(before: Ui, {kind, column, row}: MouseEvent, world: World): Step {
	const {areas} = focusOf(before, world);
	if (!areas.includes('lists') && !areas.includes('runs')) return just(before);
	const ui = {...before, notice: undefined, pending: undefined, times: undefined, clicked: undefined};
	// The first line is the title.
	const spot = ui.help === undefined ? spotAt(ui, world, row - 1, column) : {ui, over: ui, moves: lists};
	if (kind !== 'click') {
		const intent = spot.moves[kind === 'wheel-up' ? 0 : 1];
		return Array.from({length: turn}).reduce((step: Step) => act(step.ui, intent, world), just(spot.over));
	}
	if (spot.key === undefined) return just(spot.ui);
	if (before.clicked !== spot.key || spot.opens === undefined) return just({...spot.ui, clicked: spot.key});
	return act(spot.ui, spot.opens, world);
}

function spotAt(ui: Ui, world: World, line: number, column: number): Spot {
	const nothing = {ui, over: ui, moves: lists};
	const onList = (
		list: ListState,
		source: ListSource,
		{head, height}: {readonly head: number; readonly height: number},
		put: (list: ListState) => Ui,
		opens?: Intent,
	): Spot => {
		const there = pointAt(list, line - head, source, height);
		return there?.key === undefined ? nothing : {...nothing, ui: put(there), key: there.key, opens};
	};
	switch (screenOf(ui)) {
		case 'fleet': {
			const {fleet} = ui;
			if (fleet.detail !== undefined) return nothing;
			const source = listOf(shownItems(ui, world), ({ref}) => ref, fleet.list.index);
			const put = (list: ListState): Ui => ({...ui, fleet: {...fleet, list}});
			return onList(
				fleet.list,
				source,
				{head: headOfFleet(ui, world), height: fleetHeight(ui, world)},
				put,
				'fleet.open',
			);
		}
		case 'runs':
			return spotOfRuns(ui, world, line, column);
		case 'matrix':
			return spotOfMatrix(ui, world, line);
		case 'doctor':
			return spotOfDoctor(ui, world, line, column);
		case 'profiles': {
			const {profiles} = ui;
			const source = listOf(world.profiles, ({name}) => name, profiles.list.index);
			const put = (list: ListState): Ui => ({...ui, profiles: {...profiles, list}});
			return onList(profiles.list, source, {head: 1, height: profilesHeight(world)}, put, 'profiles.edit');
		}
		case 'broken': {
			const source = listOf(world.broken, ({id}) => id, ui.broken.index);
			return onList(ui.broken, source, {head: 2, height: brokenHeight(world)}, (broken) => ({...ui, broken}));
		}
		default:
			return nothing;
	}
}

function spotOfRuns(ui: Ui, world: World, line: number, column: number): Spot {
	const layout = runsLayout(world.size, world.runs.length, ui.runs.zoom);
	// Under the heading of the list, unless one pane has all the room.
	const head = layout.list === 0 ? 0 : 1;
	if (line < head + layout.list) {
		const run = line < head ? undefined : listedRuns(world)[runsWindow(ui, world, layout.list) + line - head];
		const moves = ['runs.previous', 'runs.next'] as const;
		if (run === undefined) return {ui, over: ui, moves};
		return {ui: {...ui, runs: {...ui.runs, focus: run.id}}, over: ui, moves, key: run.id, opens: 'runs.open'};
	}
	const {columns, width, height} = panesOf(ui, world);
	const beside = columns === 2 && column > width ? 1 : 0;
	const run = runsInPanes(ui, world)[Math.floor((line - head - layout.list) / (height + 1)) * columns + beside];
	if (run === undefined) return {ui, over: ui, moves: outputs};
	const there = {...ui, runs: {...ui.runs, focus: run.id}};
	return {ui: there, over: there, moves: outputs, key: `output ${run.id}`, opens: 'output.zoom'};
}

function spotOfMatrix(ui: Ui, world: World, line: number): Spot {
	const {matrix} = ui;
	const rows = matrixRows(ui, world);
	const {table} = matrixBoxes(ui, world);
	const nothing = {ui, over: ui, moves: lists};
	const at = line - 2;
	if (at < 0 || at >= table) return nothing;
	const lines = linesOfRows(rows);
	const index = lines.indexOf(topOfTable(ui, world, table) + at);
	const row = rows[index];
	if (row === undefined) return nothing;
	const list = {key: row.key, index, line: 0};
	return {...nothing, ui: {...ui, matrix: {...matrix, list, top: 0}}, key: row.key, opens: 'matrix.steps'};
}

function spotOfDoctor(ui: Ui, world: World, line: number, column: number): Spot {
	const items = doctorItems(ui, world);
	// Under the line of the verdict.
	let top = 1;
	for (const boxes of doctorBoxes(ui, world)) {
		const height = boxes[0]?.height ?? 0;
		if (line >= top && line <= top + height) {
			let left = 0;
			const box = boxes.find(({width}) => {
				left += width + gutter;
				return column < left;
			});
			if (box === undefined) break;
			const there = toPane(ui, box.pane);
			const spot = {ui: there, over: there, moves: lists, key: box.pane, opens: 'doctor.zoom'} as const;
			if (box.pane !== 'causes') return spot;
			const {list} = ui.doctor;
			const chosen = pointAt(
				list,
				line - top - 1,
				listOf(items, ({key}) => key, list.index),
				box.height,
			);
			if (chosen?.key === undefined) return spot;
			const doctor = {...there.doctor, list: chosen, tops: {...there.doctor.tops, evidence: 0}};
			return {...spot, ui: {...there, doctor}, key: chosen.key};
		}
		top += height + 1;
	}
	return {ui, over: ui, moves: lists};
}
