import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {type Origin, refusals} from '../../mesh/rules/refusals.ts';
import {asRecord, isMapping} from '../../mesh/untyped.ts';
import {quote} from '../../vm/quote.ts';
import {finding} from '../catalogue.ts';
import {faultText} from '../fault-text.ts';
import type {Finding} from '../finding.ts';

/** `entry.invalid` and `entry.service-account-missing` of a WorkloadGroup, whose template the entries of its VMs are made from. */
export function workloadGroupFindings(object: KubernetesObject, origin: Origin): readonly Finding[] {
	const {namespace = '', name} = object.metadata;
	const about = (texts: readonly string[]) => ({
		target: `workloadgroup/${namespace}/${name}`,
		evidence: texts.map((text) => ({source: `workloadgroup ${namespace}/${name}`, text})),
	});
	const {faults} = refusals({...object, kind: 'WorkloadGroup'}, origin);
	const {template} = asRecord(object.spec);
	const account = asRecord(template)['serviceAccount'] ?? '';
	const missing = finding('entry.service-account-missing', about(['spec.template.serviceAccount is empty']));
	const patch = `kubectl patch workloadgroup ${quote(name)} -n ${quote(namespace)} --type merge -p '{"spec":{"template":{"serviceAccount":"<sa>"}}}'`;
	return [
		...(faults.length === 0 ? [] : [finding('entry.invalid', about(faults.map(faultText)))]),
		...(isMapping(template) && account === '' ? [{...missing, remedy: {...missing.remedy, command: patch}}] : []),
	];
}
