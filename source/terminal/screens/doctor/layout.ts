import {bodyHeight, usableWidth} from '../../layout.ts';
import type {DoctorPane, DoctorState} from '../../state/doctor-state.ts';
import type {Size} from '../../state/world.ts';

/** A part of the screen; `height`: its lines, under a title of one line. */
export type PaneBox = {readonly pane: DoctorPane; readonly width: number; readonly height: number};

/** From these widths on, causes and evidence, and proxy and log, stand side by side. */
const [evidenceBeside, logBeside] = [100, 150];
/** Below so many lines there is room for one part only. */
const leastForAll = 12;
/** Columns between two parts. */
export const gutter = 2;

/** How the doctor's screen divides its body, under the line of its verdict: parts side by side, in rows. `causes`: how many there are. */
export function doctorLayout(
	size: Size,
	{pane, lower, zoom}: Pick<DoctorState, 'pane' | 'lower' | 'zoom'>,
	causes: number,
): ReadonlyArray<readonly PaneBox[]> {
	const width = usableWidth(size);
	const body = bodyHeight(size) - 1;
	const box = (name: DoctorPane, lines: number, columns = width): PaneBox => ({
		pane: name,
		width: columns,
		height: Math.max(1, lines - 1),
	});
	if (zoom || body < leastForAll) return [[box(pane, body)]];
	const under = (lines: number): readonly PaneBox[] => {
		if (size.columns < logBeside) return [box(lower, lines)];
		const left = Math.floor((width - gutter) * 0.45);
		return [box('proxy', lines, left), box('log', lines, width - gutter - left)];
	};
	if (size.columns >= evidenceBeside) {
		const upper = Math.floor(body * 0.45);
		const left = Math.floor((width - gutter) * 0.4);
		return [[box('causes', upper, left), box('evidence', upper, width - gutter - left)], under(body - upper)];
	}
	const list = 1 + Math.min(Math.max(1, causes), Math.max(1, Math.floor(body * 0.18)));
	const middle = Math.floor((body - list) * 0.45);
	return [[box('causes', list)], [box('evidence', middle)], under(body - list - middle)];
}

/** Where a part is, if it is shown. */
export function boxOf(layout: ReadonlyArray<readonly PaneBox[]>, pane: DoctorPane): PaneBox | undefined {
	return layout.flat().find((box) => box.pane === pane);
}
