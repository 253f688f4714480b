import {describe, expect, it} from 'vitest';
import {causeOfLog, type LogContext} from '../../source/proxy/log-causes.ts';

const plain: LogContext = {sidecarMissing: false, selinux: false, otherProxy: false, rootIsCurrent: undefined};
const cause = (lines: readonly string[], context: Partial<LogContext> = {}) =>
	causeOfLog(lines, {...plain, ...context})?.id;

const notReady =
	'2026-08-27T10:00:09Z\twarn\tEnvoy proxy is NOT ready: config not received from XDS server (is Istiod running?): cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected';
const unauthenticated =
	'2022-01-02T06:20:31.848804Z  warn   xdsproxy  upstream terminated with unexpected error rpc error: code = Unauthenticated desc = authentication failure';
const closed16 =
	'2022-01-02T06:20:31.849353Z  warning envoy config  StreamAggregatedResources gRPC config stream closed: 16, authentication failure';
const unresolved =
	'2026-08-27T10:00:01Z\twarn\tca\tdial tcp: lookup istiod.istio-system.svc on 10.0.0.2:53: no such host';
const unknownAuthority = 'transport: authentication handshake failed: x509: certificate signed by unknown authority';

describe('the words of the proxy name', () => {
	it.each([
		// Raw lines of public reports; numbers are issues of istio/istio.
		[
			'token.unreadable',
			[
				// #36683
				'2022-01-02T06:20:31.847339Z  warn   failed to fetch token from file: open ./var/run/secrets/tokens/istio-token: permission denied',
				unauthenticated,
				closed16,
				notReady,
			],
		],
		[
			'identity.external-ca',
			[
				// #57664
				'2025-09-15T11:12:53.661934Z  warn   cannot parse the cert chain, using token instead: failed to read the cert, error is open etc/certs/cert-chain.pem: no such file or directory',
				'2025-09-15T11:12:53.731799Z  error  citadelclient  failed to sign CSR: create certificate: rpc error: code = Unimplemented desc = unknown service istio.v1.auth.IstioCertificateService',
			],
		],
		[
			'identity.mismatch',
			[
				// #35249
				'2021-09-17T09:45:00.427096Z  warn   xdsproxy  upstream [13] terminated with unexpected error rpc error: code = PermissionDenied desc = authorization failed: no identities ([spiffe://cluster.local/ns/vm/sa/sa-mysql]) matched vm-httpd/sa-httpd',
			],
		],
		[
			'proxy.uds-denied',
			[
				// #43547
				'2023-02-22T22:34:20.381353Z  error  sds  Failed to set up UDS path: failed to listen on unix socket "./var/run/secrets/workload-spiffe-uds/socket": listen unix: bind: permission denied',
			],
		],
		[
			'proxy.uds-denied',
			[
				'2026-11-28T07:38:26.392842Z\twarn\tFailed to create directory for var/run/secrets/workload-spiffe-uds/socket: mkdir var/run/secrets/workload-spiffe-uds: permission denied',
				'2026-11-28T07:38:26.392978Z\terror\tsds\tSDS grpc server for workload proxies failed to set up UDS: failed to listen on unix socket "var/run/secrets/workload-spiffe-uds/socket": listen unix var/run/secrets/workload-spiffe-uds/socket: bind: no such file or directory',
			],
		],
		['network.istiod-unresolved', [unresolved, notReady]],
		['network.istiod-unresolved', ['dial tcp: lookup istiod.istio-system.svc on 8.8.8.8:53: server misbehaving']],
		[
			'network.istiod-unresolved',
			['dial tcp: lookup istiod.istio-system.svc on 10.0.0.2:53: read udp 10.1.1.1:3->10.0.0.2:53: i/o timeout'],
		],
		['network.istiod-unresolved', ['dial tcp: lookup istiod.istio-system.svc: no such host']],
		[
			'network.gateway-blocked',
			['connection error: desc = "transport: Error while dialing: dial tcp 10.128.0.254:15012: i/o timeout"', notReady],
		],
		['network.gateway-blocked', ['dial tcp 10.128.0.254:15012: connect: no route to host']],
		[
			'network.gateway-blocked',
			['failed to connect to upstream istiod.istio-system.svc:15012: context deadline exceeded'],
		],
		['network.gateway-refused', ['dial tcp 10.128.0.254:15012: connect: connection refused', notReady]],
		['identity.root-mismatch', [unknownAuthority, notReady]],
		[
			'xds.name-mismatch',
			['x509: certificate is valid for istiod.istio-system.svc, istio-pilot.istio-system.svc, not lb.example.com'],
		],
		[
			'xds.name-mismatch',
			["x509: cannot validate certificate for 10.128.0.254 because it doesn't contain any IP SANs"],
		],
		[
			'vm.clock-skew',
			[
				'x509: certificate has expired or is not yet valid: current time 2020-01-01T00:00:00Z is before 2026-08-27T00:00:00Z',
			],
		],
		[
			'token.missing',
			[
				'failed to fetch token from file: open ./var/run/secrets/tokens/istio-token: no such file or directory',
				unauthenticated,
			],
		],
		['token.missing', ['failed to fetch token from file: read ./var/run/secrets/tokens/istio-token: is a directory']],
		[
			'token.rejected',
			[
				'failed to warm certificate: failed to generate workload certificate: create certificate: rpc error: code = Unauthenticated desc = request authenticate failure',
				closed16,
			],
		],
		[
			'token.audience',
			[
				'failed to validate the JWT from cluster "Kubernetes": the service account authentication returns an error: [invalid bearer token, token audiences ["kubernetes.default.svc"] is invalid for the target audiences ["istio-ca"]]',
			],
		],
		[
			'token.expired',
			[
				'failed to validate the JWT from cluster "Kubernetes": the service account authentication returns an error: [invalid bearer token, service account token has expired]',
			],
		],
		[
			'token.foreign',
			[
				'failed to validate the JWT from cluster "Kubernetes": the service account authentication returns an error: [invalid bearer token, square/go-jose: error in cryptographic primitive]',
			],
		],
		[
			'identity.cluster-id',
			[
				'client claims to be in cluster "cluster1", but we only know about local cluster "Kubernetes" and remote clusters []',
			],
		],
		[
			'proxy.env-quoted',
			[`info\txdsproxy\tInitializing with upstream address "istiod.istio-system.svc:15012" and cluster "'Kubernetes'"`],
		],
		['proxy.root-cert-missing', ['root CA file for XDS does not exist ./var/run/secrets/istio/root-cert.pem']],
		[
			'cluster.istiod-not-ready',
			['rpc error: code = Unavailable desc = server is not ready to serve discovery information'],
		],
		['xds.rate-limited', ['rpc error: code = ResourceExhausted desc = request rate limit exceeded']],
		['vm.arch-mismatch', ['exec /usr/local/bin/pilot-agent: exec format error']],
		['vm.os-unsupported', ["envoy: /lib64/libc.so.6: version `GLIBC_2.18' not found"]],
		['vm.disk-unwritable', ['open etc/istio/proxy/envoy-rev.json: no space left on device']],
		['vm.file-limit', ['accept4: too many open files']],
		['vm.ports-in-use', ['Error listening on status port: listen tcp :15020: bind: address already in use']],
		['vm.ports-in-use', ["cannot bind '127.0.0.1:15000': Address already in use"]],
		['entry.instance-ip-not-local', ["cannot bind '203.0.113.7:9080': Cannot assign requested address"]],
		[
			'listener.port-taken',
			["error adding listener '10.128.0.2_9080': cannot bind '10.128.0.2:9080': Address already in use"],
		],
		['listener.egress-conflict', ["cannot bind '127.0.0.1:443': Permission denied"]],
		[
			'xds.rejected',
			[
				'config received from XDS server, but was rejected: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 1 rejected',
			],
		],
		['xds.warming', ['workers have not yet started']],
		[
			'xds.unknown',
			[
				'DeltaAggregatedResources gRPC config stream to xds-grpc closed since 40s ago: 14, connection error: desc = "transport: EOF"',
				notReady,
			],
		],
	])('%s', (id, lines) => {
		expect(cause(lines)).toBe(id);
	});

	it.each([
		['nothing', []],
		[
			'what is no fault',
			[
				'info\tads\tAll caches have been synced up in 34.316371ms, marking server ready',
				'CA Endpoint istiod.istio-system.svc:15012, provider Citadel',
			],
		],
		['only that it is not ready', [notReady]],
		[
			'the mount of the root as a file, which is harmless',
			[
				'error cache error when output the resource: failed to write data to file root-cert.pem: rename: device or resource busy',
			],
		],
		['the agent’s own endpoint before it is up', ['dial tcp 127.0.0.1:15020: connect: connection refused']],
	])('nothing: %s', (_, lines) => {
		expect(cause(lines)).toBeUndefined();
	});
});

