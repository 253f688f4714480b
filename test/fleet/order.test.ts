import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {changedRows} from '../../source/fleet/changed-rows.ts';
import {type Grouping, groupings, groupRows, isHead} from '../../source/fleet/groups.ts';
import {compareBy, orderRows, type SortColumn, sortColumns} from '../../source/fleet/order.ts';
import type {FleetRow} from '../../source/fleet/row.ts';
import {compareRows, mergeRows} from '../../source/fleet/sorted-rows.ts';
import {entryNamed} from '../helpers/target.ts';

const states = ['synced', 'stale', 'rejected', 'absent', 'unknown'] as const;
const anyRow = fc
	.record({
		name: fc.stringMatching(/^[a-e]{1,2}$/),
		namespace: fc.constantFrom('a', 'b', 'c'),
		network: fc.constantFrom('', 'n1', 'n2'),
		address: fc.ipV4(),
		state: fc.constantFrom(...states),
		age: fc.integer({min: 0, max: 999}),
	})
	.map(({name, namespace, network, address, state, age}): FleetRow => {
		const createdAt = new Date(Date.UTC(2026, 0, 1) + age * 1000).toISOString();
		return {
			ref: `${name}.${namespace}`,
			entry: {...entryNamed(name, namespace, {address, network}), createdAt},
			proxy: {state, detail: ''},
		};
	});
const anyRows = fc
	.uniqueArray(anyRow, {selector: ({ref}) => ref, maxLength: 25})
	.map((rows) => rows.toSorted(compareRows));
const anyOrder = fc.record({column: fc.constantFrom(...sortColumns), descending: fc.boolean()});
const refs = (rows: ReadonlyArray<{readonly ref: string}>) => rows.map(({ref}) => ref);

describe('the order of the list', () => {
	it('is that of a sort, whatever was there before', () => {
		fc.assert(
			fc.property(anyRows, anyRows, anyOrder, (before, news, order) => {
				const gone = new Set(refs(before.filter((_, at) => at % 3 === 0)));
				const after = mergeRows(before, news, gone);
				const ordered = orderRows(after, order, orderRows(before, order));
				expect(refs(ordered)).toEqual(refs(after.toSorted(compareBy(order))));
			}),
		);
	});

	it.each<[SortColumn, readonly string[]]>([
		['name', ['a', 'b', 'c']],
		['address', ['b', 'a', 'c']],
		['proxy', ['c', 'a', 'b']],
		['age', ['c', 'b', 'a']],
	])('by %s', (column, names) => {
		const row = (name: string, address: string, state: FleetRow['proxy']['state'], createdAt: string): FleetRow => ({
			ref: `${name}.x`,
			entry: {...entryNamed(name, 'x', {address}), createdAt},
			proxy: {state, detail: ''},
		});
		const rows = [
			row('a', '10.0.0.10', 'stale', '2026-01-01T00:00:00Z'),
			row('b', '10.0.0.9', 'synced', '2026-01-02T00:00:00Z'),
			row('c', 'vm.example', 'rejected', '2026-01-03T00:00:00Z'),
		];
		expect(orderRows(rows, {column, descending: false}).map(({entry}) => entry.name)).toEqual(names);
		expect(orderRows(rows, {column, descending: true}).map(({entry}) => entry.name)).toEqual(names.toReversed());
	});
});

describe('groups', () => {
	const causes = new Map([['a.a', 'vm.disk-unwritable']]);
	const anyGrouping = fc.constantFrom<Grouping>(...groupings);

	it('hold every row once, in its order, under a heading with their number', () => {
		fc.assert(
			fc.property(anyRows, anyGrouping, (rows, by) => {
				const items = groupRows(rows, by, causes, new Set());
				expect(refs(items.filter((item) => !isHead(item))).toSorted()).toEqual(refs(rows).toSorted());
				const heads = items.filter(isHead);
				expect(heads.flatMap((head) => refs(head.rows)).toSorted()).toEqual(refs(rows).toSorted());
				for (const head of heads) {
					const at = items.indexOf(head) + 1;
					expect(items.slice(at, at + head.rows.length)).toEqual(head.rows);
					expect(refs(head.rows)).toEqual(refs(rows.filter((row) => head.rows.includes(row))));
				}
			}),
		);
	});

	it('that are folded show their heading alone', () => {
		fc.assert(
			fc.property(anyRows, anyGrouping, (rows, by) => {
				const heads = groupRows(rows, by, causes, new Set()).filter(isHead);
				const folded = groupRows(rows, by, causes, new Set(refs(heads)));
				expect(folded.map((item) => [item.ref, isHead(item) && item.rows.length])).toEqual(
					heads.map(({ref, rows: own}) => [ref, own.length]),
				);
			}),
		);
	});

	it('begin with what needs a look, and end with what is not known', () => {
		const rows = (['absent', 'synced', 'rejected'] as const).map(
			(state, at): FleetRow => ({
				ref: `${'abc'[at]}.a`,
				entry: entryNamed('abc'[at] ?? '', 'a', {network: at === 0 ? '' : 'n1'}),
				proxy: {state, detail: ''},
			}),
		);
		const titles = (by: Grouping) =>
			groupRows(rows, by, causes, new Set())
				.filter(isHead)
				.map(({title}) => title);
		expect(titles('state')).toEqual(['proxy rejected', 'proxy absent', 'proxy synced']);
		expect(titles('network')).toEqual(['network n1', 'network not known']);
		expect(titles('cause')).toEqual(['cause vm.disk-unwritable', 'cause not known']);
	});
});

it('what changed is what is new or not the same any more', () => {
	fc.assert(
		fc.property(anyRows, anyRows, (before, news) => {
			const gone = new Set(refs(before.filter((_, at) => at % 2 === 0)));
			const after = mergeRows(before, news, gone);
			expect(changedRows(before, after)).toEqual(refs(after.filter((row) => !before.includes(row))));
			expect(changedRows(after, after)).toEqual([]);
		}),
	);
});
