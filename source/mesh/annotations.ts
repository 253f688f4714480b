import {isIp, isPort} from './ip.ts';
import {isFqdn} from './kubernetes-names.ts';
import {similarNames} from './similar-names.ts';

/** Prefix of the annotations that steer a bootstrap (tetratelabs/istio, istioctl/pkg/bootstrap/annotation/annotations.go). */
export const annotationPrefix = 'sidecar-bootstrap.istio.io/';
const oldPrefix = 'sidecar-bootstrap.istioctl.istio.io/';

type Definition = {
	readonly meaning: string;
	/** What holds without it. */
	readonly otherwise: string;
	/** The rule that a value breaks, or undefined. */
	readonly broken: (value: string) => string | undefined;
};

const rule = (kept: (value: string) => boolean, text: string) => (value: string) => (kept(value) ? undefined : text);
// Characters that no shell, no env file and no `docker run -v` can take in a word.
const plain = (value: string) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);

/** Every annotation that a WorkloadEntry may carry for its bootstrap, by its name without the prefix. */
export const bootstrapAnnotations = {
	'ssh-host': {
		meaning: 'IP or DNS name to reach over SSH instead of spec.address.',
		otherwise: 'spec.address',
		broken: rule((value) => isIp(value) || isFqdn(value), 'is neither an IP address nor a DNS name'),
	},
	'ssh-port': {
		meaning: 'Port of the SSH server.',
		otherwise: '22',
		broken: rule((value) => /^\d{1,5}$/.test(value) && isPort(Number(value)), 'is no port in the range 1..65535'),
	},
	'ssh-user': {
		meaning: 'SSH user, who can create the directory and run containers without sudo.',
		otherwise: 'the user who runs `bootstrap`; istio-proxy for the other commands',
		broken: rule((value) => /^[^-\s][^\s]*$/.test(value) && plain(value), 'is no user name'),
	},
	'scp-path': {
		meaning: 'Path of scp on the VM. Kept for the original; files are written without scp.',
		otherwise: '/usr/bin/scp',
		broken: rule((value) => value.startsWith('/') && plain(value), 'is no absolute path'),
	},
	'proxy-config-dir': {
		meaning: 'Directory on the VM for the bundle.',
		otherwise: '/tmp/istio-proxy',
		broken: rule(
			(value) => value.startsWith('/') && plain(value) && !value.includes(':'),
			'is no absolute path that a container can mount (no colon, no control characters)',
		),
	},
	'proxy-image-hub': {
		meaning: 'Hub to pull the proxy image from, instead of the hub of the mesh.',
		otherwise: 'the hub of the mesh',
		broken: rule(isImageReference, 'is no image hub'),
	},
	'proxy-container-name': {
		meaning: 'Name of the container; several proxies on a VM need several names.',
		otherwise: 'istio-proxy',
		broken: rule(
			(value) => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(value),
			'is no container name ([a-zA-Z0-9][a-zA-Z0-9_.-]+)',
		),
	},
	'proxy-instance-ip': {
		meaning: 'IP that the proxy binds inbound listeners to, where it cannot bind spec.address.',
		otherwise: 'spec.address',
		broken: rule(isIp, 'is not a valid IP address'),
	},
} as const satisfies Record<string, Definition>;

export type AnnotationName = keyof typeof bootstrapAnnotations;

/** Istio's own annotations with values that the bootstrap hands on. `proxy.istio.io/config` is read as ProxyConfig, elsewhere. */
const istioAnnotations = {
	'sidecar.istio.io/interceptionMode': rule(
		(value) => ['NONE', 'REDIRECT', 'TPROXY'].includes(value),
		'is none of NONE, REDIRECT, TPROXY',
	),
	'sidecar.istio.io/proxyImage': rule(isImageReference, 'is no image reference'),
	'sidecar.istio.io/logLevel': rule(plain, 'is no log level: it holds control characters'),
	'sidecar.istio.io/componentLogLevel': rule(plain, 'is no list of log levels: it holds control characters'),
} as const;

export type IstioAnnotation = keyof typeof istioAnnotations;

/** A broken rule: `field` names the annotation or the path in the object. */
export type Fault = {readonly field: string; readonly value: string; readonly rule: string};

/** An annotation without effect, and what its author may have meant. */
export type UnknownAnnotation = {readonly key: string; readonly why: string; readonly nearest: string | undefined};

/** Value of an annotation of the bootstrap, if it is set and keeps its rule. An empty one counts as none, as in the original. */
export function annotation(annotations: Readonly<Record<string, string>>, name: AnnotationName): string | undefined {
	const value = annotations[annotationPrefix + name] || undefined;
	return value === undefined || bootstrapAnnotations[name].broken(value) !== undefined ? undefined : value;
}

/** Value of an annotation of Istio, if it is set and keeps its rule. */
export function istioAnnotation(
	annotations: Readonly<Record<string, string>>,
	key: IstioAnnotation,
): string | undefined {
	const value = annotations[key] || undefined;
	return value === undefined || istioAnnotations[key](value) !== undefined ? undefined : value;
}

/** The annotations whose values break a rule; such a value is never used. */
export function annotationFaults(annotations: Readonly<Record<string, string>>): readonly Fault[] {
	const rules = [
		...Object.entries(bootstrapAnnotations).map(([name, {broken}]) => [annotationPrefix + name, broken] as const),
		...Object.entries(istioAnnotations),
	];
	return rules.flatMap(([key, broken]) => {
		const value = annotations[key] || undefined;
		const text = value === undefined ? undefined : broken(value);
		return value === undefined || text === undefined ? [] : [{field: `annotation ${key}`, value, rule: text}];
	});
}

/** The annotations that look like the bootstrap's and have no effect. */
export function unknownAnnotations(annotations: Readonly<Record<string, string>>): readonly UnknownAnnotation[] {
	return Object.keys(annotations).flatMap((key): UnknownAnnotation[] => {
		if (key.startsWith(oldPrefix)) {
			const name = key.slice(oldPrefix.length);
			const nearest = Object.hasOwn(bootstrapAnnotations, name) ? annotationPrefix + name : undefined;
			return [{key, why: `the prefix ${oldPrefix} was given up in 2020`, nearest}];
		}
		if (!key.startsWith(annotationPrefix)) return [];
		const name = key.slice(annotationPrefix.length);
		if (Object.hasOwn(bootstrapAnnotations, name)) return [];
		if (name === 'mesh-expansion-configmap')
			return [{key, why: 'it belongs on the Namespace of Istio, not on an entry', nearest: undefined}];
		if (name === 'k8s-ca-root-cert-configmap') return [{key, why: 'it was removed in 2020', nearest: undefined}];
		const [nearest] = similarNames(name, Object.keys(bootstrapAnnotations), 2);
		const why = nearest === undefined ? 'there is no such annotation' : `it is spelt ${annotationPrefix}${nearest}`;
		return [{key, why, nearest: nearest === undefined ? undefined : annotationPrefix + nearest}];
	});
}

/** An image or hub as a word of `docker run`: it cannot be taken for an option. */
function isImageReference(value: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/.test(value);
}
