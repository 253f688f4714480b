import {UserError} from '../errors.ts';
import {refOf, type TargetRef, type WorkloadEntry} from '../mesh/workload-entry.ts';
import type {Clock, Cluster, EntriesScope, EntriesUpdate} from '../ports.ts';
import {proxyStates} from './proxy-state.ts';
import type {FleetRow, FleetSnapshot, ProxyState} from './row.ts';
import {mergeRows} from './sorted-rows.ts';

export type FleetParts = {
	readonly cluster: Cluster;
	readonly clock: Clock;
	readonly scope: EntriesScope;
	readonly istioNamespace: string;
	readonly revision: string | undefined;
};

/** The live list; `start` lists and watches until the signal, resolving then. */
export type FleetStore = {
	getSnapshot(): FleetSnapshot;
	subscribe(listener: () => void): () => void;
	start(signal: AbortSignal): Promise<void>;
	/** Asks istiod for the proxies now: something has happened to one. Not where it refuses, or takes long to answer. */
	look(): void;
};

/** How often istiod is asked for the proxies, in seconds, while somebody looks; the pause doubles while it refuses. */
const [pollSeconds, longestPollSeconds] = [10, 120];

const notAskedYet: ProxyState = {state: 'unknown', detail: ''};
const absent: ProxyState = {state: 'absent', detail: 'no istiod lists this proxy'};
const otherName: ProxyState = {
	state: 'unknown',
	detail: 'istiod registered this entry itself: its proxy goes by the host name of the VM',
};
/** On entries that istiod made for a WorkloadGroup (istio/api, annotation/annotations.yaml). */
const autoRegistered = 'istio.io/autoRegistrationGroup';

/** Entries from the watch, each with its proxy as istiod knows it; rows keep their identity until they change. */
export function createFleet({cluster, clock, scope, istioNamespace, revision}: FleetParts): FleetStore {
	const listeners = new Set<() => void>();
	let snapshot: FleetSnapshot = {rows: [], state: {kind: 'connecting'}, complete: false};
	/** What istiod said last; `reason` when it could not be asked. */
	let proxies: {states: ReadonlyMap<TargetRef, ProxyState>; others: ProxyState} | {reason: string} | undefined;
	let started: Promise<void> | undefined;
	let endPause = () => {};

	function publish(next: FleetSnapshot): void {
		snapshot = next;
		for (const listener of listeners) listener();
	}

	function rowOf(entry: WorkloadEntry, known: FleetRow | undefined): FleetRow {
		const ref = refOf(entry);
		const now = proxyOf(ref, entry);
		const proxy =
			known !== undefined && known.proxy.state === now.state && known.proxy.detail === now.detail ? known.proxy : now;
		return known !== undefined && known.entry === entry && known.proxy === proxy ? known : {ref, entry, proxy};
	}

	function proxyOf(ref: TargetRef, entry: WorkloadEntry): ProxyState {
		if (proxies === undefined) return notAskedYet;
		if ('reason' in proxies) return {state: 'unknown', detail: proxies.reason};
		return proxies.states.get(ref) ?? (Object.hasOwn(entry.annotations, autoRegistered) ? otherName : proxies.others);
	}

	function onUpdate({upserted, removed, state, complete}: EntriesUpdate): void {
		const changed = upserted.map((entry) => rowOf(entry, undefined));
		// Keys of the watch are `<namespace>/<name>`, those of rows `<name>.<namespace>`.
		const gone = new Set(removed.map((key) => key.split('/').reverse().join('.')));
		const rows = changed.length === 0 && gone.size === 0 ? snapshot.rows : mergeRows(snapshot.rows, changed, gone);
		publish({rows, state, complete});
	}

	async function poll(signal: AbortSignal): Promise<void> {
		let pause = pollSeconds;
		while (!signal.aborted) {
			const begun = clock.now().getTime();
			try {
				const answers = await cluster.istiod(istioNamespace, revision, '/debug/syncz', signal);
				const good = answers.filter(({status}) => status === 200);
				const bad = answers.find(({status}) => status !== 200);
				const why = bad && (bad.status === 0 ? bad.body : `${bad.pod} answers ${bad.status} to /debug/syncz`);
				proxies =
					good.length === 0
						? {reason: why ?? 'no istiod answers'}
						: {
								states: proxyStates(good.map(({body}) => body)),
								others: why === undefined ? absent : {state: 'unknown', detail: why},
							};
				// The list of ten thousand proxies is long: a tenth of istiod's time is the most that is asked of it.
				pause = Math.max(pollSeconds, (10 * (clock.now().getTime() - begun)) / 1000);
			} catch (error) {
				if (signal.aborted) return;
				if (!(error instanceof UserError)) throw error;
				proxies = {reason: error.message};
				pause = Math.min(pause * 2, longestPollSeconds);
			}
			const rows = snapshot.rows.map((row) => rowOf(row.entry, row));
			if (rows.some((row, index) => row !== snapshot.rows[index])) publish({...snapshot, rows});
			const early = new AbortController();
			if (pause === pollSeconds) endPause = () => early.abort();
			await clock.sleep(pause * 1000, AbortSignal.any([signal, early.signal]));
			endPause = () => {};
		}
	}

	return {
		getSnapshot: () => snapshot,
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		start(signal) {
			started ??= Promise.all([cluster.watchEntries(scope, onUpdate, signal), poll(signal)]).then(() => undefined);
			return started;
		},
		look: () => endPause(),
	};
}
