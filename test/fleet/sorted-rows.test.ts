import fc from 'fast-check';
import {expect, it} from 'vitest';
import type {FleetRow} from '../../source/fleet/row.ts';
import {mergeRows} from '../../source/fleet/sorted-rows.ts';
import {entryNamed} from '../helpers/target.ts';

function row(name: string, namespace: string, address: string): FleetRow {
	return {
		ref: `${name}.${namespace}`,
		entry: entryNamed(name, namespace, {address}),
		proxy: {state: 'unknown', detail: ''},
	};
}

const byNamespaceThenName = (a: FleetRow, b: FleetRow) =>
	a.entry.namespace === b.entry.namespace
		? Number(a.entry.name > b.entry.name) - 0.5
		: Number(a.entry.namespace > b.entry.namespace) - 0.5;

const name = fc.constantFrom('a', 'a-b', 'ab', 'b', 'vm-1', 'vm-10', 'vm-2');
const someRow = fc.tuple(name, fc.constantFrom('n', 'n-1', 'n1'), fc.constantFrom('1.1.1.1', '2.2.2.2'));
const change = fc.record({upserted: fc.array(someRow), removed: fc.array(someRow)});

it('keeps the rows that sorting all of them would give, through any changes', () => {
	fc.assert(
		fc.property(fc.array(change), (changes) => {
			let rows: readonly FleetRow[] = [];
			const model = new Map<string, FleetRow>();
			for (const {upserted, removed} of changes) {
				// A batch tells each key once: it is there, or it is gone.
				const gone = new Set(removed.map(([each, namespace]) => `${each}.${namespace}`));
				const news = new Map(upserted.map((words) => [`${words[0]}.${words[1]}`, row(...words)]));
				for (const ref of gone) news.delete(ref);
				rows = mergeRows(rows, [...news.values()], gone);
				for (const ref of gone) model.delete(ref);
				for (const [ref, each] of news) model.set(ref, each);
			}
			expect(rows).toEqual([...model.values()].sort(byNamespaceThenName));
		}),
	);
});

it('takes one change among ten thousand rows in less than a frame', () => {
	const rows = Array.from({length: 10_000}, (_, n) => row(`vm-${n}`, `ns-${n % 10}`, '1.1.1.1')).sort(
		byNamespaceThenName,
	);
	mergeRows(rows, [row('vm-5', 'ns-5', '2.2.2.2')], new Set());
	const times = Array.from({length: 20}, (_, n) => {
		const begun = performance.now();
		mergeRows(rows, [row(`vm-${n}`, `ns-${n % 10}`, '2.2.2.2')], new Set([`vm-9.ns-9`]));
		return performance.now() - begun;
	});
	// The fastest: what else the machine does in the meantime is not measured.
	expect(Math.min(...times)).toBeLessThan(16);
});
