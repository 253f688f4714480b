import type {FleetRow} from '../../fleet/row.ts';

export type Filtered = {readonly rows: readonly FleetRow[]; readonly problem: string | undefined};

let last: {rows: readonly FleetRow[]; text: string; filtered: Filtered} | undefined;

/** placeholder until fleet/filter.ts */
export function filterRows(rows: readonly FleetRow[], text: string): Filtered {
	if (last?.rows === rows && last.text === text) return last.filtered;
	const filtered = {rows: text === '' ? rows : rows.filter(({ref}) => ref.includes(text)), problem: undefined};
	last = {rows, text, filtered};
	return filtered;
}
