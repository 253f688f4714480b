import {asRecord, asText} from '../mesh/untyped.ts';
import {asNumber, asRecords, readJson} from './json.ts';

/** One cluster of Envoy: how its endpoints are, and what has passed. */
export type ClusterHealth = {
	/** `outbound|9080||ratings.bookinfo.svc.cluster.local`, `inbound|9080||`, `xds-grpc`, … */
	readonly name: string;
	readonly endpoints: number;
	readonly healthy: number;
	/** Summed over the endpoints: requests, those that failed, connections that did not come about. */
	readonly requests: number;
	readonly errors: number;
	readonly refused: number;
};

/**
 * Reads `/clusters?format=json` (envoy.admin.v3.Clusters, HostHealthStatus): an endpoint is healthy when istiod does not say otherwise and
 * none of Envoy's own checks failed. undefined when it is no such answer.
 */
export function parseClusterHealth(body: string): readonly ClusterHealth[] | undefined {
	const statuses = asRecord(readJson(body)).cluster_statuses;
	if (!Array.isArray(statuses)) return undefined;
	return asRecords(statuses).map((status) => {
		const hosts = asRecords(status.host_statuses);
		const counters = hosts.flatMap((host) => asRecords(host.stats));
		const sum = (wanted: string) =>
			counters.reduce((total, {name, value}) => total + (name === wanted ? asNumber(value) : 0), 0);
		return {
			name: asText(status.name),
			endpoints: hosts.length,
			healthy: hosts.filter(({health_status: health}) => isHealthy(asRecord(health))).length,
			requests: sum('rq_total'),
			errors: sum('rq_error'),
			refused: sum('cx_connect_fail'),
		};
	});
}

function isHealthy(status: Readonly<Record<string, unknown>>): boolean {
	const said = asText(status.eds_health_status);
	const failed = Object.entries(status).some(([flag, value]) => flag.startsWith('failed_') && value === true);
	return !failed && ['', 'UNKNOWN', 'HEALTHY'].includes(said);
}
