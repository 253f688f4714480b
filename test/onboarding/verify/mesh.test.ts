import {describe, expect, it} from 'vitest';
import type {KubernetesObject} from '../../../source/mesh/kubernetes-object.ts';
import {clusters, listeners, ok, service, syncz, target, verify, type World} from './world.ts';

describe('istiod', () => {
	const saying =
		(...bodies: readonly string[]) =>
		(world: World) => {
			world.istiod = () => ({
				done: true,
				pods: bodies.map((body, index) => ({pod: `istiod-${index}`, status: 200, body})),
			});
		};

	it('that cannot be asked is no failure of the VM', () => {
		const result = verify(
			'istiod',
			(world) => (world.istiod = () => ({done: false, text: 'pods/portforward is forbidden'})),
		);
		expect(result).toMatchObject({status: 'skipped', detail: expect.stringContaining('forbidden'), waited: 0});
	});

	it('of which one is silent leaves it open whether the proxy is listed', () => {
		const result = verify('istiod', (world) => {
			world.istiod = () => ({
				done: true,
				pods: [
					{pod: 'a', status: 200, body: '[]'},
					{pod: 'b', status: 404, body: ''},
				],
			});
		});
		expect(result).toMatchObject({status: 'skipped', detail: expect.stringContaining('b answered 404')});
	});

	it('is given time to list the proxy', () => {
		let asked = 0;
		const result = verify('istiod', (world) => {
			world.istiod = () => ({
				done: true,
				pods: [{pod: 'a', status: 200, body: asked++ < 2 ? '[]' : syncz({cluster_sent: 'a', cluster_acked: 'a'})}],
			});
		});
		expect(result).toMatchObject({status: 'succeeded', waited: 4});
	});

	it('that never lists it belongs to another mesh', () => {
		expect(verify('istiod', saying('[]'))).toMatchObject({status: 'failed', cause: 'xds.not-synced', waited: 30});
	});

	it('that waits for an acknowledgement in vain', () => {
		const result = verify('istiod', saying(syncz({cluster_sent: 'b', cluster_acked: 'a'})));
		expect(result).toMatchObject({cause: 'xds.not-synced', detail: expect.stringContaining('CDS not acknowledged')});
	});

	it.each([
		['listener.port-taken', "cannot bind '10.128.0.2:9080': Address already in use"],
		['xds.rejected', 'the EnvoyFilter is wrong'],
	])('whose configuration is refused: %s', (id, lastError) => {
		const resources = {'type.googleapis.com/envoy.config.listener.v3.Listener': {sent: 'a', lastError}};
		expect(verify('istiod', saying(syncz({resources})))).toMatchObject({status: 'failed', cause: id, waited: 0});
	});

	it('of an old connection does not hide the present one', () => {
		const stale = syncz({cluster_sent: 'b', cluster_acked: 'a'});
		expect(verify('istiod', saying(stale, syncz({cluster_sent: 'a', cluster_acked: 'a'}))).status).toBe('succeeded');
		expect(verify('istiod', saying(syncz({cluster_sent: 'a', cluster_acked: 'a'}), stale)).status).toBe('succeeded');
	});
});

