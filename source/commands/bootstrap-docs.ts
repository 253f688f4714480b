import {annotationPrefix, bootstrapAnnotations} from '../mesh/annotations.ts';

/** Istio's own annotations that count on an entry (tetratelabs/istio, istioctl/pkg/bootstrap/bundle/data.go). */
const istioAnnotations: ReadonlyArray<readonly [string, string]> = [
	['proxy.istio.io/config', 'ProxyConfig as YAML, over that of the mesh.'],
	[
		'sidecar.istio.io/interceptionMode',
		'NONE (the default: no iptables, so that a Sidecar resource is needed), REDIRECT or TPROXY.',
	],
	['sidecar.istio.io/proxyImage', 'Whole reference of the proxy image, instead of hub and tag of the mesh.'],
	['sidecar.istio.io/logLevel', 'Log level of the proxy; of the mesh, else info.'],
	['sidecar.istio.io/componentLogLevel', 'Log levels of its components; of the mesh, else misc:info.'],
	['sidecar.istio.io/statsInclusionPrefixes', 'Further statistics of the proxy, by prefix.'],
	['sidecar.istio.io/statsInclusionSuffixes', 'Further statistics of the proxy, by suffix.'],
	['sidecar.istio.io/statsInclusionRegexps', 'Further statistics of the proxy, by regular expression.'],
];

/** What `--docs` prints: every annotation that counts, in the original's form. */
export function bootstrapDocs(): string {
	const own = Object.entries(bootstrapAnnotations).map(([name, {meaning, otherwise}]) =>
		item(annotationPrefix + name, [meaning, `Without it: ${otherwise}.`]),
	);
	const istio = istioAnnotations.map(([name, meaning]) => item(name, [meaning]));
	const ofNamespace = item(`${annotationPrefix}mesh-expansion-configmap`, [
		'Name of a ConfigMap in that namespace, whose key PROXY_CONFIG holds ProxyConfig as YAML:',
		'over that of the mesh, under that of an entry.',
	]);
	return [
		'List of annotations on a WorkloadEntry resource supported by the `meshboard bootstrap` command:\n\n',
		...own,
		"In addition, these annotations of Istio's:\n\n",
		...istio,
		'And on the Namespace of Istio:\n\n',
		ofNamespace,
		'An annotation beats a flag, a flag the profile, and that the default.\n',
	].join('');
}

function item(name: string, lines: readonly string[]): string {
	return `* ${name}\n\n${lines.map((line) => `    ${line}\n`).join('')}\n`;
}
