import {apiVersionOf, type Kind, kinds, reviews} from './kinds.ts';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

type Subresource = {
	readonly name: string;
	readonly kind: string;
	readonly group?: string;
	readonly version?: string;
	readonly verbs: readonly string[];
};

const subresources: Readonly<Record<string, readonly Subresource[]>> = {
	pods: [
		{name: 'pods/exec', kind: 'PodExecOptions', verbs: ['create', 'get']},
		{name: 'pods/portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get']},
	],
	services: [{name: 'services/status', kind: 'Service', verbs: ['get', 'patch', 'update']}],
	serviceaccounts: [
		{
			name: 'serviceaccounts/token',
			kind: 'TokenRequest',
			group: 'authentication.k8s.io',
			version: 'v1',
			verbs: ['create'],
		},
	],
	workloadentries: [{name: 'workloadentries/status', kind: 'WorkloadEntry', verbs: ['get', 'patch', 'update']}],
};

type Version = {readonly group: string; readonly version: string};

function servedVersions(): readonly Version[] {
	const all = [...kinds.flatMap(({group, versions}) => versions.map((version) => ({group, version}))), ...reviews];
	return [...new Map(all.map(({group, version}) => [`${group}/${version}`, {group, version}])).values()];
}

/** `GET /api`. */
export function coreVersions(address: string) {
	return {
		kind: 'APIVersions',
		versions: ['v1'],
		serverAddressByClientCIDRs: [{clientCIDR: '0.0.0.0/0', serverAddress: address}],
	};
}

/** `GET /apis`. */
export function groupList() {
	const groups = [...new Set(servedVersions().map(({group}) => group))].filter(Boolean);
	return {kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => apiGroup(group))};
}

/** `GET /apis/<group>`; undefined when it is not served. */
export function apiGroup(group: string) {
	const versions = servedVersions()
		.filter((served) => served.group === group)
		.map(({version}) => ({groupVersion: `${group}/${version}`, version}));
	return versions.length === 0
		? undefined
		: {kind: 'APIGroup', apiVersion: 'v1', name: group, versions, preferredVersion: versions[0]};
}

/** `GET /api/v1`, `GET /apis/<group>/<version>`; undefined when it is not served. */
export function resourceList(group: string, version: string) {
	const served = servedKinds(group, version);
	const asked = reviews.filter((review) => review.group === group && review.version === version);
	if (served.length === 0 && asked.length === 0) return undefined;
	return {
		kind: 'APIResourceList',
		apiVersion: 'v1',
		groupVersion: apiVersionOf({group}, version),
		resources: [
			...served.flatMap(({plural, singular, kind, namespaced, shortNames}) => [
				{
					name: plural,
					singularName: singular,
					namespaced,
					kind,
					verbs,
					shortNames,
					categories: group === 'networking.istio.io' ? ['istio-io', 'networking-istio-io'] : [],
				},
				...(subresources[plural] ?? []).map((subresource) => ({singularName: '', namespaced, ...subresource})),
			]),
			...asked.map(({plural, kind}) => ({
				name: plural,
				singularName: kind.toLowerCase(),
				namespaced: false,
				kind,
				verbs: ['create'],
			})),
		],
	};
}

/** `GET /openapi/v3`: where the documents are. */
export function openApiIndex() {
	const path = ({group, version}: Version) => (group === '' ? `api/${version}` : `apis/${group}/${version}`);
	return {
		paths: Object.fromEntries(
			servedVersions().map((served) => [path(served), {serverRelativeURL: `/openapi/v3/${path(served)}`}]),
		),
	};
}

/** `GET /openapi/v3/…`: no more than that the server validates fields itself, which kubectl asks before it creates. */
export function openApiDocument(group: string, version: string) {
	const parameters = ['dryRun', 'fieldValidation'].map((name) => ({name, in: 'query', schema: {type: 'string'}}));
	const paths = servedKinds(group, version).flatMap(({plural, kind, namespaced}) => {
		const base = `${group === '' ? `/api/${version}` : `/apis/${group}/${version}`}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
		const meta = {'x-kubernetes-group-version-kind': {group, version, kind}, parameters, responses: {}};
		return [
			[base, {post: {'x-kubernetes-action': 'post', ...meta}}],
			[
				`${base}/{name}`,
				{patch: {'x-kubernetes-action': 'patch', ...meta}, put: {'x-kubernetes-action': 'put', ...meta}},
			],
		];
	});
	return {
		openapi: '3.0.0',
		info: {title: 'Kubernetes', version: 'v1.34.4'},
		paths: Object.fromEntries(paths),
		components: {schemas: {}},
	};
}

function servedKinds(group: string, version: string): readonly Kind[] {
	return kinds.filter((kind) => kind.group === group && kind.versions.includes(version));
}

/** `GET /version`. */
export const versionInfo = {
	major: '1',
	minor: '34',
	gitVersion: 'v1.34.4+sandbox',
	gitCommit: '0000000000000000000000000000000000000000',
	gitTreeState: 'clean',
	buildDate: '2026-01-14T00:00:00Z',
	goVersion: 'go1.25.5',
	compiler: 'gc',
	platform: 'linux/amd64',
};
