import {asRecord, asText, isMapping} from '../mesh/untyped.ts';
import {asRecords, asWords, readJson} from './json.ts';

/**
 * What istiod's `/debug/endpointShardz` holds for a Service, as text: by name of the host, then by namespace and cluster, with the
 * addresses (istio's pilot/pkg/model/endpointshards.go; the form of an endpoint differs by version, so it is searched, not read).
 * undefined when the body is no such map.
 */
export function shardsOf(body: string, service: string, namespace: string): string | undefined {
	return ownShards(body, service, namespace)
		?.map((shards) => JSON.stringify(shards))
		.join('\n');
}

/** `istio` where istiod has its clients speak mTLS to the endpoint at this address, else another word; undefined where it offers none. */
export function tlsModeOf(body: string, service: string, namespace: string, address: string): string | undefined {
	const endpoints = (ownShards(body, service, namespace) ?? [])
		.flatMap((byNamespace) => Object.values(asRecord(byNamespace)))
		.flatMap((one) => Object.values(asRecord(asRecord(one).Shards)))
		.flatMap(asRecords);
	const found = endpoints.find((one) => one.Address === address || asWords(one.Addresses).includes(address));
	return found && (asText(found.TLSMode) || 'disabled');
}

function ownShards(body: string, service: string, namespace: string): readonly unknown[] | undefined {
	const all = readJson(body);
	if (!isMapping(all)) return undefined;
	return Object.entries(all).flatMap(([host, shards]) => (host.startsWith(`${service}.${namespace}.`) ? [shards] : []));
}