describe('inbound listeners', () => {
	const without = (change: (world: World) => void = () => {}) =>
		verify('listener', (world) => {
			world.http['15000/listeners?format=json'] = () => ok(listeners('127.0.0.1', 15090));
			change(world);
		});

	it('are not looked for where no Sidecar asks for one', () => {
		expect(verify('listener', undefined, {target: {...target, ingress: []}})).toMatchObject({
			status: 'skipped',
			asked: [],
		});
	});

	it('are given time', () => {
		let looks = 0;
		const result = verify('listener', (world) => {
			const present = world.http['15000/listeners?format=json'];
			world.http['15000/listeners?format=json'] = () => (looks++ < 2 ? ok({}) : (present?.() ?? ok({})));
		});
		expect(result).toMatchObject({status: 'succeeded', waited: 2});
	});

	it('whose address the application holds', () => {
		const details = "cannot bind '10.128.0.2:9080': Address already in use";
		const result = without((world) => {
			world.http['15000/config_dump?resource=dynamic_listeners&mask=name,error_state.details'] = () =>
				ok({configs: [{error_state: {details}}]});
		});
		expect(result).toMatchObject({status: 'failed', cause: 'listener.port-taken'});
		expect(result.findings?.[0]?.remedy.command).toContain('sport = :9080');
	});

	it('that are missing for no known cause name those that are there', () => {
		const result = without((world) => {
			world.log = () => "cannot bind '127.0.0.1:443': Permission denied\n";
		});
		expect(result.cause).toBe('listener.inbound-missing');
		expect(JSON.stringify(result.findings)).toContain('127.0.0.1:15090');
		expect(result.checks).toMatchObject([{outcome: 'failed', to: '10.128.0.2', port: 9080}]);
	});

	it('of a port on another address do not count', () => {
		const result = verify('listener', (world) => {
			world.http['15000/listeners?format=json'] = () => ok(listeners('172.17.0.1', 9080));
		});
		expect(result.status).toBe('failed');
	});

	it.each([
		[
			'the bind of the Sidecar',
			{ingress: [{port: 9080, protocol: 'HTTP', bind: '10.9.9.9', defaultEndpoint: ''}]},
			'10.9.9.9',
			9080,
		],
		[
			'15006 where traffic is intercepted',
			{interceptionMode: {value: 'REDIRECT', source: 'annotation'}},
			'0.0.0.0',
			15006,
		],
		['another spelling of an IPv6 address', {instanceIp: {value: 'FD00:0::2', source: 'entry'}}, 'fd00::2', 9080],
	] as const)('count on %s', (_, change, address, port) => {
		const result = verify(
			'listener',
			(world) => {
				world.http['15000/listeners?format=json'] = () => ok(listeners(address, port));
			},
			{target: {...target, ...change}},
		);
		expect(result.status).toBe('succeeded');
	});
});

const policy = (kind: string, spec: object): KubernetesObject => ({
	kind,
	metadata: {name: 'own', namespace: 'bookinfo'},
	spec,
});

