import {describe, expect, it, onTestFinished} from 'vitest';
import {exitCodes, UserError} from '../../source/errors.ts';
import {createFleet} from '../../source/fleet/fleet-store.ts';
import {proxyStates} from '../../source/fleet/proxy-state.ts';
import type {Clock, Cluster, EntriesUpdate} from '../../source/ports.ts';
import {memoryCluster} from '../helpers/memory-cluster.ts';
import {entryNamed} from '../helpers/target.ts';

type Istiod = Awaited<ReturnType<Cluster['istiod']>>;

const status = (proxy: string, sent: string, acked: string, more: object = {}) => ({
	proxy,
	cluster_sent: sent,
	cluster_acked: acked,
	...more,
});
const syncz = (pod: string, ...statuses: object[]) => ({pod, status: 200, body: JSON.stringify(statuses)});

/** A fleet over a cluster that tells what the test says, and a clock whose sleeps the test ends. */
function open(istiod: () => Istiod) {
	let tell: (update: EntriesUpdate) => void = () => {};
	const sleeps: number[] = [];
	let wake = () => {};
	const clock: Clock = {
		now: () => new Date(0),
		sleep: (milliseconds, signal) =>
			new Promise((resolve) => {
				if (signal?.aborted === true) return resolve();
				sleeps.push(milliseconds);
				wake = resolve;
				signal?.addEventListener('abort', () => resolve(), {once: true});
			}),
	};
	const cluster: Cluster = {
		...memoryCluster([]),
		istiod: async () => istiod(),
		watchEntries: (_, onUpdate, signal) => {
			tell = onUpdate;
			return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), {once: true}));
		},
	};
	const fleet = createFleet({
		cluster,
		clock,
		scope: {namespaces: []},
		istioNamespace: 'istio-system',
		revision: undefined,
	});
	const stop = new AbortController();
	const done = fleet.start(stop.signal);
	const end = () => {
		stop.abort();
		return done;
	};
	onTestFinished(end);
	const asked = (times: number) => expect.poll(() => sleeps.length).toBe(times);
	return {
		fleet,
		sleeps,
		asked,
		end,
		/** Ends the pause, and waits until istiod was asked again. */
		poll: async () => {
			const times = sleeps.length + 1;
			wake();
			await asked(times);
		},
		entries: (...upserted: EntriesUpdate['upserted']) =>
			tell({upserted, removed: [], state: {kind: 'live'}, complete: true}),
		removed: (...removed: string[]) => tell({upserted: [], removed, state: {kind: 'live'}, complete: true}),
		stale: () =>
			tell({upserted: [], removed: [], state: {kind: 'stale', since: new Date(), reason: 'gone'}, complete: true}),
		proxies: () => Object.fromEntries(fleet.getSnapshot().rows.map(({ref, proxy}) => [ref, proxy.state])),
	};
}

