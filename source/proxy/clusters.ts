import {asRecord, asText} from '../mesh/untyped.ts';
import {asNumber, asRecords, readJson} from './json.ts';

/** One endpoint of an Envoy cluster with its counters, by name. Envoy lists every counter; the value of one that is 0 is left out. */
export type ClusterHost = {
	readonly cluster: string;
	readonly address: string;
	readonly port: number;
	readonly stats: Readonly<Record<string, number>>;
};

/** Reads `/clusters?format=json` (envoy.admin.v3.Clusters), one item for each endpoint; undefined when it is no such answer. */
export function parseClusters(body: string): readonly ClusterHost[] | undefined {
	const statuses = asRecord(readJson(body)).cluster_statuses;
	if (!Array.isArray(statuses)) return undefined;
	return asRecords(statuses).flatMap((status) =>
		asRecords(status.host_statuses).map((host) => {
			const socket = asRecord(asRecord(host.address).socket_address);
			return {
				cluster: asText(status.name),
				address: asText(socket.address),
				port: asNumber(socket.port_value),
				stats: Object.fromEntries(asRecords(host.stats).map((stat) => [asText(stat.name), asNumber(stat.value)])),
			};
		}),
	);
}

/** What passed from the proxy to its application on one inbound port, `inbound|<port>|…`, summed over the endpoints. */
export type InboundCounters = {
	/** Connections and requests that were begun. */
	readonly begun: number;
	/** Answers of the application with a status of 5xx. */
	readonly errors: number;
	/** Connections that the application did not take. */
	readonly refused: number;
};

/** The counters of an inbound port; undefined when the proxy has no such cluster, or does not count requests. */
export function inboundCounters(hosts: readonly ClusterHost[], port: number): InboundCounters | undefined {
	const own = hosts.filter(({cluster}) => cluster.startsWith(`inbound|${port}|`));
	if (!own.some(({stats}) => stats.rq_total !== undefined)) return undefined;
	const sum = (...names: readonly string[]) =>
		own.reduce((total, {stats}) => names.reduce((part, name) => part + (stats[name] ?? 0), total), 0);
	return {begun: sum('cx_total', 'rq_total'), errors: sum('rq_error'), refused: sum('cx_connect_fail')};
}
