import type {KubernetesObject} from '../../../source/mesh/kubernetes-object.ts';
import {parseObjects} from '../../helpers/memory-cluster.ts';

/**
 * Specs of Istio's kinds around a VM, and what is refused of each, as evidence tells it; undefined: API server and istiod take it.
 * `test/mesh/rules/refusals.test.ts` asks our rules, `test/lab/lint.test.ts` the API server and istiod themselves.
 */
export type Verdict = readonly [kind: string, spec: string, refused: string | undefined, metadata?: string];

const port = 'port: {number: 9080, protocol: HTTP, name: http}';
const https = 'port: {number: 443, protocol: HTTPS, name: https}';
const own = 'hosts: [db.example.com]';
const serve = 'hosts: [db.example.com], ports: [{number: 80, name: http, protocol: HTTP}]';
const ingress = (more: string) => `{ingress: [{${more}}]}`;
const egress = (...listeners: string[]) => `{egress: [${listeners.map((one) => `{${one}}`).join(', ')}]}`;
const hosts = (...names: string[]) => egress(`hosts: [${names.map((name) => `'${name}'`).join(', ')}]`);
const probe = (text: string) => `{template: {serviceAccount: vm}, probe: ${text}}`;
const end = (endpoint: string) => ingress(`${port}, defaultEndpoint: '${endpoint}'`);
const form =
	'is none: sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset';

const entries: readonly Verdict[] = [
	['WorkloadEntry', '{address: 10.0.0.1}', undefined],
	['WorkloadEntry', '{address: "2001:db8::1", network: vm-net, ports: {http: 80, tcp-2: 65535}}', undefined],
	['WorkloadEntry', '{address: vm.example.com}', undefined],
	['WorkloadEntry', '{address: VM-1.Example.com.}', undefined],
	['WorkloadEntry', '{address: "fe80::1%eth0"}', undefined],
	['WorkloadEntry', '{network: vm-net}', undefined],
	['WorkloadEntry', '{address: "unix:///run/app.sock"}', undefined],
	['WorkloadEntry', '{address: "unix://@app"}', undefined],
	['WorkloadEntry', '{address: 10.0.0.1, ports: {HTTP: 80}}', undefined],
	['WorkloadEntry', '{address: 10.0.0.1, labels: {app: a, example.com/x: B_c.d, empty: ""}}', undefined],
	['WorkloadEntry', '{address: 10.0.0.1, weight: 4294967295, locality: a/b}', undefined],
	['WorkloadEntry', '{address: 10.0.0.1, serviceAccount: null}', undefined],
	['WorkloadEntry', '{}', 'spec.address: address is required'],
	['WorkloadEntry', '{address: "", network: ""}', 'spec.address: address is required'],
	['WorkloadEntry', '{address: not an ip}', 'spec.address: "not an ip" is not a valid FQDN or an IP address'],
	['WorkloadEntry', '{address: 10.0.0.300}', 'spec.address: "10.0.0.300" is not a valid FQDN or an IP address'],
	['WorkloadEntry', '{address: my_vm.example.com}', 'is not a valid FQDN or an IP address'],
	['WorkloadEntry', '{address: 5}', 'spec.address: "5" is no text: write it in quotes'],
	['WorkloadEntry', `{address: ${'a'.repeat(257)}}`, 'is longer than 256 characters'],
	['WorkloadEntry', '{address: "unix://run/app"}', 'run/app is not an absolute path to a file'],
	['WorkloadEntry', '{address: "unix:///run/"}', '/run/ is not an absolute path to a file'],
	['WorkloadEntry', '{address: "unix://"}', 'unix address must not be empty'],
	[
		'WorkloadEntry',
		'{address: "unix:///run/app", ports: {http: 80}}',
		'unix endpoint unix:///run/app must not include ports',
	],
	['WorkloadEntry', '{address: 10.0.0.1, ports: {-x: 80}}', 'spec.ports: "-x" is an invalid port name'],
	['WorkloadEntry', `{address: 10.0.0.1, ports: {${'p'.repeat(63)}: 80}}`, 'is an invalid port name'],
	['WorkloadEntry', '{address: 10.0.0.1, ports: {http: 0}}', 'spec.ports.http: "0" must be in the range 1..65535'],
	['WorkloadEntry', '{address: 10.0.0.1, ports: {http: 65536}}', 'must be in the range 1..65535'],
	['WorkloadEntry', '{address: 10.0.0.1, ports: {http: "80"}}', 'spec.ports.http: "80" is no whole number'],
	['WorkloadEntry', '{address: 10.0.0.1, ports: [{name: http, number: 80}]}', 'spec.ports: '],
	['WorkloadEntry', '{address: 10.0.0.1, labels: {-a: b}}', 'spec.labels: "-a" is an invalid tag key'],
	['WorkloadEntry', '{address: 10.0.0.1, labels: {a: -b}}', 'spec.labels.a: "-b" is an invalid tag value'],
	['WorkloadEntry', `{address: 10.0.0.1, labels: {a: ${'b'.repeat(64)}}}`, undefined],
	['WorkloadEntry', '{address: 10.0.0.1, labels: {a: 1}}', 'spec.labels.a: "1" is no text'],
	['WorkloadEntry', '{address: 10.0.0.1, weight: -1}', 'spec.weight: "-1" is no whole number'],
	['WorkloadEntry', '{adress: 10.0.0.1, network: n}', 'spec.adress: there is no such field; it is spelt address'],
	['WorkloadEntry', '{address: 10.0.0.1}', 'is refused by istiod', '{annotations: {istio.io/dry-run: "true"}}'],
	['WorkloadEntry', '{address: 10.0.0.1}', 'metadata.labels.a: "1" is no text', '{labels: {a: 1}}'],
	['WorkloadEntry', '{address: 10.0.0.1}', 'is no value of a label', `{labels: {a: ${'b'.repeat(64)}}}`],
];

