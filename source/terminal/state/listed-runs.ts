import type {RunState} from '../../onboarding/run.ts';
import {type Panes, paneGrid, runsLayout} from '../layout.ts';
import {runInFocus} from './look.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** The runs as they are listed: those that failed float up, the others keep the order in which they were started. */
export function listedRuns({runs}: Pick<World, 'runs'>): readonly RunState[] {
	return runs.toSorted((a, b) => Number(b.status === 'failed') - Number(a.status === 'failed'));
}

/** Which of the listed runs stands on the first of `height` lines: the one in focus is always seen. */
export function runsWindow(ui: Ui, world: World, height: number): number {
	const focused = runInFocus(ui, world);
	const listed = listedRuns(world);
	const at = focused === undefined ? 0 : listed.indexOf(focused);
	return Math.min(Math.max(0, at - height + 1), Math.max(0, listed.length - height));
}

/** The panes of the runs screen; zoomed, the one in focus has all the room. */
export function panesOf({runs: {zoom, grid}}: Ui, {size, runs}: World): Panes {
	const {output} = runsLayout(size, runs.length, zoom);
	// No pane stands empty beside or below another.
	const most = zoom || runs.length < 2 ? 1 : runs.length === 2 ? 2 : 4;
	return paneGrid(size, output, most < grid ? most : grid);
}

/** The runs whose output stands in the panes: the one in focus among its neighbours, which keep their places while it moves. */
export function runsInPanes(ui: Ui, world: World): readonly RunState[] {
	const focused = runInFocus(ui, world);
	if (focused === undefined) return [];
	const {columns, rows} = panesOf(ui, world);
	const listed = listedRuns(world);
	const first = Math.floor(listed.indexOf(focused) / (columns * rows)) * columns * rows;
	return listed.slice(first, first + columns * rows);
}
