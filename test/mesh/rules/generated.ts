import fc from 'fast-check';
import type {KubernetesObject} from '../../../source/mesh/kubernetes-object.ts';

/* Objects of Istio's kinds of which about half are refused: each field has a value that is often right and sometimes not. */

const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
/** Mostly one of the first, now and then one of the others. */
const mostly = <T>(right: readonly T[], wrong: readonly T[]) =>
	fc.oneof({weight: 12, arbitrary: some(...right)}, {weight: 1, arbitrary: some(...wrong)});
const fields = <T extends Record<string, fc.Arbitrary<unknown>>>(model: T) => fc.record(model, {requiredKeys: []});

const address = mostly<unknown>(
	['10.0.0.1', '2001:db8::1', 'vm.example.com', 'VM.example.com.'],
	[
		'',
		'a_b.c',
		'10.0.0.300',
		'1.2.3',
		'fe80::1%e',
		'unix:///a',
		'unix://@a',
		'unix://a',
		'unix:///a/',
		'-a.b',
		'a..b',
		7,
		null,
		'[::1]',
		'::ffff:1.2.3.4',
		'010.0.0.1',
	],
);
const number = mostly<unknown>([80, 9080, 443, 15021], [0, 65535, 65536, -1, '80', 1.5, null]);
const portName = mostly(['http', 'tcp-1', 'GRPC'], ['', 'a.b', '-a', 'a'.repeat(62), 'a'.repeat(63), 'a'.repeat(64)]);
const protocol = mostly<unknown>(
	['HTTP', 'tcp', 'TLS', 'HTTPS', 'grpc-web', 'Http_Proxy'],
	['', 'SCTP', 'udp', 'DoubleHBONE', 5],
);
const labels = fc.dictionary(
	mostly(['app', 'example.com/a', 'a_b'], ['', '-a', 'a/b/c', `${'a'.repeat(64)}`, 'A.b/c', '_/a']),
	mostly<unknown>(['ratings', 'v1', '', 'A.b_c'], ['-a', 'a b', 'x'.repeat(64), 'a*', 1, null]),
	{maxKeys: 2},
);
const endpoint = fields({
	address,
	labels,
	network: mostly<unknown>(['vm-net'], ['', 3]),
	ports: fc.dictionary(portName, number, {maxKeys: 2}),
	serviceAccount: mostly<unknown>(['vm'], ['', 'a'.repeat(254)]),
	weight: mostly<unknown>([1], [-1, 2 ** 32]),
});
const selector = fields({labels});
const port = fields({number, protocol, name: portName, targetPort: mostly<unknown>([0], [80])});
const filledPort = fc.record({number, protocol});
const bind = mostly<unknown>(
	['10.0.0.1', '127.0.0.2', '::1', ''],
	['localhost', 'unix:///a', 'unix://a', '127.1', '1.2.3.4/8'],
);
const host = mostly<unknown>(
	['./*', '*/*', 'istio-system/*', './a.b', '*/*.example.com', '~a/*', 'a/b.c'],
	[
		'*',
		'a.b',
		'/',
		'./',
		'/a.b',
		'./a',
		'./*a.b',
		'a_b/*',
		'~/*',
		'a/b/c.d',
		'./a.1',
		'./a.b.',
		'~',
		'~~a/*',
		'*/*-a.b',
		'./-a.b',
		'./a.*',
	],
);
const defaultEndpoint = mostly<unknown>(
	['127.0.0.1:80', '[::1]:80', '0.0.0.0:80', ':80', 'unix:///a', ''],
	[
		'10.0.0.1:80',
		'127.0.0.1',
		'127.0.0.1:x',
		'127.0.0.1:0',
		'::1:80',
		'[::]:80',
		'[::1]80',
		'[::1',
		'127.0.0.1:70000',
		'127.0.0.1:',
		'unix://a',
		'localhost:80',
		'127.0.0.1:+1',
		'127.0.0.1:-1',
	],
);
const duration = mostly<unknown>(['1s', '1m30s', '1.5s', '500ms'], ['0s', '0', '1', '1us', '1.0005s', '-1s', '', 5]);
const count = mostly<unknown>([1], [0, -1, 2 ** 31]);
const pool = fields({
	http: fields({
		http1MaxPendingRequests: count,
		idleTimeout: duration,
		h2UpgradePolicy: mostly<unknown>(['DEFAULT', 'UPGRADE'], ['ON']),
		useClientProtocol: some(true, false),
		http2KeepAlive: fields({interval: duration, timeout: duration}),
	}),
	tcp: fields({
		maxConnections: count,
		connectTimeout: duration,
		idleTimeout: duration,
		tcpKeepalive: fields({time: duration, interval: duration}),
	}),
});
const file = some('/a', '');
const tls = fields({
	mode: some('SIMPLE', 'MUTUAL', 'PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL', 'AUTO_PASSTHROUGH', 'NONE'),
	serverCertificate: file,
	privateKey: file,
	caCertificates: file,
	caCrl: file,
	credentialName: some('', '', 'a'),
	httpsRedirect: some(false, false, true),
});
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, {nil: undefined, freq: 1});
const captureMode = mostly<unknown>(['DEFAULT', 'NONE', 'IPTABLES'], ['none']);

