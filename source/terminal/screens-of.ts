import type {TargetRef} from '../mesh/workload-entry.ts';
import {tourRows} from './layout.ts';
import type {Size, World} from './state/world.ts';

/** What the guided tour of the demo is about. */
export type Tour = {
	/** The entry whose proxy is found stuck. */
	readonly stuck: TargetRef;
};

/** How a terminal is divided between the screens and the tour. */
export function screensOf(terminal: Size, tour: Tour | undefined, isHidden: boolean): Pick<World, 'size' | 'tour'> {
	if (tour === undefined) return {size: terminal, tour};
	const rows = isHidden ? 0 : tourRows(terminal);
	return {size: {...terminal, rows: terminal.rows - rows}, tour: {...tour, rows}};
}