const groups: readonly Verdict[] = [
	['WorkloadGroup', '{template: {serviceAccount: vm}}', undefined],
	['WorkloadGroup', '{template: {}, metadata: {labels: {app: a}, annotations: {a: "-"}}}', undefined],
	['WorkloadGroup', '{template: {labels: {a: -b}}}', undefined],
	['WorkloadGroup', probe('{httpGet: {port: 8080, scheme: HTTP, httpHeaders: [{name: X-a-1, value: v}]}}'), undefined],
	['WorkloadGroup', probe('{tcpSocket: {port: 8080}, periodSeconds: 5}'), undefined],
	['WorkloadGroup', probe('{exec: {command: [/bin/true]}}'), undefined],
	['WorkloadGroup', '{metadata: {labels: {app: a}}}', 'spec.template: template is required'],
	[
		'WorkloadGroup',
		'{template: {}, metadata: {labels: {a: -b}}}',
		'spec.metadata.labels.a: "-b" is an invalid tag value',
	],
	['WorkloadGroup', '{template: {ports: {http: 0}}}', 'spec.template.ports.http: "0" must be in the range'],
	['WorkloadGroup', '{template: {address: "unix:///a", ports: {http: 1}}}', 'must not include ports'],
	['WorkloadGroup', probe('{}'), 'spec.probe: unknown health check method'],
	['WorkloadGroup', probe('{grpc: {port: 9}}'), 'spec.probe: "grpc" unknown health check method'],
	['WorkloadGroup', probe('{tcpSocket: {port: 1}, exec: {command: [a]}}'), 'are several health check methods'],
	['WorkloadGroup', probe('{httpGet: {path: /}}'), 'spec.probe.httpGet.port: "0" port number 0 must be in the range'],
	['WorkloadGroup', probe('{httpGet: {port: 1, scheme: http}}'), 'must be one of "HTTPS", "HTTP"'],
	['WorkloadGroup', probe('{httpGet: {port: 1, httpHeaders: [{name: a_b}]}}'), 'is not a valid header name'],
	['WorkloadGroup', probe('{exec: {command: []}}'), 'exec.command is required'],
	[
		'WorkloadGroup',
		probe('{tcpSocket: {port: 1}, timeoutSeconds: -1}'),
		'spec.probe.timeoutSeconds: "-1" must be non-negative',
	],
];

