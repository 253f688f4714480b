import type {FindingId} from '../diagnosis/catalogue.ts';

/** What the words of the proxy alone do not tell, and what decides between causes that have the same words. */
export type LogContext = {
	/** Nothing is intercepted and no Sidecar opens an inbound listener for the entry. */
	readonly sidecarMissing: boolean;
	/** SELinux enforces on the VM. */
	readonly selinux: boolean;
	/** Another proxy runs on the VM. */
	readonly otherProxy: boolean;
	/** The root certificate on the VM is the mesh's present one; undefined when that was not compared. */
	readonly rootIsCurrent: boolean | undefined;
};

/** A cause that the proxy's words name, with the newest words that do, oldest first. */
export type LogCause = {readonly id: FindingId; readonly lines: readonly string[]};

type Row = {
	readonly id: FindingId;
	readonly pattern: RegExp;
	/** A later line that shows that this is over; every cause is over once the proxy was ready. */
	readonly over?: RegExp;
	readonly when?: (context: LogContext) => boolean;
};

const ready = /Envoy proxy is ready/;
const connected = /connected to (?:delta )?upstream XDS server/i;
const proxyPort = '(?:1500[016]|15020|15021|15053|15090)';

/**
 * Words of pilot-agent, Envoy and istiod, and the causes that they name. The order is that in which causes hide each other
 * (docs/findings.md): the first row that fits is the root cause, the rest follow from it. The last rows tell only how far the proxy
 * came; they are reported when nothing above fits. Texts: istio/istio, pkg/istio-agent, pilot/cmd/pilot-agent and security/pkg;
 * Go's net, crypto/x509 and os; Envoy's listener manager.
 */
