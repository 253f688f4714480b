import {createHash} from 'node:crypto';
import {describe, expect, it} from 'vitest';
import type {KubernetesObject} from '../../../source/mesh/kubernetes-object.ts';
import type {Target} from '../../../source/mesh/target.ts';
import type {DialAnswer, HttpAnswer, IstiodAnswer, PodAnswer} from '../../../source/onboarding/action.ts';
import type {Facts, Step} from '../../../source/onboarding/step.ts';
import {verifySteps} from '../../../source/onboarding/steps/verify/index.ts';
import {targetNamed} from '../../helpers/target.ts';
import {type Asked, drive, ran} from '../drive.ts';

const service = (ports: readonly object[] = [{name: 'http', port: 9080}], name = 'ratings'): KubernetesObject => ({
	metadata: {name, namespace: 'bookinfo'},
	spec: {selector: {app: 'ratings'}, ports},
});
const target = targetNamed('ratings-vm', 'bookinfo', {services: [service()]});
const options = {prepare: false, force: false, profile: 'default', context: 'lab'};
const now = Date.parse('2026-08-27T10:00:00Z') / 1000;
const ok = (body: unknown, status = 200): HttpAnswer => ({
	ok: true,
	status,
	body: typeof body === 'string' ? body : JSON.stringify(body),
});
const spiffe = 'spiffe://cluster.local/ns/bookinfo/sa/bookinfo-ratings';
const tokenOf = (change: object = {}) =>
	Buffer.from(
		JSON.stringify({
			aud: ['istio-ca'],
			sub: 'system:serviceaccount:bookinfo:bookinfo-ratings',
			exp: now + 3600,
			...change,
		}),
	).toString('base64url');

/** A VM whose proxy is in the mesh; a test changes what it is about. */
type World = {
	http: Record<string, () => HttpAnswer>;
	inspect: () => {Status: string; RestartCount: number; ExitCode: number; Env?: readonly string[]} | undefined;
	log: () => string;
	root: string;
	payload: string;
	istiod: () => IstiodAnswer;
	request: () => PodAnswer;
	dial: DialAnswer['outcome'];
	waited: number;
};

function healthy(): World {
	let requests = 0;
	return {
		http: {
			'15021/healthz/ready': () => ok(''),
			'15000/server_info': () =>
				ok({
					version: 'x/1.40.0/Clean/RELEASE',
					node: {id: 'sidecar~10.128.0.2~ratings-vm.bookinfo~bookinfo.svc.cluster.local'},
				}),
			'15000/certs': () =>
				ok({
					certificates: [
						{
							cert_chain: [
								{
									subject_alt_names: [{uri: spiffe}],
									days_until_expiration: '0',
									expiration_time: '2026-08-28T10:00:00Z',
								},
							],
						},
					],
				}),
			'15000/listeners?format=json': () => ok(listeners('10.128.0.2', 9080)),
			'15000/config_dump?resource=dynamic_listeners': () => ok({configs: []}),
			'15000/clusters?format=json': () => ok(clusters({rq_total: requests++})),
		},
		inspect: () => ({Status: 'running', RestartCount: 0, ExitCode: 0}),
		log: () => '',
		root: target.mesh?.rootCertificate ?? '',
		payload: tokenOf(),
		istiod: () => ({
			done: true,
			pods: [
				{pod: 'istiod-a', status: 200, body: '[]'},
				{pod: 'istiod-b', status: 200, body: syncz({cluster_sent: 'a', cluster_acked: 'a'})},
			],
		}),
		request: () => ({done: true, pod: 'bookinfo/client', status: 200, body: 'ratings', text: 'ratings'}),
		dial: 'open',
		waited: 0,
	};
}

function listeners(address: string, port: number) {
	return {listener_statuses: [{name: 'in', local_address: {socket_address: {address, port_value: port}}}]};
}