const sidecars: readonly Verdict[] = [
	['Sidecar', ingress(`${port}, defaultEndpoint: '127.0.0.1:9080'`), undefined],
	['Sidecar', end('unix:///run/app'), undefined],
	['Sidecar', end(':9080'), undefined],
	['Sidecar', end('[::1]:9080'), undefined],
	['Sidecar', ingress('port: {number: 9080}'), undefined],
	['Sidecar', ingress('port: {number: 15021, protocol: TCP}'), undefined],
	['Sidecar', '{outboundTrafficPolicy: {}}', undefined],
	['Sidecar', '{workloadSelector: {}, outboundTrafficPolicy: {mode: ALLOW_ANY}}', undefined],
	['Sidecar', '{inboundConnectionPool: {tcp: {maxConnections: 5, connectTimeout: 10s}}}', undefined],
	['Sidecar', hosts('./*', '*/*', '~bookinfo/*', '~/*', 'istio-system/*', 'a/b.c', '*/*.example.com'), undefined],
	['Sidecar', egress("bind: 'unix:///run/a', port: {number: 0, protocol: TCP}, hosts: ['./*']"), undefined],
	['Sidecar', egress(`bind: 127.0.0.2, ${port}, hosts: ['./*']`, "hosts: ['./*']"), undefined],
	['Sidecar', ingress(`${https}, tls: {mode: SIMPLE, serverCertificate: /a, privateKey: /b}`), undefined],
	['Sidecar', '{}', 'spec: sidecar: empty configuration provided'],
	['Sidecar', '{workloadSelector: {labels: {app: a}}}', 'sidecar: empty configuration provided'],
	[
		'Sidecar',
		'{workloadSelector: {labels: {a: "b*"}}, outboundTrafficPolicy: {}}',
		'"a=b*" wildcard is not supported in selector',
	],
	[
		'Sidecar',
		'{workloadSelector: {labels: {"": b}}, outboundTrafficPolicy: {}}',
		'empty key is not supported in selector',
	],
	[
		'Sidecar',
		ingress("defaultEndpoint: '127.0.0.1:80'"),
		'spec.ingress[0].port: sidecar: port is required for ingress listeners',
	],
	['Sidecar', ingress('ports: [{number: 80}]'), 'spec.ingress[0].ports: there is no such field; it is spelt port'],
	['Sidecar', ingress('port: {number: 80, targetPort: 81}'), 'targetPort has no impact on Sidecars'],
	['Sidecar', ingress('port: {number: 80, name: a.b}'), 'spec.ingress[0].port.name: "a.b" is an invalid port name'],
	['Sidecar', ingress('port: {number: 80, protocol: SCTP}'), '"SCTP" is an unsupported protocol'],
	['Sidecar', ingress('port: {number: 0}'), 'spec.ingress[0].port.number: "0" must be in the range 1..65535'],
	['Sidecar', ingress(`${port}, bind: localhost`), 'spec.ingress[0].bind: "localhost" is not a valid IP'],
	['Sidecar', ingress(`${port}, captureMode: none`), '"none" is none of DEFAULT, IPTABLES, NONE'],
	[
		'Sidecar',
		`{ingress: [{${port}}, {${port}, bind: 10.0.0.1}]}`,
		'"9080" is there twice (sidecar: ports on IP bound listeners must be unique)',
	],
	['Sidecar', end('10.0.0.1:9080'), form],
	['Sidecar', end('127.0.0.1'), 'address 127.0.0.1: missing port in address'],
	['Sidecar', end('127.0.0.1:http'), 'sidecar: defaultEndpoint port (http) is not a number'],
	['Sidecar', end('127.0.0.1:0'), 'has a port that is none: 0 must be in the range 1..65535'],
	['Sidecar', end('unix://run/app'), 'run/app is not an absolute path to a file'],
	['Sidecar', end('127.0.0.1:+80'), undefined],
	['Sidecar', ingress(`${https}, tls: {mode: ISTIO_MUTUAL}`), 'cannot set this mode in sidecar ingress tls'],
	['Sidecar', ingress(`${https}, tls: {mode: SIMPLE, credentialName: a}`), '"a" is not currently supported'],
	['Sidecar', ingress(`${https}, tls: {mode: SIMPLE}`), 'SIMPLE TLS requires a server certificate'],
	[
		'Sidecar',
		ingress(`${https}, tls: {httpsRedirect: true}`),
		'spec.ingress[0].tls.httpsRedirect: "true" is not supported',
	],
	['Sidecar', ingress(`${https}, tls: {subjectAltNames: [a]}`), 'is not supported in ingress tls'],
	['Sidecar', ingress(`${port}, tls: {mode: PASSTHROUGH}`), 'server cannot have TLS settings for non HTTPS/TLS ports'],
	[
		'Sidecar',
		ingress(`${https}, tls: {mode: MUTUAL, serverCertificate: /a, privateKey: /b}`),
		'MUTUAL TLS requires a client CA bundle',
	],
	['Sidecar', ingress(`${port}, connectionPool: {}`), 'connection pool must have at least one field'],
	[
		'Sidecar',
		ingress(`${port}, connectionPool: {http: {maxRetries: -1}}`),
		'http.maxRetries: "-1" must be non-negative',
	],
	['Sidecar', '{inboundConnectionPool: {tcp: {connectTimeout: 100us}}}', 'duration must be greater than 1ms'],
	['Sidecar', '{inboundConnectionPool: {tcp: {connectTimeout: ten}}}', 'is no duration such as 5s'],
	['Sidecar', '{inboundConnectionPool: {tcp: {idleTimeout: 0s}}}', undefined],
	[
		'Sidecar',
		egress("hosts: ['./*']", `${port}, hosts: ['./*']`),
		'sidecar: the egress listener with empty port should be the last listener in the list',
	],
	[
		'Sidecar',
		egress(`${port}, hosts: ['./*']`, `${port}, hosts: ['./*']`),
		'ports on IP bound listeners must be unique',
	],
	[
		'Sidecar',
		egress("port: {number: 0}, hosts: ['./*']"),
		'sidecar: ports with 0 value must have a unix domain socket bind address',
	],
	[
		'Sidecar',
		egress("bind: 'unix:///a', captureMode: IPTABLES, port: {number: 0}, hosts: ['./*']"),
		'sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners',
	],
	[
		'Sidecar',
		egress(
			"bind: 'unix:///a', port: {number: 0}, hosts: ['./*']",
			"bind: 'unix:///a', port: {number: 0}, hosts: ['./*']",
		),
		'unix domain socket values for listeners must be unique',
	],
	[
		'Sidecar',
		egress("ports: [{number: 80}], hosts: ['./*']"),
		'spec.egress[0].ports: there is no such field; it is spelt port',
	],
	['Sidecar', egress(port), 'sidecar: egress listener must contain at least one host'],
	['Sidecar', hosts('*'), 'spec.egress[0].hosts[0]: "*" breaks: host must be of form namespace/dnsName'],
	['Sidecar', hosts('reviews.bookinfo.svc.cluster.local'), 'host must be of form namespace/dnsName'],
	['Sidecar', hosts('/a.b'), 'config namespace and dnsName in host entry cannot be empty'],
	['Sidecar', hosts('./'), 'config namespace and dnsName in host entry cannot be empty'],
	['Sidecar', hosts('b@d/*'), 'invalid namespace value "b@d" in sidecar'],
	['Sidecar', hosts('./reviews'), 'short names (non FQDN) are not allowed'],
	['Sidecar', hosts('./*reviews.svc'), 'partial wildcard "*reviews.svc" not allowed'],
	['Sidecar', hosts('./a.*.b'), 'domain name "*.b" invalid (label "*" invalid)'],
	['Sidecar', hosts('./10.0.0.1'), '(top level domain "1" cannot be all-numeric)'],
	[
		'Sidecar',
		'{outboundTrafficPolicy: {mode: ALLOW_ANY_DYNAMIC_DNS}}',
		'mode is only supported in MeshConfig, not in Sidecar resource',
	],
	[
		'Sidecar',
		'{outboundTrafficPolicy: {egressProxy: {host: a.b, port: {number: 80}}}}',
		'sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode',
	],
	[
		'Sidecar',
		'{outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: a.b}}}',
		'sidecar: egress_proxy port must be non-nil',
	],
	[
		'Sidecar',
		'{outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: "*.b", port: {number: 80}}}}',
		'is no host: domain name "*.b" invalid',
	],
];

