import {describe, expect, it} from 'vitest';
import {verifySteps} from '../../../source/onboarding/steps/verify/index.ts';
import {now, ok, options, spiffe, target, tokenOf, verify, type World} from './world.ts';

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
	const holding =
		(names: readonly string[], expires: string, begins = '2026-08-27T09:58:00Z') =>
		(world: World) => {
			const subject_alt_names = names.map((uri) => ({uri}));
			const certificate = {subject_alt_names, valid_from: begins, expiration_time: expires};
			world.http['15000/certs'] = () => ok({certificates: [{cert_chain: [certificate]}]});
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

	it('that holds still, and should have been renewed long ago', () => {
		const since = (begins: string) => verify('certificate', holding([spiffe], '2026-08-27T11:00:00Z', begins));
		expect(since('2026-08-27T01:00:00Z').status).toBe('succeeded');
		const {cause, findings} = since('2026-08-26T23:30:00Z');
		expect(cause).toBe('identity.cert-expired');
		expect(findings?.[0]?.summary).toBe("The workload's certificate ends in 60 min and was not renewed in time.");
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
