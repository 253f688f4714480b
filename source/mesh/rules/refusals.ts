import type {Fault} from '../annotations.ts';
import type {KubernetesObject} from '../kubernetes-object.ts';
import {asRecord, asText, asTexts} from '../untyped.ts';
import {endpointFaults} from './endpoint.ts';
import {faultOf} from './fault-of.ts';
import {serviceEntrySpec, sidecarSpec, workloadEntrySpec, workloadGroupSpec} from './istio-types.ts';
import {metadataFaults} from './metadata.ts';
import {type FieldType, isUnknownField, typeFaults} from './schema.ts';
import {serviceEntryFaults} from './service-entry.ts';
import {sidecarFaults, sidecarHostFaults} from './sidecar.ts';
import {workloadGroupFaults} from './workload-group.ts';

/** Why the API server or istiod refuses an object; `hosts` and `address` have ids of their own among findings. */
export type Refusal = {
	readonly faults: readonly Fault[];
	/** Of a Sidecar's egress hosts. */
	readonly hosts: readonly Fault[];
	/** That an entry has neither address nor network. */
	readonly address: readonly Fault[];
};

/** Where an object was read: what the API server has stored has no field that it does not know, whatever we know. */
export type Origin = 'cluster' | 'file';

type Rules = (spec: Readonly<Record<string, unknown>>, object: KubernetesObject) => readonly Fault[];

const kinds: Readonly<Record<string, {readonly type: FieldType; readonly rules: Rules}>> = {
	WorkloadEntry: {type: workloadEntrySpec, rules: (spec) => endpointFaults(spec, 'spec', {names: true})},
	WorkloadGroup: {type: workloadGroupSpec, rules: workloadGroupFaults},
	Sidecar: {type: sidecarSpec, rules: sidecarFaults},
	ServiceEntry: {
		type: serviceEntrySpec,
		rules: (spec, {metadata}) =>
			serviceEntryFaults(spec, {namespace: metadata.namespace ?? '', labels: asTexts(metadata.labels)}),
	},
};

/**
 * What `kubectl apply` would be told of a WorkloadEntry, WorkloadGroup, Sidecar or ServiceEntry: the types and rules of its CRD and
 * those of istiod's validation. Other kinds are not looked at. Whether what it names exists is no matter of these.
 */
export function refusals(object: KubernetesObject, origin: Origin = 'file'): Refusal {
	const kind = Object.hasOwn(kinds, object.kind ?? '') ? kinds[object.kind ?? ''] : undefined;
	if (kind === undefined) return {faults: [], hosts: [], address: []};
	const spec = asRecord(object.spec);
	const nowhere = asText(spec['address']) === '' && asText(spec['network']) === '';
	return {
		faults: [
			...metadataFaults(object),
			...typeFaults(kind.type, object.spec ?? {}, 'spec').filter(
				(fault) => origin === 'file' || !isUnknownField(fault),
			),
			...kind.rules(spec, object),
		],
		hosts: object.kind === 'Sidecar' ? sidecarHostFaults(spec) : [],
		address:
			object.kind === 'WorkloadEntry' && nowhere ? [faultOf('spec.address', undefined, 'address is required')] : [],
	};
}
