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

/** The proxy's part has room for so many lines, whatever is known of it yet: else the others would move when it comes. */
const leastOfProxy = 8;

/**
 * How the doctor's screen divides its body, under the line of its verdict: parts side by side, in rows. `causes`: how many there are; `proxy`: how
 * many lines tell of it. What the proxy leaves over is for the evidence.
 */
export function doctorLayout(
	size: Size,
	{pane, lower, zoom}: Pick<DoctorState, 'pane' | 'lower' | 'zoom'>,
	{causes, proxy}: {readonly causes: number; readonly proxy: number},
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
	const below = size.columns < logBeside && lower === 'proxy' ? 1 + Math.max(leastOfProxy, proxy) : body;
	const share = (lines: number, least: number) => Math.max(Math.floor(lines * least), lines - below);
	if (size.columns >= evidenceBeside) {
		const upper = share(body, 0.45);
		const left = Math.floor((width - gutter) * 0.4);
		return [[box('causes', upper, left), box('evidence', upper, width - gutter - left)], under(body - upper)];
	}
	const list = 1 + Math.min(Math.max(1, causes), Math.max(1, Math.floor(body * 0.18)));
	// Where there is little, what to do comes first.
	const middle = share(body - list, 0.6);
	return [[box('causes', list)], [box('evidence', middle)], under(body - list - middle)];
}

/** Where a part is, if it is shown. */
export function boxOf(layout: ReadonlyArray<readonly PaneBox[]>, pane: DoctorPane): PaneBox | undefined {
	return layout.flat().find((box) => box.pane === pane);
}
