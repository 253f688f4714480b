import {asRecord, asText} from '../mesh/untyped.ts';
import {asRecords, readJson} from './json.ts';

/** What Envoy was told of and does not use yet: clusters, and secrets that have not come, by their names. */
export type Warming = {readonly clusters: readonly string[]; readonly secrets: readonly string[]};

/**
 * Reads what `/config_dump` answers for `dynamic_warming_clusters` and for `dynamic_warming_secrets` (envoy.admin.v3, ClustersConfigDump
 * and SecretsConfigDump), which it lists bare.
 */
export function parseWarming(clusters: string, secrets: string): Warming {
	return {
		clusters: configs(clusters)
			.map(({cluster}) => asText(asRecord(cluster).name))
			.filter(Boolean),
		secrets: configs(secrets)
			.map(({name}) => asText(name))
			.filter(Boolean),
	};
}

function configs(body: string) {
	return asRecords(asRecord(readJson(body)).configs);
}
