import {createHash} from 'node:crypto';
import type {Mesh} from '../mesh/mesh.ts';
import type {MeshProxy} from './proxy.ts';
import type {Startup} from './startup.ts';

export type AdminAnswer = {readonly status: number; readonly body: string};

const day = 86_400_000;
const envoyVersion = '1.36.2';

/** Ports on which a proxy's container listens besides those of the mesh, all for people and probes on the VM. */
export const adminPorts = [15000, 15020, 15021, 15090] as const;

/**
 * What the proxy answers on one of its local ports: Envoy's admin interface on 15000 (envoy, docs/root/operations/admin.rst),
 * the agent's status on 15020, readiness on 15021 (istio, pilot/cmd/pilot-agent/status).
 */
export function proxyAnswer(proxy: MeshProxy, mesh: Mesh, port: number, target: string, now: Date): AdminAnswer {
	const outcome = proxy.outcome();
	const url = new URL(target, `http://127.0.0.1:${port}`);
	if (url.pathname === '/healthz/ready') {
		return outcome?.kind === 'ready' ? {status: 200, body: ''} : {status: 503, body: whyNot(outcome)};
	}
	if (port === 15000) return adminAnswer(proxy, mesh, outcome, url, now);
	if (url.pathname === '/stats/prometheus') return {status: 200, body: prometheus(outcome)};
	return {status: 404, body: ''};
}

function adminAnswer(proxy: MeshProxy, mesh: Mesh, outcome: Startup | undefined, url: URL, now: Date): AdminAnswer {
	const live = outcome?.kind === 'ready' || (outcome?.kind === 'stuck' && outcome.live);
	switch (url.pathname) {
		case '/ready':
			return live ? {status: 200, body: 'LIVE\n'} : {status: 503, body: 'PRE_INITIALIZING\n'};
		case '/server_info':
			return json(serverInfo(proxy, mesh, live, now));
		case '/certs':
			return json({certificates: outcome?.kind === 'ready' ? [certificates(proxy, mesh, outcome.spiffeId)] : []});
		case '/listeners':
			return url.searchParams.get('format') === 'json'
				? json({
						listener_statuses: listeners(outcome).map(({name, address, port}) => ({
							name,
							local_address: socket(address, port),
						})),
					})
				: {
						status: 200,
						body: listeners(outcome)
							.map(({name, address, port}) => `${name}::${address}:${port}\n`)
							.join(''),
					};
		case '/clusters':
			return url.searchParams.get('format') === 'json'
				? json({
						cluster_statuses: clusters(outcome).map(([name, address, port]) => ({
							name,
							added_via_api: true,
							host_statuses: [
								{
									address: socket(address, port),
									stats: [{name: 'cx_connect_fail', value: '0'}],
									health_status: {eds_health_status: 'HEALTHY'},
									weight: 1,
								},
							],
						})),
					})
				: {
						status: 200,
						body: clusters(outcome)
							.flatMap(([name, address, port]) =>
								[
									'cx_active::0',
									'cx_connect_fail::0',
									'cx_total::0',
									'rq_error::0',
									'rq_success::0',
									'health_flags::healthy',
									'weight::1',
								].map((stat) => `${name}::${address}:${port}::${stat}\n`),
							)
							.join(''),
					};
		case '/stats':
			return {
				status: 200,
				body: stats(outcome)
					.filter(([name]) => new RegExp(url.searchParams.get('filter') ?? '').test(name))
					.map(([name, value]) => `${name}: ${value}\n`)
					.join(''),
			};
		case '/config_dump':
			return json({
				configs: [
					{'@type': 'type.googleapis.com/envoy.admin.v3.BootstrapConfigDump', bootstrap: {node: node(proxy, mesh)}},
				],
			});
		case '/init_dump':
			return json({});
		default:
			return {status: 404, body: 'invalid path. admin commands are:\n'};
	}
}

function serverInfo(proxy: MeshProxy, mesh: Mesh, live: boolean, now: Date) {
	const uptime = `${Math.floor((now.getTime() - proxy.startedAt.getTime()) / 1000)}s`;
	return {
		version: `0b1f3ee5ff2b1d0c6f1c3ad9d6bd0b9ad0ec2d0f/${envoyVersion}/Clean/RELEASE/BoringSSL`,
		state: live ? 'LIVE' : 'PRE_INITIALIZING',
		uptime_current_epoch: uptime,
		uptime_all_epochs: uptime,
		hot_restart_version: 'disabled',
		command_line_options: {
			concurrency: 2,
			config_path: 'etc/istio/proxy/envoy-rev.json',
			log_level: 'info',
			service_node: node(proxy, mesh).id,
			mode: 'Serve',
		},
		node: node(proxy, mesh),
	};
}

