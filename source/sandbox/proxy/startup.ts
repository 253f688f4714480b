import type {Claims} from '../../mesh/token.ts';
import type {ConnectedProxy, InboundListener, Mesh, OutboundListener} from '../mesh/mesh.ts';

/** What a proxy's container was started with. */
export type ProxyInput = {
	readonly environment: ReadonlyMap<string, string>;
	/** Text of a mounted file as the container reads it, or why it cannot. */
	readonly mounted: (pathInContainer: string) => {readonly text: string} | {readonly fault: string};
	/** Names in the container's /etc/hosts. */
	readonly hosts: ReadonlyMap<string, string>;
	/** Addresses of the VM, on which listeners can be bound. */
	readonly addresses: readonly string[];
	/** Ports of the VM that somebody else listens on. */
	readonly takenPorts: readonly number[];
};

/** How a start ends. `fatal`: the agent gives up; `stuck`: it goes on trying; `ready`: Envoy serves. */
export type Startup =
	| {readonly kind: 'fatal'; readonly words: string}
	| {readonly kind: 'stuck'; readonly lines: readonly string[]; readonly why: string; readonly live: boolean}
	| {
			readonly kind: 'ready';
			readonly proxy: Omit<ConnectedProxy, 'nonce'>;
			readonly spiffeId: string;
			readonly inbound: ReadonlyArray<InboundListener & {readonly address: string}>;
			readonly outbound: readonly OutboundListener[];
	  };

const rootPath = '/var/run/secrets/istio/root-cert.pem';
const tokenPath = '/var/run/secrets/tokens/istio-token';
const noConfig =
	'Envoy proxy is NOT ready: config not received from XDS server (is Istiod running?): cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected';

/** What becomes of a proxy, judged as pilot-agent, istiod and Envoy would, in the order in which they would stumble. */
export function startup(input: ProxyInput, mesh: Mesh, now: Date): Startup {
	const env = (name: string) => input.environment.get(name) ?? '';
	const root = input.mounted(rootPath);
	if ('fault' in root) {
		return {kind: 'fatal', words: `failed to start xds proxy: root CA file for XDS does not exist .${rootPath}`};
	}
	const discovery = env('CA_ADDR') || 'istiod.istio-system.svc:15012';
	const host = discovery.split(':')[0] ?? '';
	const address = input.hosts.get(host);
	if (address === undefined && host !== mesh.gateway.address) {
		return stuck(
			`warn\txdsproxy\tfailed to connect to upstream ${discovery}: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp: lookup ${host} on 10.128.0.1:53: no such host"`,
		);
	}
	if (address !== undefined && address !== mesh.gateway.address) {
		return stuck(
			`warn\txdsproxy\tfailed to connect to upstream ${discovery}: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp ${address}:15012: i/o timeout"`,
		);
	}
	if (root.text.trim() !== mesh.rootCertificate.trim()) {
		return stuck(
			`warn\tca\tca request failed, starting attempt 1 in 92ms`,
			`error\tsds\tfailed to warm certificate: failed to generate workload certificate: create certificate: rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"`,
		);
	}
	const token = input.mounted(tokenPath);
	if ('fault' in token) return refused(`failed to fetch token from file: open .${tokenPath}: ${token.fault}`);
	const claims = mesh.authenticate(token.text, now);
	if ('refused' in claims) return refused();
	return admitted(input, mesh, claims);
}

function admitted(input: ProxyInput, mesh: Mesh, claims: Claims): Startup {
	const env = (name: string) => input.environment.get(name) ?? '';
	const [name, namespace, account] = [env('POD_NAME'), env('POD_NAMESPACE'), env('SERVICE_ACCOUNT')];
	if (claims.namespace !== namespace || claims.serviceAccount !== account) {
		return stuck(
			`warn\txdsproxy\tupstream terminated with unexpected error rpc error: code = PermissionDenied desc = authorization failed: no identities ([spiffe://${mesh.trustDomain}/ns/${claims.namespace}/sa/${claims.serviceAccount}]) matched ${namespace}/${account}`,
		);
	}
	const labels = labelsOf(env('ISTIO_METAJSON_LABELS'));
	const objects = mesh.objects();
	const ip = env('INSTANCE_IP');
	const inbound = objects.inbound(namespace, labels).map((listener) => ({...listener, address: listener.bind ?? ip}));
	const outbound = objects.outbound(namespace, labels);
	if (env('ISTIO_META_INTERCEPTION_MODE') === 'NONE' && inbound.length === 0 && outbound.length === 0)
		return rejected(
			`listener '127.0.0.1_443' failed to bind or apply socket options: cannot bind '127.0.0.1:443': Permission denied`,
		);
	for (const {address, port} of inbound) {
		if (!input.addresses.includes(address))
			return rejected(
				`listener '${address}_${port}' failed to bind or apply socket options: cannot bind '${address}:${port}': Cannot assign requested address`,
			);
	}
	const taken = inbound.find(({port}) => input.takenPorts.includes(port));
	if (taken !== undefined)
		return rejected(
			`listener '${taken.address}_${taken.port}' failed to bind or apply socket options: cannot bind '${taken.address}:${taken.port}': Address already in use`,
		);
	return {
		kind: 'ready',
		proxy: {
			id: `${name}.${namespace}`,
			address: env('IDENTITY_IP') || ip,
			labels,
			serves: inbound.map(({port}) => port),
		},
		spiffeId: `spiffe://${mesh.trustDomain}/ns/${namespace}/sa/${account}`,
		inbound,
		outbound,
	};
}

function refused(first?: string): Startup {
	return stuck(
		...(first === undefined ? [] : [`error\tcitadelclient\t${first}`]),
		'error\tcitadelclient\tFailed to sign CSR: create certificate: rpc error: code = Unauthenticated desc = request authenticate failure',
		'error\tcache\tresource:default CSR signing failed: create certificate: rpc error: code = Unauthenticated desc = request authenticate failure',
		'warn\tsds\tfailed to warm certificate: failed to generate workload certificate: create certificate: rpc error: code = Unauthenticated desc = request authenticate failure',
		'warn\tenvoy config external/envoy/source/extensions/config_subscription/grpc/grpc_stream.h:226\tStreamAggregatedResources gRPC config stream to xds-grpc closed: 16, authentication failure\tthread=14',
	);
}

function stuck(...lines: readonly string[]): Startup {
	return {kind: 'stuck', lines: [...lines, `warn\t${noConfig}`], why: noConfig, live: false};
}

function rejected(words: string): Startup {
	const why =
		'Envoy proxy is NOT ready: config received from XDS server, but was rejected: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 1 rejected';
	return {
		kind: 'stuck',
		live: true,
		why,
		lines: [
			`warning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/delta_subscription_state.cc:296\tdelta config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: Error adding/updating listener(s): ${words}\tthread=14`,
			`warn\t${why}`,
		],
	};
}

function labelsOf(text: string): Readonly<Record<string, string>> {
	try {
		const labels: unknown = JSON.parse(text);
		return typeof labels === 'object' && labels !== null
			? Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]))
			: {};
	} catch {
		return {};
	}
}
