import type {FleetRow} from './row.ts';
import {compareRows, compareText} from './sorted-rows.ts';

/** The columns that the list can be sorted by, from left to right. */
export const sortColumns = ['namespace', 'name', 'address', 'network', 'serviceAccount', 'proxy', 'age'] as const;
export type SortColumn = (typeof sortColumns)[number];

/** By which column, and whether what would be last comes first. Rows that are equal there keep the order of the list. */
export type FleetOrder = {readonly column: SortColumn; readonly descending: boolean};

/** What needs a look first: the order of proxies' states, of the rows and of their groups. */
export const stateOrder = ['rejected', 'stale', 'unknown', 'absent', 'synced'] as const;

type Compare = (a: FleetRow, b: FleetRow) => number;

const byColumn: Readonly<Record<SortColumn, Compare>> = {
	namespace: (a, b) => compareText(a.entry.namespace, b.entry.namespace),
	name: (a, b) => compareText(a.entry.name, b.entry.name),
	address: (a, b) => compareText(addressKey(a.entry.address), addressKey(b.entry.address)),
	network: (a, b) => compareText(a.entry.network, b.entry.network),
	serviceAccount: (a, b) => compareText(a.entry.serviceAccount, b.entry.serviceAccount),
	proxy: (a, b) => stateOrder.indexOf(a.proxy.state) - stateOrder.indexOf(b.proxy.state),
	// The youngest first, as the column counts. Times of the API server are RFC 3339 in UTC: as texts they have that order.
	age: (a, b) => compareText(b.entry.createdAt, a.entry.createdAt),
};

/** Compares two rows for an order; 0 only for the same entry. */
export function compareBy({column, descending}: FleetOrder): Compare {
	const compare = byColumn[column];
	return descending ? (a, b) => compare(b, a) || compareRows(a, b) : (a, b) => compare(a, b) || compareRows(a, b);
}

/**
 * Rows in an order. `before`: the same rows some news ago, in this order already: then only what is new is sorted, and merged into the rest,
 * since a watch brings one change among ten thousand rows.
 */
export function orderRows(
	rows: readonly FleetRow[],
	order: FleetOrder,
	before: readonly FleetRow[] = [],
): readonly FleetRow[] {
	const compare = compareBy(order);
	const left = new Set(rows);
	const kept = before.filter((row) => left.delete(row));
	const news = [...left].sort(compare);
	if (kept.length === 0) return news;
	const merged: FleetRow[] = [];
	let next = 0;
	for (const row of kept) {
		for (let add = news[next]; add !== undefined && compare(add, row) < 0; add = news[next]) {
			merged.push(add);
			next += 1;
		}
		merged.push(row);
	}
	merged.push(...news.slice(next));
	return merged;
}

/** IPv4 addresses by their numbers, before all others by their letters. */
function addressKey(address: string): string {
	return /^\d+(\.\d+){3}$/.test(address)
		? `0${address.replaceAll(/\d+/g, (octet) => octet.padStart(3, '0'))}`
		: `1${address}`;
}
