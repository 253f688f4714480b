import type {TargetRef} from '../mesh/workload-entry.ts';
import {parseSyncz, type SyncedProxy} from '../proxy/syncz.ts';
import type {ProxyState} from './row.ts';

const rank = {rejected: 0, stale: 1, synced: 2} as const;

/**
 * The state of every proxy that the istiods list, by `<POD_NAME>.<POD_NAMESPACE>`, from the bodies of their `/debug/syncz`.
 * A proxy is connected to one istiod; while it moves, two may list it, and the better one is true.
 */
export function proxyStates(bodies: readonly string[]): ReadonlyMap<TargetRef, ProxyState> {
	const best = new Map<TargetRef, SyncedProxy>();
	for (const proxy of bodies.flatMap(parseSyncz)) {
		const known = best.get(proxy.proxy);
		if (known === undefined || rank[proxy.state] > rank[known.state]) best.set(proxy.proxy, proxy);
	}
	return new Map([...best].map(([ref, {state, detail}]) => [ref, {state, detail}]));
}