function node(proxy: MeshProxy, mesh: Mesh) {
	const env = (name: string) => proxy.input.environment.get(name) ?? '';
	const namespace = env('POD_NAMESPACE');
	return {
		id: `sidecar~${env('INSTANCE_IP')}~${env('POD_NAME')}.${namespace}~${namespace}.svc.cluster.local`,
		cluster: `${env('ISTIO_META_WORKLOAD_NAME')}.${namespace}`,
		metadata: {
			ISTIO_VERSION: mesh.version,
			NAMESPACE: namespace,
			CLUSTER_ID: env('ISTIO_META_CLUSTER_ID'),
			NETWORK: env('ISTIO_META_NETWORK'),
			INTERCEPTION_MODE: env('ISTIO_META_INTERCEPTION_MODE'),
			SERVICE_ACCOUNT: env('SERVICE_ACCOUNT'),
		},
	};
}

function certificates(proxy: MeshProxy, mesh: Mesh, spiffeId: string) {
	const from = new Date(proxy.startedAt.getTime() - 120_000);
	const to = new Date(proxy.startedAt.getTime() + day);
	const serial = createHash('sha256').update(`${spiffeId} ${from.toISOString()}`).digest('hex').slice(0, 32);
	const validity = {days_until_expiration: '0', valid_from: seconds(from), expiration_time: seconds(to)};
	const rootSerial = createHash('sha256').update(mesh.rootCertificate).digest('hex').slice(0, 32);
	return {
		ca_cert: [
			{
				path: '<inline>',
				serial_number: rootSerial,
				subject_alt_names: [],
				days_until_expiration: '3649',
				valid_from: seconds(from),
				expiration_time: seconds(new Date(from.getTime() + 3650 * day)),
			},
		],
		cert_chain: [{path: '<inline>', serial_number: serial, subject_alt_names: [{uri: spiffeId}], ...validity}],
	};
}

function listeners(outcome: Startup | undefined) {
	const fixed = [
		{name: '0a7cee64-prometheus', address: '0.0.0.0', port: 15090},
		{name: '6a1d9ad2-health', address: '0.0.0.0', port: 15021},
	];
	if (outcome?.kind !== 'ready') return fixed;
	return [
		...outcome.inbound.map(({address, port}) => ({name: `${address}_${port}`, address, port})),
		...outcome.outbound.map(({bind, port}) => ({name: `${bind}_${port}`, address: bind, port})),
		...fixed,
	];
}

function clusters(outcome: Startup | undefined): ReadonlyArray<readonly [name: string, address: string, port: number]> {
	const fixed = [
		['prometheus_stats', '127.0.0.1', 15000],
		['agent', '127.0.0.1', 15020],
	] as const;
	if (outcome?.kind !== 'ready') return fixed;
	return [
		...outcome.inbound.map(({port, endpoint}) => {
			const [address = '127.0.0.1', target] = endpoint.split(':');
			return [`inbound|${port}||`, address, Number(target ?? port)] as const;
		}),
		...fixed,
	];
}

function stats(outcome: Startup | undefined): ReadonlyArray<readonly [string, number]> {
	const ready = outcome?.kind === 'ready';
	const rejected = outcome?.kind === 'stuck' && outcome.live;
	return [
		['cluster_manager.cds.update_rejected', 0],
		['cluster_manager.cds.update_success', ready || rejected ? 1 : 0],
		['control_plane.connected_state', ready || rejected ? 1 : 0],
		['listener_manager.lds.update_rejected', rejected ? 1 : 0],
		['listener_manager.lds.update_success', ready ? 1 : 0],
		['listener_manager.workers_started', ready ? 1 : 0],
		['server.live', ready || rejected ? 1 : 0],
		['server.state', ready || rejected ? 0 : 2],
	];
}

function prometheus(outcome: Startup | undefined): string {
	return stats(outcome)
		.map(([name, value]) => `envoy_${name.replaceAll('.', '_')}{} ${value}\n`)
		.join('');
}

function whyNot(outcome: Startup | undefined): string {
	return outcome?.kind === 'stuck'
		? outcome.why
		: 'Envoy proxy is NOT ready: config not received from XDS server (is Istiod running?): cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected';
}

function socket(address: string, port: number) {
	return {socket_address: {address, port_value: port}};
}

function seconds(time: Date): string {
	return time.toISOString().replace(/\.\d+/, '');
}

function json(value: unknown): AdminAnswer {
	return {status: 200, body: `${JSON.stringify(value, undefined, 1)}\n`};
}
