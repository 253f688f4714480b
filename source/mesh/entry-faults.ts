import {annotationFaults, type Fault} from './annotations.ts';
import {envFault} from './env-variable.ts';
import {isDnsName} from './kubernetes-names.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {faultOf} from './rules/fault-of.ts';
import {type Origin, refusals} from './rules/refusals.ts';
import {asRecord, asText, asTexts} from './untyped.ts';

/**
 * Every rule that an entry breaks: those of the API server and of istiod, and those of the bootstrap, which needs an address that is
 * no socket, and values that an environment file can carry. That the address is missing has a finding of its own.
 * ConfigMaps are not looked at, nor whether what the entry names exists.
 */
export function entryFaults(object: KubernetesObject, origin: Origin = 'cluster'): readonly Fault[] {
	const spec = asRecord(object.spec);
	const [address, account, network] = [spec['address'], spec['serviceAccount'], spec['network']].map(asText);
	return [
		...refusals({...object, kind: 'WorkloadEntry'}, origin).faults,
		...told('spec.address', address, (text) =>
			text.startsWith('unix://') ? 'is a Unix socket, which is no VM' : undefined,
		),
		...told('spec.serviceAccount', account, (name) =>
			isDnsName(name) ? undefined : 'is no name of a service account',
		),
		...told('spec.network', network, (name) => envFault('ISTIO_META_NETWORK', name)),
		...annotationFaults(asTexts(object.metadata.annotations)),
	];
}

/** A text that is absent or empty is fine. */
function told(field: string, text = '', broken: (text: string) => string | undefined): readonly Fault[] {
	const rule = text === '' ? undefined : broken(text);
	return rule === undefined ? [] : [faultOf(field, text, rule)];
}