const serviceEntries: readonly Verdict[] = [
	[
		'ServiceEntry',
		`{${serve}, location: MESH_INTERNAL, resolution: STATIC, workloadSelector: {labels: {app: db}}}`,
		undefined,
	],
	['ServiceEntry', `{${own}}`, undefined],
	['ServiceEntry', `{${serve}, resolution: DNS}`, undefined],
	['ServiceEntry', `{${serve}, resolution: NONE, workloadSelector: {labels: {app: a}}}`, undefined],
	[
		'ServiceEntry',
		`{${serve}, resolution: STATIC, addresses: [10.1.0.0/16, "::1"], endpoints: [{address: 10.0.0.1, ports: {http: 80}}]}`,
		undefined,
	],
	['ServiceEntry', `{${serve}, resolution: STATIC, endpoints: [{address: "unix:///a"}]}`, undefined],
	[
		'ServiceEntry',
		'{hosts: ["*.example.com"], ports: [{number: 80, name: a, protocol: TLS}], resolution: DYNAMIC_DNS, location: MESH_EXTERNAL}',
		undefined,
	],
	['ServiceEntry', `{${own}, exportTo: ["."]}`, undefined],
	['ServiceEntry', `{${own}, exportTo: ["~"]}`, undefined],
	['ServiceEntry', '{hosts: [single]}', undefined],
	['ServiceEntry', '{}', 'spec.hosts: service entry must have at least one host'],
	['ServiceEntry', '{hosts: []}', 'service entry must have at least one host'],
	['ServiceEntry', '{hosts: ["*"]}', 'spec.hosts[0]: "*" is no host: invalid host *'],
	['ServiceEntry', '{hosts: [a_b.c]}', 'domain name "a_b.c" invalid (label "a_b" invalid)'],
	[
		'ServiceEntry',
		`{${serve}, resolution: STATIC, workloadSelector: {labels: {a: b}}, endpoints: [{address: 10.0.0.1}]}`,
		'only one of WorkloadSelector or Endpoints can be set',
	],
	[
		'ServiceEntry',
		`{${own}, ports: [{number: 80, name: a}, {number: 81, name: a}]}`,
		'spec.ports[1].name: "a" service entry port name already defined',
	],
	[
		'ServiceEntry',
		`{${own}, ports: [{number: 80, name: a}, {number: 80, name: b}]}`,
		'spec.ports[1].number: "80" service entry port already defined',
	],
	['ServiceEntry', `{${own}, ports: [{number: 80}]}`, 'spec.ports[0].name: is an invalid port name'],
	['ServiceEntry', `{${own}, ports: [{number: 80, name: a, protocol: x}]}`, '"x" is an unsupported protocol'],
	[
		'ServiceEntry',
		`{${own}, ports: [{number: 80, name: a, targetPort: 0}]}`,
		'spec.ports[0].targetPort: "0" must be in the range',
	],
	['ServiceEntry', `{${own}, addresses: [nowhere]}`, 'spec.addresses[0]: "nowhere" is not a valid IP'],
	['ServiceEntry', `{${own}, addresses: [10.0.0.0/33]}`, 'is not a valid CIDR block'],
	[
		'ServiceEntry',
		`{${serve}, addresses: [10.0.0.0/8], resolution: DNS}`,
		'CIDR addresses are allowed only for NONE/STATIC resolution types',
	],
	[
		'ServiceEntry',
		`{${serve}, resolution: NONE, endpoints: []}`,
		'no endpoints should be provided for resolution type none',
	],
	[
		'ServiceEntry',
		`{${serve}, resolution: STATIC, endpoints: [{address: a.b}]}`,
		'spec.endpoints[0].address: "a.b" is not a valid IP address',
	],
	['ServiceEntry', `{${serve}, resolution: STATIC, endpoints: [{}]}`, 'spec.endpoints[0].address: address is required'],
	[
		'ServiceEntry',
		`{${serve}, resolution: STATIC, endpoints: [{address: 10.0.0.1, ports: {tcp: 80}}]}`,
		'endpoint port is not defined by the service entry',
	],
	[
		'ServiceEntry',
		`{${own}, resolution: STATIC, endpoints: [{address: "unix:///a"}]}`,
		'exactly 1 service port required for unix endpoints',
	],
	[
		'ServiceEntry',
		`{${serve}, resolution: DNS, endpoints: [{address: "a b"}]}`,
		'is not a valid FQDN or an IP address',
	],
	[
		'ServiceEntry',
		'{hosts: ["*.a.b"], resolution: DNS}',
		'hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for resolution mode DNS',
	],
	[
		'ServiceEntry',
		`{${serve}, resolution: DNS_ROUND_ROBIN, endpoints: [{address: a.b}, {address: a.c}]}`,
		'there must only be 0 or 1 endpoint for resolution mode DNS_ROUND_ROBIN',
	],
	['ServiceEntry', `{${serve}, resolution: DYNAMIC_DNS}`, 'host must be wildcarded for resolution mode DYNAMIC_DNS'],
	[
		'ServiceEntry',
		'{hosts: [a.b, c.d], ports: [{number: 80, name: a, protocol: TCP}], resolution: STATIC}',
		'multiple hosts provided with non-HTTP, non-TLS ports',
	],
	[
		'ServiceEntry',
		`{${own}, exportTo: ["*", a]}`,
		'cannot have both public (*) and non-public exportTo values for a resource',
	],
	['ServiceEntry', `{${own}, exportTo: [".", "."]}`, 'duplicate entries in exportTo'],
	['ServiceEntry', `{${own}, location: INSIDE}`, '"INSIDE" is none of MESH_EXTERNAL, MESH_INTERNAL'],
];

export const verdicts: readonly Verdict[] = [...entries, ...groups, ...sidecars, ...serviceEntries];

/** The object of a verdict. */
export function objectOf([kind, spec, , metadata = '{}']: Verdict, namespace: string): KubernetesObject {
	const [object] = parseObjects(
		`{apiVersion: networking.istio.io/v1, kind: ${kind}, metadata: ${metadata}, spec: ${spec}}`,
	);
	if (object === undefined) throw new Error(spec);
	return {...object, metadata: {...object.metadata, name: 'verdict', namespace}};
}
