import type {Fault} from '../annotations.ts';
import {isDnsName, isLabelKey, isLabelValue} from '../kubernetes-names.ts';
import type {KubernetesObject} from '../kubernetes-object.ts';
import {asRecord} from '../untyped.ts';
import {faultOf, unless} from './fault-of.ts';
import {typeFaults} from './schema.ts';

/** Annotations that istiod refuses on whatever object (istio/istio, pkg/config/validation/validation.go, validateMetadata). */
const refused = [
	'istio.io/dry-run',
	'internal.istio.io/webhook-always-reject',
	'internal.istio.io/parents',
	'internal.istio.io/parent-namespace',
];

/** Name, labels and annotations, of whatever kind. */
export function metadataFaults(object: KubernetesObject): readonly Fault[] {
	const {name, labels, annotations}: Readonly<Record<string, unknown>> = asRecord(object.metadata);
	return [
		...unless(typeof name === 'string' && isDnsName(name), 'metadata.name', name, 'is no name of an object'),
		...mapFaults(labels, 'metadata.labels'),
		...mapFaults(annotations, 'metadata.annotations'),
		...Object.entries(asRecord(labels)).flatMap(([key, value]) => [
			...unless(isLabelKey(key), 'metadata.labels', key, 'is no key of a label'),
			...(typeof value === 'string'
				? unless(isLabelValue(value), `metadata.labels.${key}`, value, 'is no value of a label')
				: []),
		]),
		...Object.keys(asRecord(annotations)).flatMap((key) => [
			...unless(isLabelKey(key.toLowerCase()), 'metadata.annotations', key, 'is no key of an annotation'),
			...(refused.includes(key) ? [faultOf('metadata.annotations', key, 'is refused by istiod on this kind')] : []),
		]),
	];
}

function mapFaults(value: unknown, path: string): readonly Fault[] {
	return value === undefined || value === null ? [] : typeFaults({map: 'text'}, value, path);
}