const rows: readonly Row[] = [
	{
		id: 'cluster.istiod-not-ready',
		pattern: /server is not ready to serve discovery information|server warmup not complete/,
	},
	{id: 'entry.instance-ip-not-local', pattern: /cannot bind '[^']*': Cannot assign requested address/},
	{
		id: 'entry.not-registered',
		pattern: /auto-registration WorkloadEntry of .* failed|cannot find WorkloadGroup|registration of WorkloadEntry/,
	},
	{id: 'sidecar.missing', pattern: /cannot bind '127\.0\.0\.\d+:\d+'/, when: ({sidecarMissing}) => sidecarMissing},
	{id: 'vm.os-unsupported', pattern: /version [`'"]GLIBC_[\d.]+['"] not found/},
	{id: 'vm.arch-mismatch', pattern: /exec format error/},
	{id: 'vm.clock-skew', pattern: /certificate has expired or is not yet valid: current time \S+ is before/},
	{id: 'vm.disk-unwritable', pattern: /no space left on device|read-only file system/i},
	{
		id: 'vm.selinux',
		pattern: /(?:istio-token|root-cert\.pem): permission denied/,
		when: ({selinux}) => selinux,
	},
	{id: 'vm.file-limit', pattern: /too many open files|assert failure: fd_ != -1/i},
	...(['proxy.already-running', 'vm.ports-in-use'] as const).map(
		(id): Row => ({
			id,
			pattern: new RegExp(
				`listen tcp \\S*:${proxyPort}: bind: address already in use|cannot bind '[^']*:${proxyPort}': Address already in use`,
				'i',
			),
			when: ({otherProxy}) => otherProxy === (id === 'proxy.already-running'),
		}),
	),
	{
		id: 'network.istiod-unresolved',
		pattern:
			/lookup \S+( on \S+)?: .*(no such host|server misbehaving|i\/o timeout|connection refused|temporary failure)/i,
		over: connected,
	},
	{
		id: 'network.gateway-blocked',
		pattern: /dial tcp \S+: (i\/o timeout|connect: (connection timed out|no route to host|network is unreachable))/,
		over: connected,
	},
	{
		id: 'network.gateway-refused',
		pattern: /dial tcp (?!127\.|\[::1\])\S+: connect: connection refused/,
		over: connected,
	},
	{
		id: 'iptables.unavailable',
		pattern:
			/iptables-restore: line \d+ failed|can't initialize ip6?tables table|do you need to insmod|Could not fetch rule set/,
	},
	{id: 'proxy.env-quoted', pattern: /and cluster "?'[^']*'/},
	{
		id: 'proxy.uds-denied',
		// A newer agent makes the directory first; what it says of the socket then tells less.
		pattern:
			/(?:Failed to set up UDS path|failed to listen on unix socket|Failed to create directory for \S+\/(?:socket|XDS)).*permission denied/,
	},
	{
		id: 'proxy.root-cert-missing',
		pattern: /root CA file for (?:XDS|CA) does not exist|read \S*root-cert\.pem: is a directory/,
	},
	{id: 'token.missing', pattern: /istio-token: (?:no such file or directory|is a directory)/},
	{id: 'token.unreadable', pattern: /istio-token: permission denied/},
	{id: 'identity.cluster-id', pattern: /client claims to be in cluster/},
	{
		id: 'token.foreign',
		pattern:
			/failed to validate the JWT from cluster .*invalid bearer token(?!, service account token has expired)(?!.*token audiences)/,
	},
	{
		id: 'token.audience',
		pattern: /the token is not authenticated|token audiences .* is invalid for the target audiences/,
	},
	{id: 'token.expired', pattern: /service account token has expired|cert expired, using token instead.*expired/},
	...(['network.tls-intercepted', 'identity.root-mismatch'] as const).map(
		(id): Row => ({
			id,
			pattern: /x509: certificate signed by unknown authority/,
			over: connected,
			when: ({rootIsCurrent}) => (rootIsCurrent === true) === (id === 'network.tls-intercepted'),
		}),
	),
	{
		id: 'identity.mismatch',
		pattern:
			/no identities \(\[.*\]\) matched|registration of WorkloadEntry (?:namespace|service account) mismatch|registration of WorkloadEntry requires a verified identity/,
	},
	{id: 'identity.external-ca', pattern: /unknown service istio\.v1\.auth\.IstioCertificateService/},
	{
		id: 'xds.name-mismatch',
		pattern:
			/x509: certificate is valid for .*, not |x509: cannot validate certificate for \S+ because it doesn't contain any IP SANs/,
		over: connected,
	},
	{id: 'xds.rate-limited', pattern: /ResourceExhausted.*rate limit/, over: connected},
	{
		id: 'listener.egress-conflict',
		pattern: /cannot bind '127\.0\.0\.\d+:\d+'/,
		when: ({sidecarMissing}) => !sidecarMissing,
	},
	{id: 'listener.port-taken', pattern: /cannot bind '[^']*': Address already in use/},
	{id: 'network.gateway-blocked', pattern: /context deadline exceeded/, over: connected},
	{
		id: 'token.rejected',
		pattern: /code = Unauthenticated|config stream (?:to \S+ )?closed(?: since \S+ ago)?: 16/,
	},
	{id: 'xds.rejected', pattern: /but was rejected: cds updates|gRPC config for \S+ rejected/},
	{id: 'xds.warming', pattern: /workers have not yet started|current state is: (?:PRE_)?INITIALIZING/},
	{
		id: 'xds.unknown',
		pattern:
			/failed to connect to upstream|upstream .*terminated with unexpected error|failed to sign CSR|config stream (?:to \S+ )?closed(?: since \S+ ago)?: \d+/,
		over: connected,
	},
];

const mostLines = 5;

/**
 * The root cause that the proxy's words name; undefined when they name none. `lines` in the order of time: the log, then what the
 * endpoints say now.
 */
export function causeOfLog(lines: readonly string[], context: LogContext): LogCause | undefined {
	const wasReady = lines.findLastIndex((line) => ready.test(line));
	for (const row of rows) {
		if (row.when?.(context) === false) continue;
		const {over} = row;
		const ended = over === undefined ? -1 : lines.findLastIndex((line) => over.test(line));
		const found = lines.slice(Math.max(wasReady, ended) + 1).filter((line) => row.pattern.test(line));
		if (found.length > 0) return {id: row.id, lines: [...new Set(found)].slice(-mostLines)};
	}
	return undefined;
}
