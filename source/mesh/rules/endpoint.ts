import type {Fault} from '../annotations.ts';
import {isPort} from '../ip.ts';
import {asRecord, asText, isMapping} from '../untyped.ts';
import {faultOf, unless} from './fault-of.ts';
import {domainFault, isAddress, isAnyCaseLabel, isTagKey, isTagValue, socketFault} from './words.ts';

const socket = 'unix://';

/**
 * The rules of a WorkloadEntry, which are those of an endpoint of a ServiceEntry too: of istiod (istio/istio,
 * pkg/config/validation/validation.go, validateWorkloadEntry) and of the CRD. `names: false`: no DNS name may stand for the address.
 * Fields of a wrong type are left out: `typeFaults` tells them.
 */
export function endpointFaults(
	spec: Readonly<Record<string, unknown>>,
	path: string,
	{names}: {readonly names: boolean},
): readonly Fault[] {
	return [
		...addressFaults(spec, path, names),
		...portFaults(spec, path),
		...tagFaults(spec['labels'], `${path}.labels`),
	];
}

/** The address, and what a socket allows beside it. */
function addressFaults(spec: Readonly<Record<string, unknown>>, path: string, names: boolean): readonly Fault[] {
	const address = asText(spec['address']);
	const field = `${path}.address`;
	if (address.startsWith(socket)) return socketFaults(spec, path);
	if (address === '' || isAddress(address)) return [];
	if (!names) return [faultOf(field, address, 'is not a valid IP address')];
	return unless(domainFault(address) === undefined, field, address, 'is not a valid FQDN or an IP address');
}

/** What the CRD, too, says of a socket. */
export function socketFaults(spec: Readonly<Record<string, unknown>>, path: string): readonly Fault[] {
	const address = asText(spec['address']);
	if (!address.startsWith(socket)) return [];
	const wrong = socketFault(address.slice(socket.length));
	return [
		...(wrong === undefined ? [] : [faultOf(`${path}.address`, address, `is no socket: ${wrong}`)]),
		...unless(
			spec['ports'] === undefined || spec['ports'] === null,
			`${path}.ports`,
			undefined,
			`unix endpoint ${address} must not include ports`,
		),
	];
}

/** Names and numbers of `ports`. The CRD takes a name of at most 62 characters. */
export function portFaults(spec: Readonly<Record<string, unknown>>, path: string): readonly Fault[] {
	return Object.entries(asRecord(spec['ports'])).flatMap(([name, port]) => [
		...unless(isAnyCaseLabel(name) && name.length < 63, `${path}.ports`, name, 'is an invalid port name'),
		...(typeof port === 'number' && Number.isInteger(port)
			? unless(isPort(port), `${path}.ports.${name}`, port, 'must be in the range 1..65535')
			: []),
	]);
}

/** Keys and values of labels (istio/istio, pkg/config/labels/instance.go, Validate). */
export function tagFaults(labels: unknown, path: string): readonly Fault[] {
	if (!isMapping(labels)) return [];
	return Object.entries(labels).flatMap(([key, value]) => [
		...unless(isTagKey(key), path, key, 'is an invalid tag key'),
		...(typeof value === 'string' ? unless(isTagValue(value), `${path}.${key}`, value, 'is an invalid tag value') : []),
	]);
}