function clusters(stats: Readonly<Record<string, number>>) {
	const list = Object.entries(stats).map(([name, value]) => ({name, value: String(value)}));
	const address = {socket_address: {address: '127.0.0.1', port_value: 9080}};
	return {cluster_statuses: [{name: 'inbound|9080||', host_statuses: [{address, stats: list}]}]};
}

function syncz(status: object): string {
	return JSON.stringify([{proxy: 'ratings-vm.bookinfo', ...status}]);
}

function answer(world: World, action: Asked): unknown {
	switch (action.kind) {
		case 'http':
			return world.http[`${action.port}${action.path}`]?.() ?? {ok: false, text: 'connection refused'};
		case 'wait':
			world.waited += action.seconds;
			return undefined;
		case 'istiod':
			return world.istiod();
		case 'pod-request':
			return world.request();
		case 'pod-dial':
			return {outcome: world.dial, ms: 1, text: '', chain: [], from: 'pod bookinfo/client'} satisfies DialAnswer;
		case 'exec': {
			if (action.command === 'date -u +%s') return ran(`${now}\n`);
			if (action.command.startsWith('docker logs')) return ran(world.log());
			if (action.command.startsWith('cut')) return ran(`${world.payload}\n`);
			if (action.command.includes('sha256sum'))
				return ran(`${createHash('sha256').update(world.root).digest('hex')}  istio-ca.pem\n`);
			const state = world.inspect();
			return state === undefined
				? ran('[]', 1, 'Error: No such container: istio-proxy')
				: ran(JSON.stringify([{RestartCount: state.RestartCount, State: state, Config: {Env: state.Env ?? []}}]));
		}
		default:
			throw new Error(`not asked by verify: ${action.kind}`);
	}
}

function verify(id: string, change: (world: World) => void = () => {}, about: {target?: Target; facts?: Facts} = {}) {
	const world = healthy();
	change(world);
	const step = verifySteps.find((candidate) => candidate.id === `verify.${id}`) as Step;
	const {outcome, asked} = drive(step, {target, facts: {}, options, ...about}, (action) => answer(world, action));
	return {...outcome, asked, waited: world.waited, cause: outcome.findings?.[0]?.id};
}

describe('a VM in the mesh', () => {
	it.each([
		['container', 'istio-proxy runs'],
		['ready', 'Envoy 1.40.0 is live'],
		['certificate', `${spiffe}, 24 h left`],
		['istiod', 'istiod-b lists ratings-vm.bookinfo: CDS acknowledged'],
		['listener', '10.128.0.2:9080'],
		['request', 'ratings.bookinfo:9080: 200 from the app'],
	])('passes %s', (id, detail) => {
		expect(verify(id)).toMatchObject({status: 'succeeded', detail: expect.stringContaining(detail)});
	});

	it('is not changed by being verified', () => {
		for (const {plan} of verifySteps) expect(plan({target, facts: {}, options})).toEqual([]);
	});
});

describe('the container', () => {
	it('that is absent does not run', () => {
		expect(verify('container', (world) => (world.inspect = () => undefined))).toMatchObject({
			status: 'failed',
			cause: 'proxy.not-running',
		});
	});

	it('that ended says why', () => {
		const result = verify('container', (world) => {
			world.inspect = () => ({Status: 'restarting', RestartCount: 3, ExitCode: 255});
			world.log = () => 'exec /usr/local/bin/pilot-agent: exec format error\n'.repeat(3);
		});
		expect(result).toMatchObject({status: 'failed', cause: 'vm.arch-mismatch'});
		expect(result.detail).toContain('restarting, exit code 255, 3 restarts');
	});

	it('that is started again while it is watched does not stay', () => {
		let restarts = 0;
		const result = verify('container', (world) => {
			world.inspect = () => ({Status: 'running', RestartCount: restarts++, ExitCode: 1});
			world.log = () => 'panic: nobody knows\n';
		});
		expect(result.cause).toBe('proxy.not-running');
		expect(JSON.stringify(result.findings)).toContain('panic: nobody knows');
	});

	it('that was restarted long ago and runs is sound', () => {
		const steady = () => ({Status: 'running', RestartCount: 7, ExitCode: 0});
		expect(verify('container', (world) => (world.inspect = steady)).status).toBe('succeeded');
	});
});

