import type {KubernetesObject} from './kubernetes-object.ts';
import type {Labels} from './labels.ts';
import {asInteger, asRecord, asText, asTexts} from './untyped.ts';

/** The part of a WorkloadGroup of networking.istio.io that meshboard reads: a template for the entries of its VMs. */
export type WorkloadGroup = {
	readonly namespace: string;
	readonly name: string;
	/** Annotations of the group itself, and those that it gives to its entries. */
	readonly annotations: Labels;
	readonly entryAnnotations: Labels;
	/** `spec.metadata.labels`, and `spec.template.labels`, which istioctl lets win. */
	readonly labels: Labels;
	readonly templateLabels: Labels;
	readonly ports: Readonly<Record<string, number>>;
	readonly network: string;
	/** `default` when the group names none (istio/istio, istioctl/pkg/workload, readWorkloadGroup). */
	readonly serviceAccount: string;
	/** `spec.probe`, as it is; undefined without one. */
	readonly probe: unknown;
};

/** Total: a field of another type counts as absent. */
export function parseWorkloadGroup(object: KubernetesObject): WorkloadGroup {
	const spec = asRecord(object.spec);
	const metadata = asRecord(spec['metadata']);
	const template = asRecord(spec['template']);
	return {
		namespace: object.metadata.namespace ?? '',
		name: object.metadata.name,
		annotations: asTexts(object.metadata.annotations),
		entryAnnotations: asTexts(metadata['annotations']),
		labels: asTexts(metadata['labels']),
		templateLabels: asTexts(template['labels']),
		ports: Object.fromEntries(
			Object.entries(asRecord(template['ports'])).flatMap(([name, value]) => {
				const port = asInteger(value);
				return port === undefined ? [] : [[name, port]];
			}),
		),
		network: asText(template['network']),
		serviceAccount: asText(template['serviceAccount']) || 'default',
		probe: spec['probe'] ?? undefined,
	};
}

/** The name under which istiod registers a VM of a group (istio/istio, pilot/pkg/autoregistration, autoregisteredWorkloadEntryName). */
export function registeredName({name, network}: Pick<WorkloadGroup, 'name' | 'network'>, ip: string): string {
	const whole = [name, ip.replaceAll(':', '-'), ...(network === '' ? [] : [network])].join('-');
	return whole.slice(-253);
}

/** The entry that istiod will make of a VM with this IP, until it has: for all that must be known beforehand. */
export function entryOfGroup(group: WorkloadGroup, ip: string): KubernetesObject {
	const labels = {...group.templateLabels, ...group.labels};
	return {
		apiVersion: 'networking.istio.io/v1',
		kind: 'WorkloadEntry',
		metadata: {
			name: registeredName(group, ip),
			namespace: group.namespace,
			labels,
			annotations: {...group.entryAnnotations, 'istio.io/autoRegistrationGroup': group.name},
		},
		spec: {
			address: ip,
			labels,
			ports: group.ports,
			serviceAccount: group.serviceAccount,
			...(group.network === '' ? {} : {network: group.network}),
		},
	};
}
