import {workloadName} from '../../mesh/entry-proxy-config.ts';
import {type Labels, proxyLabels} from '../../mesh/labels.ts';
import type {Target} from '../../mesh/target.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import type {WorkloadGroup} from '../../mesh/workload-group.ts';

/** What the package's files say of the workload on a VM. */
export type Workload = {
	readonly name: string;
	readonly namespace: string;
	readonly serviceAccount: string;
	readonly network: string;
	readonly ports: Readonly<Record<string, number>>;
	readonly labels: Labels;
	/** ProxyConfig in YAML, the later over the earlier. */
	readonly configs: readonly string[];
	/** ReadinessProbe as the group has it. */
	readonly probe: unknown;
};

const configAnnotation = 'proxy.istio.io/config';

/** The workload of a target: its group's, as istioctl reads it, else its entry's, which stands for a template. */
export function workloadOf({group, entry, mesh}: Target): Workload {
	return group === undefined ? workloadOfEntry(entry, mesh?.network ?? '') : workloadOfGroup(group);
}

export function workloadOfGroup(group: WorkloadGroup): Workload {
	const {name, namespace, serviceAccount, network, ports, probe} = group;
	const configs = [group.annotations, group.entryAnnotations].flatMap((all) => all[configAnnotation] ?? []);
	return {
		...{name, namespace, serviceAccount, network, ports, probe, configs},
		labels: {...group.labels, ...group.templateLabels},
	};
}

/** Named as the container layout names it: a workload is its application, an entry one machine of it. */
function workloadOfEntry(entry: WorkloadEntry, networkOfMesh: string): Workload {
	return {
		name: workloadName(entry),
		namespace: entry.namespace,
		serviceAccount: entry.serviceAccount,
		network: entry.network || networkOfMesh,
		ports: entry.ports,
		labels: proxyLabels(entry),
		configs: [entry.annotations[configAnnotation] ?? []].flat(),
		probe: undefined,
	};
}
