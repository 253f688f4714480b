import type {FieldType} from './schema.ts';

/*
 * The specs of Istio's objects around a VM, from its CustomResourceDefinitions (istio/api b943409, August 2026,
 * kubernetes/customresourcedefinitions.gen.yaml, version v1). What rules beyond types they state is in the files beside this one.
 */

const labels: FieldType = {map: 'text', atMost: 256};
const texts: FieldType = {list: 'text'};

const endpoint = {
	address: {text: 256},
	labels,
	locality: {text: 2048},
	network: {text: 2048},
	ports: {map: 'count', atMost: 128},
	serviceAccount: {text: 253},
	weight: 'count',
} as const satisfies Record<string, FieldType>;

const workloadSelector: FieldType = {fields: {labels: {map: {text: 63}, atMost: 256}}};

const probePort = {host: 'text', port: 'count'} as const satisfies Record<string, FieldType>;

const connectionPool: FieldType = {
	fields: {
		http: {
			fields: {
				h2UpgradePolicy: ['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'],
				http1MaxPendingRequests: 'int32',
				http2KeepAlive: {fields: {interval: 'text', timeout: 'text'}},
				http2MaxRequests: 'int32',
				idleTimeout: 'text',
				maxConcurrentStreams: 'int32',
				maxRequestsPerConnection: 'int32',
				maxRetries: 'int32',
				useClientProtocol: 'flag',
			},
		},
		tcp: {
			fields: {
				connectTimeout: 'text',
				idleTimeout: 'text',
				maxConnectionDuration: 'text',
				maxConnections: 'int32',
				tcpKeepalive: {fields: {interval: 'text', probes: 'count', time: 'text'}},
			},
		},
	},
};

const tlsVersion: FieldType = ['TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3'];

const serverTls: FieldType = {
	fields: {
		caCertCredentialName: 'text',
		caCertificates: 'text',
		caCrl: 'text',
		cipherSuites: texts,
		credentialName: 'text',
		credentialNames: {list: 'text', atLeast: 1, atMost: 2},
		httpsRedirect: 'flag',
		insecureSkipVerify: 'flag',
		maxProtocolVersion: tlsVersion,
		minProtocolVersion: tlsVersion,
		mode: ['PASSTHROUGH', 'SIMPLE', 'MUTUAL', 'AUTO_PASSTHROUGH', 'ISTIO_MUTUAL', 'OPTIONAL_MUTUAL'],
		privateKey: 'text',
		serverCertificate: 'text',
		subjectAltNames: texts,
		tlsCertificates: {
			list: {fields: {caCertificates: 'text', privateKey: 'text', serverCertificate: 'text'}},
			atLeast: 1,
			atMost: 2,
		},
		verifyCertificateHash: texts,
		verifyCertificateSpki: texts,
	},
};

const listenerPort: FieldType = {fields: {name: 'text', number: 'count', protocol: 'text', targetPort: 'count'}};
const captureMode: FieldType = ['DEFAULT', 'IPTABLES', 'NONE'];

export const workloadEntrySpec: FieldType = {fields: endpoint};

export const workloadGroupSpec: FieldType = {
	fields: {
		metadata: {fields: {annotations: labels, labels}},
		probe: {
			fields: {
				exec: {fields: {command: {list: 'text'}}},
				failureThreshold: 'int32',
				grpc: {fields: {port: 'count', service: 'text'}},
				httpGet: {
					fields: {
						...probePort,
						httpHeaders: {list: {fields: {name: 'text', value: 'text'}}},
						path: 'text',
						scheme: 'text',
					},
				},
				initialDelaySeconds: 'int32',
				periodSeconds: 'int32',
				successThreshold: 'int32',
				tcpSocket: {fields: probePort},
				timeoutSeconds: 'int32',
			},
		},
		template: {fields: endpoint},
	},
};

export const sidecarSpec: FieldType = {
	fields: {
		egress: {list: {fields: {bind: 'text', captureMode, hosts: texts, port: listenerPort}}},
		inboundConnectionPool: connectionPool,
		ingress: {
			list: {
				fields: {
					bind: 'text',
					captureMode,
					connectionPool,
					defaultEndpoint: 'text',
					port: listenerPort,
					tls: serverTls,
				},
			},
		},
		outboundTrafficPolicy: {
			fields: {
				egressProxy: {fields: {host: 'text', port: {fields: {number: 'count'}}, subset: 'text'}},
				mode: 'text',
			},
		},
		workloadSelector,
	},
};

export const serviceEntrySpec: FieldType = {
	fields: {
		addresses: {list: {text: 64}, atMost: 256},
		endpoints: {list: {fields: endpoint}, atMost: 4096},
		exportTo: texts,
		hosts: {list: 'text', atMost: 256},
		location: ['MESH_EXTERNAL', 'MESH_INTERNAL'],
		ports: {
			list: {fields: {name: {text: 256}, number: 'count', protocol: {text: 256}, targetPort: 'count'}},
			atMost: 256,
		},
		resolution: ['NONE', 'STATIC', 'DNS', 'DNS_ROUND_ROBIN', 'DYNAMIC_DNS'],
		subjectAltNames: texts,
		workloadSelector,
	},
};
