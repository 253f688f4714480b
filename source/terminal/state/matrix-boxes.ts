import {matrixLayout, usableWidth} from '../layout.ts';
import {wayDetail} from '../screens/matrix/way-detail.ts';
import {defaultGlyphs} from '../theme.ts';
import {type MatrixRow, matrixRows, tableHeight} from './matrix-rows.ts';
import type {MatrixState} from './matrix-state.ts';
import type {Ui} from './ui.ts';
import type {World} from './world.ts';

/** Where the table of the matrix and its detail are, by what there is to show. */
export function matrixBoxes(ui: Ui, world: World): {readonly table: number; readonly detail: number} {
	const rows = matrixRows(ui, world);
	const longest = longestDetail(rows, ui.matrix, usableWidth(world.size));
	return matrixLayout(world.size, {lines: tableHeight(rows), longest}, ui.matrix.zoom);
}

let last: {seen: MatrixState['seen']; tool: string | undefined; width: number; lines: number} | undefined;

/** Lines of the longest detail; reckoned once for each news. */
function longestDetail(rows: readonly MatrixRow[], {seen, tool}: MatrixState, width: number): number {
	if (last?.seen === seen && last.tool === tool && last.width === width) return last.lines;
	const lines = Math.max(0, ...rows.map((row) => wayDetail(row, tool, defaultGlyphs, width).length));
	last = {seen, tool, width, lines};
	return lines;
}
