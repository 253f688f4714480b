import {expect, test} from 'vitest';
import type {FleetSnapshot} from '../../source/fleet/row.ts';
import {seekEntry} from '../../source/terminal/state/seek-entry.ts';
import {initialUi} from '../../source/terminal/state/ui.ts';
import type {World} from '../../source/terminal/state/world.ts';
import {createFakeSession} from './fake-session.ts';

const snapshot = createFakeSession().fleet.getSnapshot();
const last = snapshot.rows.at(-1)?.ref ?? '';

function seek(ref: string, columns: number, fleet: Partial<FleetSnapshot> = {}) {
	const world = {fleet: {...snapshot, complete: true, ...fleet}, size: {columns, rows: 30}} as World;
	return seekEntry(initialUi(), ref, world);
}

test('the entry that was asked for is under the cursor, and its detail is there to read', () => {
	expect(seek(last, 80)?.fleet).toMatchObject({list: {key: last, index: snapshot.rows.length - 1}, detail: 0});
	// Beside the list there is room for it.
	expect(seek(last, 160)?.fleet).toMatchObject({list: {key: last}, detail: undefined});
});

test('it is waited for until the whole list is in, then said to be missing', () => {
	expect(seek('nobody.bookinfo', 80, {complete: false})).toBeUndefined();
	const told = seek('nobody.bookinfo', 80);
	expect(told?.notice?.text).toBe('There is no WorkloadEntry nobody.bookinfo in the namespaces that are listed.');
	expect(told?.fleet).toEqual(initialUi().fleet);
});
