import {asRecord, asText} from '../mesh/untyped.ts';
import {asNumber, asRecords, readJson} from './json.ts';

/** What Envoy says of when it last took over a configuration. */
export type UpdateAnswers = {
	/** `/stats` with `update_time` of clusters and listeners. */
	readonly stats: string;
	/** `/config_dump?resource=dynamic_route_configs`. */
	readonly routes: string;
};

/**
 * When each type was taken over last, in ms since 1970; types of which nothing is said are left out. Clusters and listeners have a gauge
 * (envoy, docs/root/configuration/upstream/cluster_manager/cds.rst); Istio leaves that of routes out of the statistics, so
 * that theirs is read from the dump; of endpoints the dump has no time (source/server/admin/config_dump_handler.cc).
 */
export function updateTimes({stats, routes}: UpdateAnswers): Readonly<Record<string, number>> {
	const gauge = (name: string) => asNumber(new RegExp(`^${name}\\.update_time: (\\d+)$`, 'm').exec(stats)?.[1]);
	const times = {
		CDS: gauge('cluster_manager\\.cds'),
		LDS: gauge('listener_manager\\.lds'),
		RDS: newest(routes),
	};
	return Object.fromEntries(Object.entries(times).filter(([, time]) => time > 0));
}

function newest(dump: string): number {
	const times = asRecords(asRecord(readJson(dump)).configs).map((config) => Date.parse(asText(config.last_updated)));
	return Math.max(0, ...times.filter((time) => !Number.isNaN(time)));
}