describe('the fleet', () => {
	it('is sorted by namespace and name, and every change is a new snapshot', async () => {
		const {fleet, entries, removed} = open(() => []);
		const refs = () => fleet.getSnapshot().rows.map(({ref}) => ref);
		let told = 0;
		fleet.subscribe(() => {
			told++;
		});
		entries(entryNamed('b', 'y'), entryNamed('a', 'z'), entryNamed('c', 'y'));
		expect(refs()).toEqual(['b.y', 'c.y', 'a.z']);
		const before = fleet.getSnapshot();
		entries(entryNamed('a', 'y'), entryNamed('c', 'y', {address: '1.1.1.1'}));
		removed('z/a');
		expect(refs()).toEqual(['a.y', 'b.y', 'c.y']);
		expect(fleet.getSnapshot().rows[2]?.entry.address).toBe('1.1.1.1');
		// A row that did not change is the same row: a list draws it no second time.
		expect(fleet.getSnapshot().rows[1]).toBe(before.rows[0]);
		expect(told).toBe(3);
	});

	it('keeps the rows when the list becomes stale', async () => {
		const {fleet, entries, stale} = open(() => []);
		entries(entryNamed('a', 'y'));
		const {rows} = fleet.getSnapshot();
		stale();
		expect(fleet.getSnapshot()).toMatchObject({state: {kind: 'stale', reason: 'gone'}});
		expect(fleet.getSnapshot().rows).toBe(rows);
	});

	it('shows each proxy as istiod knows it, and asks again every ten seconds', async () => {
		let answer: Istiod = [
			syncz('istiod-1', status('good.ns', 'n1', 'n1'), status('late.ns', 'n2', 'n1')),
			syncz(
				'istiod-2',
				status('bad.ns', 'n1', 'n1', {resources: {'x/Listener': {sent: 'n1', acked: '', lastError: 'no'}}}),
			),
		];
		const {entries, proxies, asked, poll, sleeps, fleet} = open(() => answer);
		await asked(1);
		entries(...['good', 'late', 'bad', 'gone'].map((name) => entryNamed(name, 'ns')));
		expect(proxies()).toEqual({'good.ns': 'synced', 'late.ns': 'stale', 'bad.ns': 'rejected', 'gone.ns': 'absent'});
		expect(sleeps).toEqual([10_000]);
		const before = fleet.getSnapshot();
		await poll();
		// Nothing new: not even a new snapshot.
		expect(fleet.getSnapshot()).toBe(before);
		answer = [syncz('istiod-1', status('good.ns', 'n1', 'n1'), status('late.ns', 'n2', 'n2'))];
		await poll();
		expect(proxies()).toEqual({'good.ns': 'synced', 'late.ns': 'synced', 'bad.ns': 'absent', 'gone.ns': 'absent'});
	});

	it('asks at once when something has happened to a proxy, but not an istiod that refuses', async () => {
		let answer: Istiod | undefined = [syncz('istiod-1')];
		const {entries, proxies, asked, poll, sleeps, fleet} = open(() => {
			if (answer !== undefined) return answer;
			throw new UserError({code: 'cluster.forbidden', message: 'You may not.', exitCode: exitCodes.notPermitted});
		});
		entries(entryNamed('good', 'ns'));
		await asked(1);
		answer = [syncz('istiod-1', status('good.ns', 'n1', 'n1'))];
		fleet.look();
		await asked(2);
		expect(proxies()).toEqual({'good.ns': 'synced'});
		answer = undefined;
		await poll();
		fleet.look();
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(sleeps).toHaveLength(3);
	});

	it('does not call a proxy absent that a silent istiod may have', async () => {
		const {entries, fleet, asked} = open(() => [
			syncz('istiod-1', status('good.ns', 'n1', 'n1')),
			{pod: 'istiod-2', status: 0, body: 'Port 15014 of pod istio-system/istiod-2 gives no answer.'},
		]);
		await asked(1);
		entries(entryNamed('good', 'ns'), entryNamed('other', 'ns'));
		expect(fleet.getSnapshot().rows.map(({proxy}) => proxy)).toEqual([
			{state: 'synced', detail: 'CDS acknowledged'},
			{state: 'unknown', detail: 'Port 15014 of pod istio-system/istiod-2 gives no answer.'},
		]);
	});

	it('does not look for the proxy of an entry that istiod made, by the name of that entry', async () => {
		const {entries, proxies, asked} = open(() => [syncz('istiod-1')]);
		await asked(1);
		entries(entryNamed('group-10.0.0.1-net', 'ns', {annotations: {'istio.io/autoRegistrationGroup': 'group'}}));
		expect(proxies()).toEqual({'group-10.0.0.1-net.ns': 'unknown'});
	});

	it('says why istiod could not be asked, and asks ever less often', async () => {
		let refuse = true;
		const {entries, fleet, asked, poll, sleeps} = open(() => {
			if (!refuse) return [syncz('istiod-1')];
			throw new UserError({code: 'cluster.forbidden', message: 'You may not.', exitCode: exitCodes.notPermitted});
		});
		await asked(1);
		entries(entryNamed('a', 'ns'));
		expect(fleet.getSnapshot().rows[0]?.proxy).toEqual({state: 'unknown', detail: 'You may not.'});
		for (let n = 0; n < 4; n++) await poll();
		expect(sleeps).toEqual([20_000, 40_000, 80_000, 120_000, 120_000]);
		refuse = false;
		await poll();
		expect(fleet.getSnapshot().rows[0]?.proxy.state).toBe('absent');
		expect(sleeps.at(-1)).toBe(10_000);
	});

	it('ends with its signal', async () => {
		const {end, sleeps} = open(() => []);
		await end();
		const asked = sleeps.length;
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect(sleeps).toHaveLength(asked);
	});
});

describe('what several istiods list', () => {
	it('is the better of two when a proxy moves between them', () => {
		const old = JSON.stringify([status('a.ns', 'n2', 'n1')]);
		const now = JSON.stringify([status('a.ns', 'n1', 'n1')]);
		for (const bodies of [
			[old, now],
			[now, old],
		]) {
			expect(proxyStates(bodies).get('a.ns')?.state).toBe('synced');
		}
	});

	it('is nothing from a body that is no list', () => {
		expect(proxyStates(['null', '', '{"a":1}', '<html>']).size).toBe(0);
	});
});
