import type {KubernetesObject} from './kubernetes-object.ts';
import {asInteger, asList, asRecord, asText} from './untyped.ts';
import {visiblePorts} from './visible-services.ts';

/** A pod's address and port behind a Service, as the proxy of a VM in the cluster's network dials it. `of`: `<namespace>/<service>`. */
export type Endpoint = {readonly address: string; readonly port: number; readonly of: string};

/** Namespaces in which the hosts of an egress look, seen from a namespace; a host for all of them means this one and Istio's. */
export function egressNamespaces(
	hosts: readonly string[],
	namespace: string,
	istioNamespace: string,
): readonly string[] {
	const found = hosts.flatMap((host) => {
		const of = host.slice(0, Math.max(host.indexOf('/'), 0));
		if (of === '*') return [namespace, istioNamespace];
		return of === '' || of === '~' || of.startsWith('~') ? [] : [of === '.' ? namespace : of];
	});
	return [...new Set(found)];
}

/**
 * A few real endpoints of the Services that these hosts let in: ready pods with a TCP port, each Service once before any has a second.
 * `slices`: EndpointSlices (discovery.k8s.io).
 */
export function sampleEndpoints(
	hosts: readonly string[],
	namespace: string,
	services: readonly KubernetesObject[],
	slices: readonly KubernetesObject[],
	limit: number,
): readonly Endpoint[] {
	const visible = services.filter((service) => visiblePorts(hosts, namespace, [service]).length > 0);
	const byService = visible.map(({metadata}) => {
		const mine = slices.filter(
			(slice) =>
				slice.metadata.namespace === metadata.namespace &&
				slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
		);
		return mine.flatMap((slice) => endpointsOf(slice, `${metadata.namespace ?? ''}/${metadata.name}`));
	});
	const rounds = Math.max(0, ...byService.map(({length}) => length));
	const taken = Array.from({length: rounds}, (_, round) => byService.flatMap((endpoints) => endpoints[round] ?? []));
	const key = ({address, port}: Endpoint) => `${address} ${port}`;
	return [...new Map(taken.flat().map((endpoint) => [key(endpoint), endpoint])).values()].slice(0, limit);
}

function endpointsOf(slice: KubernetesObject, of: string): readonly Endpoint[] {
	// The fields of a slice are beside its metadata, not in a spec.
	const {ports, endpoints} = slice as {readonly ports?: unknown; readonly endpoints?: unknown};
	const port = asList(ports)
		.map(asRecord)
		.filter((each) => (asText(each['protocol']) || 'TCP') === 'TCP')
		.map((each) => asInteger(each['port']))
		.find((number) => number !== undefined);
	if (port === undefined) return [];
	return asList(endpoints).flatMap((item) => {
		const endpoint = asRecord(item);
		const [address] = asList(endpoint['addresses']).map(asText);
		const isPod = asText(asRecord(endpoint['targetRef'])['kind']) === 'Pod';
		const isReady = asRecord(endpoint['conditions'])['ready'] !== false;
		return isPod && isReady && address !== undefined && address !== '' ? [{address, port, of}] : [];
	});
}
