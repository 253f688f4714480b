/** The kinds of a field. A list of words is an enum, the default first; `wrapper` is a value that is written even when it is 0 or false; `environment` is a map of variables for an environment file; `any` is passed through as it is. */
export type FieldKind =
	| 'string'
	| 'number'
	| 'wrapper'
	| 'duration'
	| 'strings'
	| 'map'
	| 'environment'
	| 'any'
	| readonly string[]
	| Message;

/** A message: its fields by JSON name, in the order of declaration, which is the order in which Go's jsonpb writes them. */
export type Message = {readonly fields: Readonly<Record<string, FieldKind>>};

const tlsSettings: Message = {
	fields: {
		mode: ['DISABLE', 'SIMPLE', 'MUTUAL', 'ISTIO_MUTUAL'],
		clientCertificate: 'string',
		privateKey: 'string',
		caCertificates: 'string',
		credentialName: 'string',
		subjectAltNames: 'strings',
		sni: 'string',
		insecureSkipVerify: 'wrapper',
		caCrl: 'string',
	},
};

const remoteService: Message = {
	fields: {
		address: 'string',
		tlsSettings,
		tcpKeepalive: {fields: {probes: 'number', time: 'duration', interval: 'duration'}},
	},
};

const address: Message = {fields: {address: 'string'}};

const tracing: Message = {
	fields: {
		zipkin: address,
		lightstep: {fields: {address: 'string', accessToken: 'string'}},
		datadog: address,
		stackdriver: 'any',
		openCensusAgent: 'any',
		customTags: 'any',
		maxPathTagLength: 'number',
		sampling: 'number',
		tlsSettings,
		enableIstioTags: 'wrapper',
	},
};

/**
 * ProxyConfig of istio/api, mesh/v1alpha1/proxy.proto (master of 2026-07), with the fields that were removed since the first release
 * of `sidecar-bootstrap` at their old places. A field that this list does not have is passed through unchanged, after all others.
 */
export const proxyConfigSchema: Message = {
	fields: {
		configPath: 'string',
		binaryPath: 'string',
		serviceCluster: 'string',
		tracingServiceName: 'any',
		drainDuration: 'duration',
		parentShutdownDuration: 'duration',
		discoveryAddress: 'string',
		discoveryRefreshDelay: 'duration',
		zipkinAddress: 'string',
		statsdUdpAddress: 'string',
		envoyMetricsServiceAddress: 'string',
		proxyAdminPort: 'number',
		availabilityZone: 'string',
		controlPlaneAuthPolicy: ['NONE', 'MUTUAL_TLS', 'INHERIT'],
		customConfigFile: 'string',
		statNameLength: 'number',
		concurrency: 'wrapper',
		proxyBootstrapTemplatePath: 'string',
		interceptionMode: ['REDIRECT', 'TPROXY', 'NONE'],
		tracing,
		sds: 'any',
		envoyAccessLogService: remoteService,
		envoyMetricsService: remoteService,
		proxyMetadata: 'environment',
		runtimeValues: 'map',
		statusPort: 'number',
		extraStatTags: 'strings',
		gatewayTopology: 'any',
		terminationDrainDuration: 'duration',
		meshId: 'string',
		readinessProbe: 'any',
		proxyStatsMatcher: {
			fields: {inclusionPrefixes: 'strings', inclusionSuffixes: 'strings', inclusionRegexps: 'strings'},
		},
		holdApplicationUntilProxyStarts: 'wrapper',
		caCertificatesPem: 'strings',
		image: 'any',
		privateKeyProvider: 'any',
		proxyHeaders: 'any',
		fileFlushInterval: 'duration',
		fileFlushMinSizeKb: 'number',
		statsCompression: 'wrapper',
		connectionSettings: 'any',
	},
};
