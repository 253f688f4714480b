import {grant} from './grant.ts';
import {entryManifests, type LabEntry} from './manifests.ts';
import {ownIstio, ownService} from './own-istio.ts';

/* The objects of the tests of faults: one entry for each, and users whose rights do not suffice. */

export const namespace = 'faults';
/** An Istio namespace of its own; see `pendingGateway`. */
export const pendingIstio = 'faults-istio';
/** What a hostile value would make, where it were executed: here or on the VM. */
export const trap = '/tmp/faults-trap';

type Variation = Partial<LabEntry> & {
	readonly on?: 'raw' | 'ready';
	/** Changes to the WorkloadEntry's spec; undefined takes a field out. */
	readonly spec?: Readonly<Record<string, unknown>>;
	/** Kinds that are not made. */
	readonly without?: readonly string[];
	/** Annotations by their whole names. */
	readonly more?: Readonly<Record<string, string>>;
};

/** Every entry, by its name; all lie on the two VMs, each in a network of its own, since an address may be used once in a network. */
export const entries: Readonly<Record<string, Variation>> = {
	sound: {},
	pristine: {on: 'raw', annotations: {'ssh-user': 'admin', 'proxy-config-dir': '/tmp/istio-proxy'}},
	'pristine-proxy': {on: 'raw'},
	'nobody-there': {on: 'raw', annotations: {'ssh-user': 'admin', 'ssh-host': '10.128.0.249'}},
	'without-account': {spec: {serviceAccount: undefined}},
	'absent-account': {without: ['ServiceAccount']},
	'dns-address': {spec: {address: 'vm.faults.example.com'}, annotations: {'ssh-host': 'READY'}},
	'without-sidecar': {without: ['Sidecar']},
	'without-service': {without: ['Service']},
	'no-rights': {annotations: {'ssh-user': 'admin', 'proxy-config-dir': '/tmp/istio-proxy'}},
	'foreign-directory': {annotations: {'proxy-config-dir': '/etc/ssl/private'}},
	'full-disk': {annotations: {'proxy-config-dir': '/mnt/full/istio-proxy'}},
	'few-inodes': {annotations: {'proxy-config-dir': '/mnt/few'}},
	'instance-ip-elsewhere': {on: 'raw', annotations: {'proxy-instance-ip': '10.128.0.222', 'ssh-host': 'READY'}},
	'instance-ip-of-docker': {annotations: {'proxy-instance-ip': '172.17.0.1'}},
	'denied-hub': {annotations: {'proxy-config-dir': '/tmp/denied-hub', 'proxy-image-hub': '127.0.0.1:5001/istio'}},
	'open-app': {port: 9081},
	'dropped-by-vm': {port: 9082},
	'wrong-tag': {
		annotations: {'proxy-config-dir': '/tmp/wrong-tag'},
		more: {'sidecar.istio.io/proxyImage': 'registry.lab:5000/istio/proxyv2:no-such-tag'},
	},
	'wrong-hub': {annotations: {'proxy-config-dir': '/tmp/wrong-hub', 'proxy-image-hub': '127.0.0.1:9/istio'}},
	'bad-proxy-config': {more: {'proxy.istio.io/config': 'concurrency: [\u001b[31m'}},
	'option-as-user': {annotations: {'ssh-user': `-oProxyCommand=touch ${trap}`}},
	'option-as-host': {annotations: {'ssh-host': `-oProxyCommand=touch\${IFS}${trap}`}},
	'command-as-user': {annotations: {'ssh-user': `x\`touch\${IFS}${trap}\`$(touch\${IFS}${trap})`}},
	'escaping-directory': {annotations: {'proxy-config-dir': `/tmp/\u001b]0;mine\u0007\u001b[2J\n$(touch ${trap})`}},
	'quoted-container': {annotations: {'proxy-container-name': `a'; touch ${trap}; '"$(id)`}},
	'hostile-level': {more: {'sidecar.istio.io/logLevel': `info\u001b[2J\n'; touch ${trap}; $(touch ${trap})`}},
	'broken-network': {spec: {network: `net\nISTIO_META_CLUSTER_ID=$(touch ${trap})`}},
	'quoted-directory': {
		annotations: {'proxy-config-dir': `/tmp/it's "$(touch ${trap})" \`touch ${trap}\` $HOME; *, \\`},
	},
};

/** Of the two VMs that all entries lie on. */
export type Addresses = {readonly raw: string; readonly ready: string};

type Json = Record<string, unknown> & {kind: string; metadata: Record<string, unknown>; spec: Record<string, unknown>};

export function objectsOf(
	name: string,
	address: Addresses,
	{on = 'ready', spec = {}, without = [], more = {}, ...rest}: Variation,
): object[] {
	const annotations = Object.fromEntries(
		Object.entries(rest.annotations ?? {}).map(([key, value]) => [key, value === 'READY' ? address.ready : value]),
	);
	const objects = entryManifests({name, namespace, ip: address[on], ...rest, annotations}) as readonly Json[];
	return objects
		.filter(({kind}) => !without.includes(kind))
		.map((object) =>
			object.kind === 'WorkloadEntry'
				? {
						...object,
						metadata: {...object.metadata, annotations: {...(object.metadata['annotations'] as object), ...more}},
						spec: {...object.spec, network: `net-${name}`, ...spec},
					}
				: object,
		);
}

/** viewer reads the entries of one namespace; tenant reads all that onboarding needs, and may not create tokens. */
export const rights = [
	...grant('viewer', 'faults', namespace, [
		{apiGroups: ['networking.istio.io'], resources: ['workloadentries'], verbs: ['get', 'list', 'watch']},
	]),
	...[namespace, 'istio-system'].flatMap((where) =>
		grant('tenant', 'faults', where, [{apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch']}]),
	),
	...grant('tenant', 'faults', undefined, [{apiGroups: [''], resources: ['namespaces'], verbs: ['get']}]),
];

/** An Istio namespace whose gateway has no address yet: the lab gives none by itself. The mesh that others use is left alone. */
export async function pendingGateway(): Promise<readonly object[]> {
	return [
		...(await ownIstio(pendingIstio)),
		ownService(pendingIstio, 'istiod', {ports: [{name: 'https-dns', port: 15012}]}),
		ownService(pendingIstio, 'vmgateway', {
			type: 'LoadBalancer',
			ports: [
				{name: 'tls', port: 15443},
				{name: 'tls-istiod', port: 15012},
			],
		}),
	];
}
