import {asRecord} from '../mesh/untyped.ts';
import {readJson} from './json.ts';

/**
 * What istiod's `/debug/endpointShardz` holds for a Service, as text: by name of the host, then by namespace and cluster, with the
 * addresses (istio's pilot/pkg/model/endpointshards.go; the form of an endpoint differs by version, so it is searched, not read).
 * undefined when the body is no such map.
 */
export function shardsOf(body: string, service: string, namespace: string): string | undefined {
	const all = readJson(body);
	if (typeof all !== 'object' || all === null || Array.isArray(all)) return undefined;
	const own = Object.entries(asRecord(all)).filter(([host]) => host.startsWith(`${service}.${namespace}.`));
	return own.map(([, shards]) => JSON.stringify(shards)).join('\n');
}