describe('causes with the same words are told apart', () => {
	it('a proxy without a Sidecar by the objects', () => {
		const lines = [
			"listener '127.0.0.1_443' failed to bind or apply socket options: cannot bind '127.0.0.1:443': Permission denied",
		];
		expect(cause(lines, {sidecarMissing: true})).toBe('sidecar.missing');
	});

	it('another proxy by what else runs on the VM', () => {
		const lines = ['Error listening on status port: listen tcp :15020: bind: address already in use'];
		expect(cause(lines, {otherProxy: true})).toBe('proxy.already-running');
	});

	it('SELinux by its mode', () => {
		const lines = ['open ./var/run/secrets/tokens/istio-token: permission denied'];
		expect(cause(lines, {selinux: true})).toBe('vm.selinux');
	});

	it('a false root by whether the VM has the present one', () => {
		expect(cause([unknownAuthority], {rootIsCurrent: true})).toBe('network.tls-intercepted');
		expect(cause([unknownAuthority], {rootIsCurrent: false})).toBe('identity.root-mismatch');
	});
});

describe('what is over', () => {
	const connected =
		'2026-08-27T10:00:03Z\tinfo\txdsproxy\tconnected to delta upstream XDS server: istiod.istio-system.svc:15012';

	it('is no cause: the name resolved later, then the token was refused', () => {
		expect(cause([unresolved, connected, unauthenticated])).toBe('token.rejected');
	});

	it('counts again when it comes back', () => {
		expect(cause([connected, unresolved])).toBe('network.istiod-unresolved');
	});

	it('is everything before the proxy was ready', () => {
		expect(cause([unresolved, unauthenticated, 'info\tEnvoy proxy is ready'])).toBeUndefined();
	});
});

it('the newest words are the evidence, each once', () => {
	const lines = Array.from({length: 20}, (_, number) => `${Math.floor(number / 2)} ${unauthenticated}`);
	const found = causeOfLog(lines, plain);
	expect(found?.lines).toHaveLength(5);
	expect(found?.lines.at(-1)).toBe(`9 ${unauthenticated}`);
});
