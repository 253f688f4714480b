import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {parseCerts, workloadCertificate} from '../../source/proxy/certs.ts';
import {inboundCounters, parseClusters} from '../../source/proxy/clusters.ts';
import {parseListenerErrors} from '../../source/proxy/listener-errors.ts';
import {parseListeners} from '../../source/proxy/listeners.ts';
import {parseReadiness} from '../../source/proxy/readiness.ts';
import {parseServerInfo, proxyIdOf} from '../../source/proxy/server-info.ts';

describe('/server_info', () => {
	it('tells state, version and node', () => {
		const body = JSON.stringify({
			version: '436f365a8007cd8a13a9f1321e7cce94bcc8883e/1.40.0/Clean/RELEASE/BoringSSL',
			state: 'PRE_INITIALIZING',
			node: {
				id: 'sidecar~10.128.0.2~ratings-vm.bookinfo~bookinfo.svc.cluster.local',
				metadata: {ISTIO_VERSION: '1.31.0'},
			},
		});
		const info = parseServerInfo(body);
		expect(info).toMatchObject({state: 'PRE_INITIALIZING', version: '1.40.0', istioVersion: '1.31.0'});
		expect(proxyIdOf(info?.node ?? '')).toBe('ratings-vm.bookinfo');
	});

	it('is live where the state is left out, which is its default', () => {
		expect(parseServerInfo('{}')?.state).toBe('LIVE');
	});
});

describe('/certs', () => {
	const certificate = {
		serial_number: '6fbee254c22900615cb1f74e3d2f1713',
		subject_alt_names: [{uri: 'spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings'}],
		days_until_expiration: '0',
		valid_from: '2026-08-26T10:00:00Z',
		expiration_time: '2026-08-27T10:02:00Z',
	};

	it('tells the workload’s certificate apart from roots and others', () => {
		const certs = parseCerts(
			JSON.stringify({
				certificates: [
					{ca_cert: [{serial_number: '01', days_until_expiration: '3650'}]},
					{cert_chain: [{subject_alt_names: [{dns: 'localhost'}]}]},
					{cert_chain: [certificate, {serial_number: '02'}]},
				],
			}),
		);
		expect(certs?.roots).toHaveLength(1);
		expect(certs?.roots[0]?.daysLeft).toBe(3650);
		expect(certs && workloadCertificate(certs)).toMatchObject({
			serial: certificate.serial_number,
			names: ['spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings'],
			daysLeft: 0,
			expiresAt: '2026-08-27T10:02:00Z',
		});
	});
});

describe('/listeners', () => {
	it('tells every address of a listener', () => {
		const socket = (address: string, port: number) => ({socket_address: {address, port_value: port}});
		const body = JSON.stringify({
			listener_statuses: [
				{name: '10.128.0.2_9080', local_address: socket('10.128.0.2', 9080)},
				{
					name: 'virtualInbound',
					local_address: socket('0.0.0.0', 15006),
					additional_local_addresses: [socket('::', 15006)],
				},
				{name: 'pipe', local_address: {pipe: {path: '/x'}}},
			],
		});
		expect(parseListeners(body)).toEqual([
			{name: '10.128.0.2_9080', address: '10.128.0.2', port: 9080},
			{name: 'virtualInbound', address: '0.0.0.0', port: 15006},
			{name: 'virtualInbound', address: '::', port: 15006},
		]);
	});

	it('have their errors in the dump, bare or whole', () => {
		const listener = {
			name: '10.128.0.2_9080',
			error_state: {details: "cannot bind '10.128.0.2:9080': Address already in use"},
		};
		const details = ["cannot bind '10.128.0.2:9080': Address already in use"];
		expect(parseListenerErrors(JSON.stringify({configs: [listener]}))).toEqual(details);
		expect(parseListenerErrors(JSON.stringify({configs: [{dynamic_listeners: [listener, {name: 'fine'}]}]}))).toEqual(
			details,
		);
	});
});

describe('/clusters', () => {
	const body = JSON.stringify({
		cluster_statuses: [
			{name: 'xds-grpc', host_statuses: [{address: {pipe: {path: './etc/istio/proxy/XDS'}}}]},
			{
				name: 'inbound|9080||',
				host_statuses: [
					{
						address: {socket_address: {address: '127.0.0.1', port_value: 9080}},
						stats: [
							{name: 'cx_connect_fail', value: '2'},
							{name: 'cx_total', value: '5', type: 'COUNTER'},
							{name: 'rq_total', value: '7'},
							{name: 'rq_error'},
						],
					},
				],
			},
		],
	});

	it('tell what passed to the application', () => {
		const hosts = parseClusters(body) ?? [];
		expect(inboundCounters(hosts, 9080)).toEqual({begun: 12, errors: 0, refused: 2});
		expect(inboundCounters(hosts, 908)).toBeUndefined();
	});
});

describe('the health endpoint', () => {
	it.each([
		[200, '', 'ready'],
		[
			503,
			'Envoy proxy is NOT ready: config not received from XDS server (is Istiod running?): cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected',
			'no-config',
		],
		[
			503,
			'Envoy proxy is NOT ready: config received from XDS server, but was rejected: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 1 rejected',
			'rejected',
		],
		[
			503,
			'Envoy proxy is NOT ready: config not fully received from XDS server: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 0 rejected',
			'partial',
		],
		[503, 'Envoy proxy is NOT ready: workers have not yet started', 'warming'],
		[503, 'server is not live, current state is: PRE_INITIALIZING', 'warming'],
		[503, 'server is not live, current state is: DRAINING', 'stopping'],
		[503, 'failed to get readiness stats', 'unknown'],
		[500, '', 'unknown'],
	])('%d %s', (status, body, state) => {
		expect(parseReadiness(status, body).state).toBe(state);
		expect(parseReadiness(status, body).text).not.toBe('');
	});
});

it('no answer, however odd, makes a reader fail', () => {
	const odd = fc.oneof(
		fc.json(),
		fc.string(),
		fc.constantFrom('null', '[]', '{"certificates":[null]}', '{"listener_statuses":{}}'),
	);
	fc.assert(
		fc.property(odd, (body) => {
			parseServerInfo(body);
			parseCerts(body);
			parseListeners(body);
			parseListenerErrors(body);
			inboundCounters(parseClusters(body) ?? [], 9080);
		}),
	);
});
