import type {KubernetesObject} from './kubernetes-object.ts';
import {asInteger, asRecord, asText, asTexts} from './untyped.ts';
import type {EntryHealth, WorkloadEntry} from './workload-entry.ts';

/** kubectl's copy of the last applied manifest: as large as the object itself, and of no use to anybody here. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The part of a WorkloadEntry that meshboard keeps, of any served version. Total: a field of another type counts as absent
 * (what is wrong with it is told by `entryFaults`), and labels and annotations keep their strings only.
 */
export function parseWorkloadEntry(object: KubernetesObject): WorkloadEntry {
	const metadata = asRecord(object.metadata);
	const spec = asRecord(object.spec);
	const {[lastApplied]: _, ...annotations} = asTexts(metadata['annotations']);
	return {
		namespace: asText(metadata['namespace']),
		name: asText(metadata['name']),
		uid: asText(metadata['uid']),
		resourceVersion: asText(metadata['resourceVersion']),
		createdAt: asText(metadata['creationTimestamp']),
		address: asText(spec['address']),
		network: asText(spec['network']),
		serviceAccount: asText(spec['serviceAccount']),
		ports: Object.fromEntries(
			Object.entries(asRecord(spec['ports'])).flatMap(([name, value]) => {
				const port = asInteger(value);
				return port === undefined ? [] : [[name, port]];
			}),
		),
		metadataLabels: asTexts(metadata['labels']),
		specLabels: asTexts(spec['labels']),
		annotations,
		...(annotations['proxy.istio.io/health-checks-enabled'] === 'true' ? {health: healthOf(object)} : {}),
	};
}

function healthOf(object: KubernetesObject): EntryHealth {
	const conditions = asRecord(object['status'])['conditions'];
	const all = Array.isArray(conditions) ? conditions.map(asRecord) : [];
	const found = all.find(({type}) => type === 'Healthy') ?? {};
	return {
		status: asText(found['status']),
		message: asText(found['message']),
		at: asText(found['lastProbeTime']),
	};
}
