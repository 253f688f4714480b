/** A kind of object that the sandbox serves. */
export type Kind = {
	readonly group: string;
	/** Served versions, the preferred one first. */
	readonly versions: readonly string[];
	readonly kind: string;
	readonly plural: string;
	readonly singular: string;
	readonly shortNames: readonly string[];
	readonly namespaced: boolean;
	/** Of a CustomResourceDefinition: then a strategic merge patch is not served. */
	readonly custom: boolean;
};

const istioVersions = ['v1', 'v1beta1', 'v1alpha3'];

const core = (kind: string, plural: string, shortNames: readonly string[], namespaced = true): Kind => ({
	group: '',
	versions: ['v1'],
	kind,
	plural,
	singular: kind.toLowerCase(),
	shortNames,
	namespaced,
	custom: false,
});

const istio = (kind: string, plural: string, shortNames: readonly string[], versions = istioVersions): Kind => ({
	...core(kind, plural, shortNames),
	group: 'networking.istio.io',
	versions,
	custom: true,
});

export const kinds: readonly Kind[] = [
	core('Namespace', 'namespaces', ['ns'], false),
	core('Node', 'nodes', ['no'], false),
	core('ConfigMap', 'configmaps', ['cm']),
	core('Endpoints', 'endpoints', ['ep']),
	core('Event', 'events', ['ev']),
	core('Pod', 'pods', ['po']),
	core('Secret', 'secrets', []),
	core('Service', 'services', ['svc']),
	core('ServiceAccount', 'serviceaccounts', ['sa']),
	{...core('Deployment', 'deployments', ['deploy']), group: 'apps'},
	{...core('DaemonSet', 'daemonsets', ['ds']), group: 'apps'},
	istio('DestinationRule', 'destinationrules', ['dr']),
	istio('EnvoyFilter', 'envoyfilters', [], ['v1alpha3']),
	istio('Gateway', 'gateways', ['gw']),
	istio('ServiceEntry', 'serviceentries', ['se']),
	istio('Sidecar', 'sidecars', []),
	istio('VirtualService', 'virtualservices', ['vs']),
	istio('WorkloadEntry', 'workloadentries', ['we']),
	istio('WorkloadGroup', 'workloadgroups', ['wg']),
	{...istio('PeerAuthentication', 'peerauthentications', ['pa'], ['v1', 'v1beta1']), group: 'security.istio.io'},
	{...istio('AuthorizationPolicy', 'authorizationpolicies', ['ap'], ['v1', 'v1beta1']), group: 'security.istio.io'},
];

/** What is asked for and never stored. */
export const reviews = [
	{group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews'},
	{group: 'authorization.k8s.io', version: 'v1', kind: 'SelfSubjectRulesReview', plural: 'selfsubjectrulesreviews'},
] as const;

export function apiVersionOf({group}: Pick<Kind, 'group'>, version: string): string {
	return group === '' ? version : `${group}/${version}`;
}

export function kindOf(group: string, plural: string): Kind | undefined {
	return kinds.find((kind) => kind.group === group && kind.plural === plural);
}

/** `workloadentries.networking.istio.io`, as errors name a resource. */
export function resourceName({group, plural}: Kind): string {
	return group === '' ? plural : `${plural}.${group}`;
}
