import type {Grid} from './state/ui.ts';
import type {Size} from './state/world.ts';

/** Below this the screens cannot be read; a notice stands there instead. */
export const smallest: Size = {columns: 40, rows: 10};

/** From this width on, the detail of an entry stands beside the list. */
const besideFrom = 120;

/** From this width on, the YAML stands beside the form. */
const yamlFrom = 100;

/** From this height on, the tour stands under the screens, and from this width on it is one line. */
const roomyFrom = 16;
const oneLineFrom = 80;

/** The last column stays empty: a glyph that a terminal draws wider than we count would wrap the line. */
export function usableWidth(size: Size): number {
	return size.columns - 1;
}

/** Lines between the title and the footer. */
export function bodyHeight(size: Size): number {
	return Math.max(1, size.rows - 2);
}

/** Lines that the tour takes of a terminal: one, or two where it is narrow; none where every line counts. */
export function tourRows({columns, rows}: Size): number {
	if (rows < roomyFrom) return 0;
	return columns < oneLineFrom ? 2 : 1;
}

/** Columns of the detail beside the list; 0 where there is no room. */
export function detailWidth(size: Size): number {
	return size.columns < besideFrom ? 0 : Math.min(70, Math.floor(size.columns * 0.36));
}

/** Columns of the YAML beside the form of the create screen; 0 where there is no room. */
export function yamlWidth(size: Size): number {
	return size.columns < yamlFrom ? 0 : Math.floor(size.columns * 0.46);
}

/** Lines of the fleet's body that are not rows: the header, the banner, the filter. */
export function fleetRows(size: Size, parts: {banner: boolean; filter: boolean}): number {
	return Math.max(1, bodyHeight(size) - 1 - (parts.banner ? 1 : 0) - (parts.filter ? 1 : 0));
}

/** How the runs screen divides its body: lines of the list (with its heading), and lines of output under their title. */
export function runsLayout(size: Size, runs: number, zoom: boolean): {readonly list: number; readonly output: number} {
	const body = bodyHeight(size);
	if (zoom) return {list: 0, output: body - 1};
	const list = Math.min(runs, Math.max(2, Math.floor((body - 2) * 0.45)));
	return {list, output: Math.max(1, body - 2 - list)};
}

/**
 * How the matrix divides its body: lines of the table under its two headings, and of the detail under its title. `longest`: of the details, which
 * need no more room; so the table stays where it is while the cursor moves.
 */
export function matrixLayout(
	size: Size,
	{lines, longest}: {readonly lines: number; readonly longest: number},
	zoom: boolean,
): {readonly table: number; readonly detail: number} {
	const body = bodyHeight(size);
	if (zoom) return {table: 0, detail: Math.max(1, body - 1)};
	const most = Math.max(Math.ceil((body - 3) * 0.6), body - 3 - longest);
	const table = Math.max(1, Math.min(lines, most));
	return {table, detail: Math.max(1, body - 3 - table)};
}

/** Panes of output, side by side and below each other; `width` and `height` of one, the height without its title. */
export type Panes = {
	readonly columns: number;
	readonly rows: number;
	readonly width: number;
	readonly height: number;
};

/** A pane that is smaller shows nothing of use. */
const smallestPane = {width: 38, height: 3};

/** The panes below the list: as many as are wanted, or as have room. Two stand side by side where they can. */
export function paneGrid(size: Size, output: number, wanted: Grid): Panes {
	const grids = [
		{panes: 4, columns: 2, rows: 2},
		{panes: 2, columns: 2, rows: 1},
		{panes: 2, columns: 1, rows: 2},
	].map(({panes, columns, rows}) => ({
		panes,
		columns,
		rows,
		width: Math.floor((usableWidth(size) - (columns - 1)) / columns),
		height: Math.floor((output + 1) / rows) - 1,
	}));
	const {width, height} = smallestPane;
	return (
		grids.find((grid) => grid.panes <= wanted && grid.width >= width && grid.height >= height) ?? {
			columns: 1,
			rows: 1,
			width: usableWidth(size),
			height: output,
		}
	);
}

/** True when the screens cannot be drawn in a readable way. */
export function isTooSmall(size: Size): boolean {
	return size.columns < smallest.columns || size.rows < smallest.rows;
}
