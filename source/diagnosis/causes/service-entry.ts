import {isIp} from '../../mesh/ip.ts';
import {isFqdn} from '../../mesh/kubernetes-names.ts';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {type Origin, refusals} from '../../mesh/rules/refusals.ts';
import {takesOnlyIps} from '../../mesh/rules/service-entry.ts';
import type {ServiceFacts} from '../../mesh/service.ts';
import {asRecord} from '../../mesh/untyped.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import {finding} from '../catalogue.ts';
import {faultText} from '../fault-text.ts';
import type {Evidence, Finding} from '../finding.ts';

/** `service.entry-invalid`: every rule that the ServiceEntry breaks by itself, in one finding. */
export function serviceEntryInvalid(object: KubernetesObject, origin: Origin): readonly Finding[] {
	const source = `serviceentry ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
	const {faults} = refusals({...object, kind: 'ServiceEntry'}, origin);
	return invalid(
		object,
		faults.map((fault) => ({source, text: faultText(fault)})),
	);
}

/** `service.entry-invalid`: it selects an entry with a DNS name and takes IPs alone. */
export function staticForNames(entry: WorkloadEntry, chosen: readonly ServiceFacts[]): readonly Finding[] {
	if (isIp(entry.address) || !isFqdn(entry.address)) return [];
	return chosen
		.filter(({kind, object}) => kind === 'serviceentry' && takesOnlyIps(asRecord(object.spec)))
		.flatMap(({object, namespace, name}) =>
			invalid(object, [
				{source: `serviceentry ${namespace}/${name}`, text: 'spec.resolution: "STATIC" takes IP addresses alone'},
				{
					source: `workloadentry ${entry.namespace}/${entry.name}`,
					text: `spec.address is ${JSON.stringify(entry.address)}`,
				},
			]),
		);
}

function invalid(object: KubernetesObject, evidence: readonly Evidence[]): readonly Finding[] {
	if (evidence.length === 0) return [];
	const {namespace = '', name} = object.metadata;
	return [finding('service.entry-invalid', {target: `serviceentry/${namespace}/${name}`, evidence})];
}
