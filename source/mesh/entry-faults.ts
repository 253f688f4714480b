import {annotationFaults, type Fault} from './annotations.ts';
import {envFault} from './env-variable.ts';
import {isIp, isPort} from './ip.ts';
import {isDnsLabel, isDnsName, isFqdn, isLabelKey, isLabelValue} from './kubernetes-names.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {asRecord, asTexts, isMapping} from './untyped.ts';

/**
 * Every rule that an entry breaks, of Istio's validation (istio/istio, pkg/config/validation/validation.go, ValidateWorkloadEntry)
 * and of the bootstrap: it needs an IP address or a DNS name, and values that an environment file can carry.
 * ConfigMaps are not looked at, nor whether what the entry names exists.
 */
export function entryFaults(object: KubernetesObject): readonly Fault[] {
	const spec = asRecord(object.spec);
	return [
		...addressFaults(spec['address']),
		...portFaults(spec['ports']),
		...labelFaults(spec['labels']),
		...textFaults('spec.serviceAccount', spec['serviceAccount'], (name) =>
			isDnsName(name) ? undefined : 'is no name of a service account',
		),
		...textFaults('spec.network', spec['network'], (network) => envFault('ISTIO_META_NETWORK', network)),
		...annotationFaults(asTexts(object.metadata.annotations)),
	];
}

/** A text that is absent or empty is fine. */
function textFaults(field: string, value: unknown, broken: (text: string) => string | undefined): readonly Fault[] {
	if (value === undefined || value === null || value === '') return [];
	if (typeof value !== 'string') return [{field, value: shown(value), rule: 'is no text'}];
	const rule = broken(value);
	return rule === undefined ? [] : [{field, value, rule}];
}

function addressFaults(address: unknown): readonly Fault[] {
	return textFaults('spec.address', address, (text) => {
		if (text.startsWith('unix:')) return 'is a Unix socket, which is no VM';
		return isIp(text) || isFqdn(text) ? undefined : 'is not a valid FQDN or an IP address';
	});
}

function portFaults(ports: unknown): readonly Fault[] {
	if (ports === undefined || ports === null) return [];
	if (!isMapping(ports)) {
		return [
			{field: 'spec.ports', value: shown(ports), rule: 'is a list; write a map of names to numbers, as http: 9080'},
		];
	}
	return Object.entries(ports).flatMap(([name, value]) => [
		...(isDnsLabel(name) ? [] : [{field: 'spec.ports', value: name, rule: 'is an invalid port name'}]),
		...(typeof value === 'number' && isPort(value)
			? []
			: [{field: `spec.ports.${name}`, value: shown(value), rule: 'must be in the range 1..65535'}]),
	]);
}

function labelFaults(labels: unknown): readonly Fault[] {
	if (labels === undefined || labels === null) return [];
	if (!isMapping(labels)) return [{field: 'spec.labels', value: shown(labels), rule: 'is no map of names to texts'}];
	return Object.entries(labels).flatMap(([key, value]) => [
		...(isLabelKey(key) ? [] : [{field: 'spec.labels', value: key, rule: 'is an invalid tag key'}]),
		...(typeof value === 'string' && isLabelValue(value)
			? []
			: [{field: `spec.labels.${key}`, value: shown(value), rule: 'is an invalid tag value'}]),
	]);
}

function shown(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}
