/*
 * A process of its own for test/bench/list.ts: lists a cluster's entries as the fleet screen does and tells, in milliseconds since
 * the process began, when the first rows and when all rows were there.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {createFleet} from '../../source/fleet/fleet-store.ts';

const {createCluster} = await import('../../source/kubernetes/cluster.ts');
const cluster = await createCluster({kubeconfig: process.argv[2] ?? '', env: {}});
const fleet = createFleet({
	cluster,
	clock: {
		now: () => new Date(),
		sleep: (milliseconds, signal) => sleep(milliseconds, undefined, {signal}).catch(() => {}),
	},
	scope: {namespaces: []},
	istioNamespace: 'istio-system',
	revision: undefined,
});
const stop = new AbortController();
let first: number | undefined;
const unsubscribe = fleet.subscribe(() => {
	const {rows, complete, state} = fleet.getSnapshot();
	if (rows.length > 0) first ??= performance.now();
	if (state.kind === 'stale' || state.kind === 'denied') throw new Error(state.reason);
	if (!complete) return;
	unsubscribe();
	console.log(JSON.stringify({first, all: performance.now(), rows: rows.length}));
	stop.abort();
	cluster.close();
});
await fleet.start(stop.signal);
