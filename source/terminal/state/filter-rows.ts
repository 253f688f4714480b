import {parseFilter} from '../../fleet/filter.ts';
import type {FleetRow} from '../../fleet/row.ts';

export type Filtered = {readonly rows: readonly FleetRow[]; readonly problem: string | undefined};

type Asked = {readonly rows: readonly FleetRow[]; readonly text: string; readonly namespace: string | undefined};

let last: (Asked & {readonly filtered: Filtered}) | undefined;

/** The rows of a namespace, or of all, that a filter lets through; reckoned once for each list, text and namespace. */
export function filterRows(rows: readonly FleetRow[], text: string, namespace: string | undefined): Filtered {
	if (last?.rows === rows && last.text === text && last.namespace === namespace) return last.filtered;
	const {matches, problem} = parseFilter(text);
	const within = namespace === undefined ? rows : rows.filter(({entry}) => entry.namespace === namespace);
	const filtered = {rows: text === '' ? within : within.filter(matches), problem};
	last = {rows, text, namespace, filtered};
	return filtered;
}