describe('the proxy', () => {
	const reason =
		'Envoy proxy is NOT ready: config not received from XDS server (is Istiod running?): cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected';
	const neverReady = (world: World) => {
		world.http['15021/healthz/ready'] = () => ok(reason, 503);
	};
	const unauthenticated =
		'2026-08-27T10:00:00Z\twarn\txdsproxy\tupstream terminated: code = Unauthenticated desc = authentication failure\n';

	it('is waited for, with the reason shown, and told how long it took', () => {
		let looks = 0;
		const result = verify('ready', (world) => {
			world.http['15021/healthz/ready'] = () => (looks++ < 3 ? ok(reason, 503) : ok(''));
		});
		expect(result).toMatchObject({status: 'succeeded', detail: expect.stringContaining('after 3 s')});
		expect(result.asked.find(({kind}) => kind === 'wait')).toMatchObject({
			why: expect.stringContaining('config not received from XDS server'),
		});
	});

	it('is ready only when Envoy is live', () => {
		let looks = 0;
		const result = verify('ready', (world) => {
			world.http['15000/server_info'] = () => ok(looks++ < 2 ? {state: 'INITIALIZING'} : {});
		});
		expect(result).toMatchObject({status: 'succeeded', waited: 2});
	});

	it('is waited for until the timeout, not longer', () => {
		const brief = {...target, timeoutSeconds: {value: 7, source: 'flag'} as const};
		expect(verify('ready', neverReady, {target: brief})).toMatchObject({status: 'failed', waited: 7});
	});

	it('that does not come up for no known cause shows its words', () => {
		const result = verify('ready', (world) => {
			neverReady(world);
			world.log = () => '2026-08-27T10:00:00Z\tinfo\tall is well\n2026-08-27T10:00:00Z\terror\tsomething new\n';
		});
		expect(result.cause).toBe('proxy.not-ready');
		expect(JSON.stringify(result.findings)).toContain('something new');
		expect(JSON.stringify(result.findings)).toContain('config not received');
	});

	it('shows a cause that the log names while it is waited for', () => {
		const result = verify('ready', (world) => {
			neverReady(world);
			world.log = () => '2026-08-27T10:00:00Z\twarn\tdial tcp 10.128.0.254:15012: i/o timeout\n';
		});
		expect(result.cause).toBe('network.gateway-blocked');
		expect(
			result.asked.some((action) => action.kind === 'wait' && action.why.includes('network.gateway-blocked')),
		).toBe(true);
	});

	it('whose health endpoint does not answer says so', () => {
		const result = verify('ready', (world) => {
			world.http = {};
		});
		expect(JSON.stringify(result.findings)).toContain('health endpoint does not answer');
	});

	it('of another entry on these ports is no success', () => {
		const result = verify('ready', (world) => {
			world.http['15000/server_info'] = () => ok({node: {id: 'sidecar~10.128.0.2~other-vm.bookinfo~x'}});
		});
		expect(result).toMatchObject({status: 'failed', cause: 'proxy.already-running'});
	});

	it.each([
		['token.missing', {payload: ''}],
		['token.audience', {payload: tokenOf({aud: ['kubernetes.default.svc']})}],
		['token.expired', {payload: tokenOf({exp: now - 1})}],
		['identity.mismatch', {payload: tokenOf({sub: 'system:serviceaccount:bookinfo:other'})}],
		['identity.cluster-id', {env: ['ISTIO_META_CLUSTER_ID=other']}],
		['proxy.env-quoted', {env: ["ISTIO_META_CLUSTER_ID='lab'"]}],
		['token.rejected', {env: ['ISTIO_META_CLUSTER_ID=lab']}],
	])(
		'whose credentials are refused, by what is on the VM: %s',
		(id, {payload, env}: {payload?: string; env?: readonly string[]}) => {
			const result = verify('ready', (world) => {
				neverReady(world);
				world.log = () => unauthenticated;
				if (payload !== undefined) world.payload = payload;
				world.inspect = () => ({
					Status: 'running',
					RestartCount: 0,
					ExitCode: 0,
					...(env === undefined ? {} : {Env: env}),
				});
			});
			expect(result.cause).toBe(id);
		},
	);

	it.each([
		['identity.root-mismatch', 'another root'],
		['network.tls-intercepted', target.mesh?.rootCertificate ?? ''],
	])('that trusts not the chain it is shown, by the root on the VM: %s', (id, root) => {
		const result = verify('ready', (world) => {
			neverReady(world);
			world.log = () => '2026-08-27T10:00:00Z\twarn\tx509: certificate signed by unknown authority\n';
			world.root = root;
		});
		expect(result.cause).toBe(id);
	});

	it('that dials an address which is not the gateway’s', () => {
		const result = verify('ready', (world) => {
			neverReady(world);
			world.log = () => '2026-08-27T10:00:00Z\twarn\tdial tcp 10.96.0.10:15012: i/o timeout\n';
		});
		expect(result.cause).toBe('network.istiod-wrong-address');
	});

	it('without a Sidecar', () => {
		const result = verify(
			'ready',
			(world) => {
				neverReady(world);
				world.log = () =>
					"2026-08-27T10:00:00Z\twarning\tenvoy config\tcannot bind '127.0.0.1:443': Permission denied\n";
			},
			{target: {...target, ingress: []}},
		);
		expect(result).toMatchObject({cause: 'sidecar.missing'});
		expect(result.findings?.[0]?.target).toBe('workloadentry/bookinfo/ratings-vm');
	});

	it('shows no control sequence of its log', () => {
		const result = verify('ready', (world) => {
			neverReady(world);
			world.log = () => '\x1b]0;owned\x07\x1b[31msomething\u202e new\n';
		});
		expect(JSON.stringify(result.findings)).toContain('something new');
		expect(JSON.stringify(result)).not.toMatch(/\\u001b|\u202e/);
	});
});

