import type {TargetRef, WorkloadEntry} from '../mesh/workload-entry.ts';
import type {ListState} from '../ports.ts';

/**
 * The proxy of an entry as istiod knows it (`/debug/syncz`): `synced` all acknowledged, `stale` something sent is not,
 * `rejected` the proxy refused something, `absent` no istiod has it, `unknown` istiod could not be asked (`detail` says why).
 */
export type ProxyState = {
	readonly state: 'synced' | 'stale' | 'rejected' | 'absent' | 'unknown';
	readonly detail: string;
};

/** One line of the fleet: an entry and its proxy. */
export type FleetRow = {readonly ref: TargetRef; readonly entry: WorkloadEntry; readonly proxy: ProxyState};

/** The whole fleet at one moment; a new object for every change, rows sorted by namespace and name. */
export type FleetSnapshot = {
	readonly rows: readonly FleetRow[];
	readonly state: ListState;
	/** True when all pages of the first list are in. */
	readonly complete: boolean;
};
