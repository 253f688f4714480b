import {expect, it} from 'vitest';
import {parseClusterHealth} from '../../source/proxy/cluster-health.ts';
import {updateTimes} from '../../source/proxy/update-times.ts';

const host = (health: object, stats: Readonly<Record<string, string>> = {}) => ({
	address: {socket_address: {address: '10.0.0.1', port_value: 80}},
	stats: Object.entries(stats).map(([name, value]) => ({name, value})),
	health_status: health,
});

it('counts endpoints by what istiod and Envoy itself say of them, and sums what passed', () => {
	const body = JSON.stringify({
		cluster_statuses: [
			{
				name: 'outbound|80||a',
				host_statuses: [
					host({eds_health_status: 'HEALTHY'}, {rq_total: '5', rq_error: '1'}),
					host({}, {rq_total: '2', cx_connect_fail: '4'}),
					host({eds_health_status: 'UNHEALTHY'}),
					host({eds_health_status: 'HEALTHY', failed_outlier_check: true}),
				],
			},
			{name: 'BlackHoleCluster'},
		],
	});
	expect(parseClusterHealth(body)).toEqual([
		{name: 'outbound|80||a', endpoints: 4, healthy: 2, requests: 7, errors: 1, refused: 4},
		{name: 'BlackHoleCluster', endpoints: 0, healthy: 0, requests: 0, errors: 0, refused: 0},
	]);
});

it.each(['', 'upstream connect error', '{}', '[1]', '{"cluster_statuses": 3}'])('is nothing of %j', (body) => {
	expect(parseClusterHealth(body)).toBeUndefined();
});

it('takes the times of a configuration from the gauges and the newest of a dump', () => {
	const stats = 'cluster_manager.cds.update_time: 1764244800000\nlistener_manager.lds.update_time: 0\n';
	const routes = JSON.stringify({
		configs: [{last_updated: '2026-11-27T12:00:00Z'}, {last_updated: '2026-11-27T12:00:05.123Z'}, {}],
	});
	expect(updateTimes({stats: 'garbage', routes: '[]'})).toEqual({});
	expect(updateTimes({stats, routes})).toEqual({
		CDS: 1764244800000,
		RDS: Date.parse('2026-11-27T12:00:05.123Z'),
	});
});
