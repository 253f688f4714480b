import type {TargetRef, WorkloadEntry} from '../mesh/workload-entry.ts';
import {stateOrder} from './order.ts';
import type {FleetRow} from './row.ts';
import {compareText} from './sorted-rows.ts';

/** What the list can be grouped by. `cause`: the named cause that was found last. */
export const groupings = ['namespace', 'network', 'state', 'cause'] as const;
export type Grouping = (typeof groupings)[number];

/** The heading of a group; `ref` is like that of no entry. */
export type GroupHead = {
	readonly ref: string;
	readonly title: string;
	readonly rows: readonly FleetRow[];
	/** Its rows are not shown. */
	readonly folded: boolean;
};

/** A line of the list. */
export type FleetItem = FleetRow | GroupHead;

export function isHead(item: FleetItem): item is GroupHead {
	return 'rows' in item;
}

/** The entry of a line; undefined for a heading. */
export function entryOf(item: FleetItem | undefined): WorkloadEntry | undefined {
	return item === undefined || isHead(item) ? undefined : item.entry;
}

/** What is known of the entries' causes: ids of findings. */
export type Causes = ReadonlyMap<TargetRef, string>;

/** The rows under headings; in a group they keep their order. Those of whom the group is not known come last. */
export function groupRows(
	rows: readonly FleetRow[],
	by: Grouping,
	causes: Causes,
	folded: ReadonlySet<string>,
): readonly FleetItem[] {
	const groups = new Map<string, FleetRow[]>();
	for (const row of rows) {
		const name = groupOf(row, by, causes);
		const group = groups.get(name);
		if (group === undefined) groups.set(name, [row]);
		else group.push(row);
	}
	const names = [...groups.keys()].sort((a, b) => rank(a, by) - rank(b, by) || compareText(a, b));
	const items: FleetItem[] = [];
	for (const name of names) {
		const own = groups.get(name) ?? [];
		const ref = `${by}/${name}`;
		const isFolded = folded.has(ref);
		items.push({ref, title: `${titles[by]} ${name === '' ? 'not known' : name}`, rows: own, folded: isFolded});
		if (!isFolded) for (const row of own) items.push(row);
	}
	return items;
}

const titles: Readonly<Record<Grouping, string>> = {
	namespace: 'namespace',
	network: 'network',
	state: 'proxy',
	cause: 'cause',
};

function groupOf({ref, entry, proxy}: FleetRow, by: Grouping, causes: Causes): string {
	switch (by) {
		case 'namespace':
			return entry.namespace;
		case 'network':
			return entry.network;
		case 'state':
			return proxy.state;
		case 'cause':
			return causes.get(ref) ?? '';
	}
}

function rank(name: string, by: Grouping): number {
	const states: readonly string[] = stateOrder;
	if (by === 'state') return states.indexOf(name);
	return name === '' ? 1 : 0;
}