describe('a request from the mesh', () => {
	const failing = (status: number, text: string, more: (world: World) => void = () => {}) =>
		verify('request', (world) => {
			world.request = () => ({done: true, pod: 'bookinfo/client', status, body: text, text});
			world.http['15000/clusters?format=json'] = () => ok(clusters({rq_total: 0}));
			more(world);
		});
	const connectionFailure =
		'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: Connection refused';

	it('that no pod can make is skipped, with the reason', () => {
		const result = verify(
			'request',
			(world) => (world.request = () => ({done: false, text: 'no ready pod with a sidecar'})),
		);
		expect(result).toMatchObject({
			status: 'skipped',
			detail: 'ratings.bookinfo:9080: no ready pod with a sidecar',
			checks: [{outcome: 'not-done'}],
		});
	});

	it('has no way where no Service selects the entry', () => {
		expect(verify('request', undefined, {target: {...target, services: []}}).status).toBe('skipped');
	});

	it('reaches the app, whatever the app answers below 500', () => {
		const result = verify('request', (world) => {
			world.request = () => ({done: true, pod: 'bookinfo/client', status: 404, body: '', text: ''});
		});
		expect(result).toMatchObject({status: 'succeeded', checks: [{outcome: 'passed', from: 'pod bookinfo/client'}]});
	});

	it('that another endpoint answered proves nothing', () => {
		const result = failing(200, 'ratings');
		expect(result).toMatchObject({status: 'skipped', checks: [{outcome: 'not-done'}]});
		expect(result.asked.filter(({kind}) => kind === 'pod-request')).toHaveLength(5);
	});

	it('counts by the answer alone where the proxy does not count requests', () => {
		const result = verify('request', (world) => {
			world.http['15000/clusters?format=json'] = () => ok(clusters({cx_connect_fail: 0}));
		});
		expect(result).toMatchObject({status: 'succeeded', waited: 0});
	});

	it('that the app itself answers with 500 has reached it', () => {
		let looks = 0;
		const result = failing(500, 'Internal Server Error', (world) => {
			world.http['15000/clusters?format=json'] = () => ok(clusters({rq_total: looks, rq_error: looks++}));
		});
		expect(result).toMatchObject({status: 'succeeded', checks: [{outcome: 'warning'}]});
	});

	it('whose app does not listen, by the counters of the VM’s proxy', () => {
		let looks = 0;
		const result = failing(503, '503 Service Unavailable', (world) => {
			world.http['15000/clusters?format=json'] = () => ok(clusters({rq_total: 0, cx_connect_fail: looks++}));
		});
		expect(result).toMatchObject({status: 'failed', cause: 'app.not-listening'});
		expect(result.detail).toContain('127.0.0.1:9080');
	});

	it('whose app does not listen, by the words, where there are no counters', () => {
		const result = failing(503, connectionFailure, (world) => {
			world.http['15000/clusters?format=json'] = () => ({ok: false, text: 'refused'});
		});
		expect(result.cause).toBe('app.not-listening');
	});

	it.each(['refused', 'filtered', 'unreachable'] as const)('that does not reach the VM: %s', (dial) => {
		const result = failing(503, connectionFailure, (world) => (world.dial = dial));
		expect(result).toMatchObject({status: 'failed', cause: 'network.vm-unreachable'});
		expect(JSON.stringify(result.findings)).toContain(`${dial}`);
	});

	it.each([
		[
			'traffic.mtls-mismatch',
			503,
			'upstream connect error, reset reason: remote connection failure, transport failure reason: TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
		],
		['traffic.denied', 403, 'RBAC: access denied'],
		['traffic.unknown', 503, 'no healthy upstream'],
		['traffic.unknown', 0, 'connection reset by peer'],
	])('that is refused: %s (%d)', (id, status, text) => {
		const result = failing(status, text);
		expect(result).toMatchObject({status: 'failed', cause: id});
		expect(JSON.stringify(result.findings)).toContain(text);
	});

	describe('whose connection fails, and nothing says why', () => {
		const strict = policy('PeerAuthentication', {mtls: {mode: 'STRICT'}});
		const plaintext = policy('DestinationRule', {
			host: 'ratings.bookinfo.svc.cluster.local',
			trafficPolicy: {tls: {mode: 'DISABLE'}},
		});
		const between = (peerauthentications: KubernetesObject, ...destinationrules: readonly KubernetesObject[]) =>
			failing(503, 'reset reason: connection termination', (world) => {
				world.objects = {peerauthentications: [peerauthentications], destinationrules};
			});

		it('has policies that disagree about mTLS: both are shown', () => {
			const {cause, findings, checks} = between(strict, plaintext);
			expect(cause).toBe('traffic.mtls-mismatch');
			expect(checks?.[0]?.detail).toMatch(/^503: Clients of the mesh speak plaintext/);
			expect(findings?.[0]?.summary).toContain('speak plaintext to port 9080');
			const shown = findings?.[0]?.evidence.map(({source, text}) => `${source} ${text}`).join('\n');
			expect(shown).toContain('destinationrule/bookinfo/own trafficPolicy.tls.mode: DISABLE');
			expect(shown).toContain('peerauthentication/bookinfo/own mtls.mode: STRICT');
			expect(shown).toContain('503 reset reason: connection termination');
		});

		it('and stays unknown where they agree', () => {
			expect(between(strict).cause).toBe('traffic.unknown');
		});

		it('and is not asked about where it is known', () => {
			const result = failing(503, 'RBAC: access denied', (world) => {
				world.objects = {peerauthentications: [strict], destinationrules: [plaintext]};
			});
			expect(result.cause).toBe('traffic.denied');
			expect(result.asked.filter(({kind}) => kind === 'list')).toEqual([]);
		});
	});

	it('is tried again: endpoints take a moment to reach the callers', () => {
		let requests = 0;
		const result = verify('request', (world) => {
			const good = world.request;
			world.request = () =>
				requests++ < 2
					? {done: true, pod: 'bookinfo/client', status: 503, body: 'no healthy upstream', text: ''}
					: good();
		});
		expect(result).toMatchObject({status: 'succeeded', waited: 4});
	});

	it('goes through every Service, and only to ports that speak HTTP', () => {
		const services = [
			service([
				{name: 'http-web', port: 80, targetPort: 9080},
				{name: 'tcp-db', port: 3306},
				{name: 'metrics', port: 9090, appProtocol: 'grpc'},
			]),
			service([{port: 8080, targetPort: 'named'}], 'other'),
		];
		const result = verify('request', undefined, {target: {...target, services}});
		expect(
			result.asked.flatMap((action) => (action.kind === 'pod-request' ? [`${action.service}:${action.port}`] : [])),
		).toEqual(['ratings:80']);
		expect(result.checks?.map(({to, outcome}) => `${to} ${outcome}`)).toEqual([
			'ratings.bookinfo:80 passed',
			'ratings.bookinfo:3306 not-done',
			'ratings.bookinfo:9090 not-done',
			'other.bookinfo:8080 not-done',
		]);
		expect(result.status).toBe('succeeded');
	});
});
