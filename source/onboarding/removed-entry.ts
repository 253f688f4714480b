import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Cluster} from '../ports.ts';
import type {Wanted} from './event.ts';
import type {Journal} from './journal.ts';
import {replay} from './run.ts';

/**
 * The entry of an offboarding: as the cluster has it, else as the run or an earlier one that took it out has kept it. So a run
 * goes on after a crash, and one that is begun again finds that there is nothing to do.
 */
export async function entryToRemove(
	cluster: Cluster,
	journal: Journal,
	ref: TargetRef,
	wanted: Wanted,
): Promise<KubernetesObject | undefined> {
	const dot = ref.lastIndexOf('.');
	const resource = {group: 'networking.istio.io', resource: 'workloadentries'};
	const present = await cluster.get(resource, ref.slice(dot + 1), ref.slice(0, dot));
	if (present !== undefined) return asManifest(present);
	if (wanted.entry !== undefined) return wanted.entry;
	for (const {events} of await journal.list()) {
		const run = replay(events);
		if (run?.target !== ref) continue;
		const {context, server = cluster.server, entry} = run.options;
		if (context === cluster.context && server === cluster.server && entry !== undefined) return entry;
	}
	return undefined;
}

/** Without what the API server gave it, and would not take from whoever puts it back. */
function asManifest({status: _status, ...object}: KubernetesObject): KubernetesObject {
	const {uid: _uid, resourceVersion: _version, creationTimestamp: _created, ...metadata} = object.metadata;
	return {...object, metadata};
}