describe('the certificate', () => {
	const holding = (names: readonly string[], expires: string) => (world: World) => {
		world.http['15000/certs'] = () =>
			ok({
				certificates: [{cert_chain: [{subject_alt_names: names.map((uri) => ({uri})), expiration_time: expires}]}],
			});
	};

	it('of another account is a mismatch', () => {
		const result = verify(
			'certificate',
			holding(['spiffe://cluster.local/ns/bookinfo/sa/other'], '2026-08-28T10:00:00Z'),
		);
		expect(result).toMatchObject({status: 'failed', cause: 'identity.mismatch'});
		expect(result.detail).toContain(spiffe);
	});

	it('that has ended', () => {
		expect(verify('certificate', holding([spiffe], '2026-08-27T09:59:59Z')).cause).toBe('identity.cert-expired');
	});

	it('on its last day is sound: Envoy says 0 days for all of it', () => {
		expect(verify('certificate', holding([spiffe], '2026-08-27T10:30:00Z'))).toMatchObject({
			status: 'succeeded',
			detail: expect.stringContaining('30 min left'),
		});
	});

	it('that is not there', () => {
		const result = verify('certificate', (world) => {
			world.http['15000/certs'] = () => ok({certificates: [{ca_cert: [{serial_number: '1'}]}]});
		});
		expect(result.cause).toBe('identity.cert-expired');
	});

	it('that cannot be read', () => {
		expect(verify('certificate', (world) => (world.http = {})).status).toBe('failed');
	});
});

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
			world.http['15000/config_dump?resource=dynamic_listeners'] = () => ok({configs: [{error_state: {details}}]});
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
