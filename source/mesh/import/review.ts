import {type DraftFault, said} from '../build/draft.ts';
import {buildEntry, type EntryDraft, type EntryField} from '../build/entry.ts';
import type {KubernetesObject} from '../kubernetes-object.ts';
import {refOf, type WorkloadEntry} from '../workload-entry.ts';
import type {Imported} from './imported.ts';

/** A row with its entry and what speaks against it; without faults and doubles it can be applied. */
export type ReviewedRow = {
	readonly source: string;
	readonly ref: string;
	readonly draft: EntryDraft;
	readonly object: KubernetesObject;
	readonly faults: readonly DraftFault<EntryField>[];
	/** Others with the same name or the same address in the same network, told for people. */
	readonly doubled: readonly string[];
};

/** Looks at all rows together. `existing`: the entries of the cluster, as far as they can be read. */
export function review(
	rows: ReadonlyArray<{readonly row: Imported; readonly draft: EntryDraft}>,
	existing: readonly WorkloadEntry[],
): readonly ReviewedRow[] {
	const built = rows.map(({row, draft}) => {
		const {object, faults} = buildEntry(draft);
		const {name, namespace = ''} = object.metadata;
		return {source: row.source, ref: refOf({name, namespace}), place: placeOf(draft), draft, object, faults};
	});
	const names = indexesBy(built, ({draft, ref}) => (said(draft, 'name') === '' ? '' : ref));
	const places = indexesBy(built, ({place}) => place);
	const kept = new Map<string, string[]>();
	for (const entry of existing) {
		const place = placeOf({address: entry.address, network: entry.network});
		if (place !== '') kept.set(place, [...(kept.get(place) ?? []), refOf(entry)]);
	}
	return built.map(({place, ...row}, index) => {
		const named = others(names.get(row.ref) ?? [], index, (at) => built[at]?.source ?? '');
		const placed = others(places.get(place) ?? [], index, (at) => built[at]?.source ?? '');
		const inCluster = others(
			(kept.get(place) ?? []).filter((ref) => ref !== row.ref),
			undefined,
			(ref) => ref,
		);
		return {
			...row,
			doubled: [
				...(named === '' ? [] : [`same name as ${named}`]),
				...(placed === '' ? [] : [`same address as ${placed}`]),
				...(inCluster === '' ? [] : [`same address as ${inCluster} in the cluster`]),
			],
		};
	});
}

/** All but one's own, told for people: the first three and how many more. Empty when there are none. */
function others<Item>(all: readonly Item[], own: Item | undefined, tell: (item: Item) => string): string {
	const some = all.slice(0, 4).filter((item) => item !== own);
	const count = all.length - (own === undefined ? 0 : 1);
	const told = some.slice(0, 3).map(tell).join(', ');
	return count > 3 ? `${told} and ${count - 3} more` : told;
}

/** Can this row be applied? */
export function isSound({faults, doubled}: ReviewedRow): boolean {
	return faults.length === 0 && doubled.length === 0;
}

/** istiod finds a proxy's entry by its IP in its network. Empty where there is no address. */
function placeOf(draft: EntryDraft): string {
	const address = said(draft, 'address');
	return address === '' ? '' : `${said(draft, 'network')} ${address}`;
}

function indexesBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, readonly number[]> {
	const found = new Map<string, number[]>();
	for (const [index, row] of rows.entries()) {
		const key = keyOf(row);
		if (key === '') continue;
		const indexes = found.get(key);
		if (indexes === undefined) found.set(key, [index]);
		else indexes.push(index);
	}
	return found;
}