const specs = {
	WorkloadEntry: fc.record({address}).chain((required) => endpoint.map((more) => ({...required, ...more}))),
	WorkloadGroup: fields({
		template: mostly<unknown>([{}, {serviceAccount: 'a'}], [null, 5]).chain((plain) =>
			fc.oneof(fc.constant(plain), endpoint),
		),
		metadata: fields({labels, annotations: labels}),
		probe: fields({
			httpGet: fc.option(
				fields({
					port: number,
					scheme: mostly(['HTTP', ''], ['http']),
					httpHeaders: fc.array(fields({name: mostly(['a', 'X-b'], ['', 'a_b', 'a b'])}), {maxLength: 1}),
				}),
				{nil: undefined, freq: 2},
			),
			tcpSocket: sometimes(fields({port: number})),
			exec: sometimes(fields({command: fc.array(some('a', 'b', ''), {maxLength: 2})})),
			grpc: sometimes(fields({port: number})),
			periodSeconds: count,
		}),
	}),
	Sidecar: fields({
		workloadSelector: selector,
		ingress: fc.array(
			fc
				.record({
					port: filledPort,
					more: fields({
						port,
						bind,
						defaultEndpoint,
						captureMode,
						tls: sometimes(tls),
						connectionPool: sometimes(pool),
					}),
				})
				.map(({port: own, more}) => ({port: own, ...more})),
			{maxLength: 2},
		),
		egress: fc.array(
			fc
				.record({hosts: fc.array(host, {minLength: 1, maxLength: 2}), more: fields({port, bind, captureMode})})
				.map(({hosts, more}) => ({hosts, ...more})),
			{maxLength: 2},
		),
		outboundTrafficPolicy: fields({
			mode: mostly<unknown>(['ALLOW_ANY', 'REGISTRY_ONLY'], ['ALLOW_ANY_DYNAMIC_DNS', 'X']),
			egressProxy: sometimes(
				fields({
					host: mostly<unknown>(['a.b'], ['*.b', '', '*']),
					port: fields({number}),
					subset: mostly(['v1'], ['', 'a b']),
				}),
			),
		}),
		inboundConnectionPool: sometimes(pool),
	}),
	ServiceEntry: fc
		.record({
			hosts: fc.array(
				mostly<unknown>(['a.b', 'db.example.com', 'single'], ['*', '*.a.b', '*a.b', 'a_b', '', 'a.1', 'a.b.']),
				{minLength: 1, maxLength: 2},
			),
		})
		.chain((required) =>
			fields({
				ports: fc.array(fc.record({number, name: portName, protocol}), {maxLength: 2}),
				resolution: mostly<unknown>(['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'], ['X']),
				location: mostly<unknown>(['MESH_INTERNAL', 'MESH_EXTERNAL'], ['X']),
				addresses: fc.array(
					mostly<unknown>(
						['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'],
						['a', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.1/', 'fe80::1%a/64', ''],
					),
					{maxLength: 1},
				),
				endpoints: sometimes(
					fc.array(
						fc.record({address}).chain((one) => endpoint.map((more) => ({...one, ...more}))),
						{maxLength: 2},
					),
				),
				workloadSelector: sometimes(selector),
				exportTo: fc.array(mostly(['.', '*', 'bookinfo'], ['~', 'a_b', '']), {maxLength: 2}),
			}).map((more) => ({...required, ...more})),
		),
};

/** The same objects for the same seed. */
export function generated(each: number, seed: number, namespace: string): readonly KubernetesObject[] {
	return Object.entries(specs).flatMap(([kind, spec]) =>
		fc.sample(spec as fc.Arbitrary<unknown>, {numRuns: each, seed}).map((one, index) => ({
			apiVersion: 'networking.istio.io/v1',
			kind,
			metadata: {name: `generated-${kind.toLowerCase()}-${index}`, namespace},
			spec: JSON.parse(JSON.stringify(one)),
		})),
	);
}
