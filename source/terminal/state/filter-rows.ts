import {parseFilter} from '../../fleet/filter.ts';
import type {FleetRow} from '../../fleet/row.ts';

export type Filtered = {readonly rows: readonly FleetRow[]; readonly problem: string | undefined};

let last: {rows: readonly FleetRow[]; text: string; filtered: Filtered} | undefined;

/** The rows that a filter lets through; reckoned once for each list and text. */
export function filterRows(rows: readonly FleetRow[], text: string): Filtered {
	if (last?.rows === rows && last.text === text) return last.filtered;
	const {matches, problem} = parseFilter(text);
	const filtered = {rows: text === '' ? rows : rows.filter(matches), problem};
	last = {rows, text, filtered};
	return filtered;
}
