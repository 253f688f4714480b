import {exitCodes, UserError} from '../errors.ts';
import {annotationPrefix} from '../mesh/annotations.ts';
import {discoveryPort} from '../mesh/entry-proxy-config.ts';
import {namedGateways, networkLabel, passthroughPort, resolveGateway, wellKnownGateways} from '../mesh/gateway.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {
	configMapNames,
	type Found,
	type MeshObjects,
	type NamespaceObjects,
	objectOf,
	revisionsOf,
} from '../mesh/mesh-objects.ts';
import {readMeshSettings} from '../mesh/mesh-settings.ts';
import {resolveTarget} from '../mesh/resolve-target.ts';
import {type Settings, setting} from '../mesh/settings.ts';
import type {Target} from '../mesh/target.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import type {TargetRef, WorkloadEntry} from '../mesh/workload-entry.ts';
import type {Cluster, Resource} from '../ports.ts';
import {entryNotFound} from './entry-not-found.ts';
import {createPermits, type Permits} from './permits.ts';

const configmaps: Resource = {group: '', resource: 'configmaps'};
const services: Resource = {group: '', resource: 'services'};
const namespaces: Resource = {group: '', resource: 'namespaces'};
const nodes: Resource = {group: '', resource: 'nodes'};
const pods: Resource = {group: '', resource: 'pods'};
const accounts: Resource = {group: '', resource: 'serviceaccounts'};
const deployments: Resource = {group: 'apps', resource: 'deployments'};
const daemonsets: Resource = {group: 'apps', resource: 'daemonsets'};
const controlplanes: Resource = {group: 'install.tetrate.io', resource: 'controlplanes'};
const istio = (resource: string): Resource => ({group: 'networking.istio.io', resource});
const workloadentries = istio('workloadentries');

/** The mesh as it was read, and a reader of its namespaces, each of which is read once. */
export type MeshReading = {
	readonly mesh: MeshObjects;
	namespace(name: string): Promise<NamespaceObjects>;
};

/**
 * Reads what all targets of a mesh share, side by side in two or three rounds. What is refused (403) is kept as unknown and becomes
 * the finding `cluster.forbidden` of every target. Throws UserError `cluster.*` when the cluster does not answer.
 */
export async function readMesh(cluster: Cluster, settings: Settings): Promise<MeshReading> {
	const istioNamespace = setting(settings, 'istioNamespace')?.value ?? 'istio-system';
	const permits = createPermits(cluster);
	const {get, list} = permits;
	const asked = setting(settings, 'revision')?.value ?? '';
	const configMaps = {
		mesh: setting(settings, 'meshConfigMapName')?.value,
		injector: setting(settings, 'injectConfigMapName')?.value,
	};
	const ofRevision = async (word: string) => {
		const revision = word === 'default' ? '' : word;
		const names = configMapNames({revision, configMaps});
		const [meshConfig, injector] = await Promise.all([
			get(configmaps, istioNamespace, names.mesh),
			get(configmaps, istioNamespace, names.injector),
		]);
		return {revision, meshConfig, injector};
	};
	const [configs, rootCertificate, vendorOverrides, namespace, controlPlane, istiodPods, ztunnel, own, labelled] =
		await Promise.all([
			ofRevision(asked),
			get(configmaps, istioNamespace, 'istio-ca-root-cert'),
			get(configmaps, istioNamespace, 'global-mesh-expansion'),
			get(namespaces, undefined, istioNamespace),
			get(controlplanes, istioNamespace, 'controlplane', 'optional'),
			list(pods, istioNamespace, 'app=istiod', 'optional'),
			get(daemonsets, istioNamespace, 'ztunnel', 'optional'),
			list(services, istioNamespace, undefined, 'optional'),
			list(services, undefined, networkLabel, 'optional'),
		]);
	// Who names the ConfigMap has chosen.
	const {chosen, otherRevisions} =
		configMaps.mesh === undefined
			? await chooseRevision(permits, istioNamespace, asked, configs, ofRevision)
			: {chosen: configs, otherRevisions: []};
	const started: MeshObjects = {
		context: cluster.context,
		istioNamespace,
		...chosen,
		configMaps,
		otherRevisions,
		rootCertificate,
		vendorOverrides,
		expansionOverrides: undefined,
		namespace,
		services: undefined,
		controlPlane,
		istiodPods,
		istiodDeployments: undefined,
		gatewayPods: undefined,
		passthrough: undefined,
		nodes: undefined,
		ztunnel,
		refused: [],
	};
	const expansion = objectOf(namespace)?.metadata.annotations?.[`${annotationPrefix}mesh-expansion-configmap`] ?? '';
	const [expansionOverrides, found] = await Promise.all([
		expansion === ''
			? undefined
			: get(configmaps, istioNamespace, expansion).then((object) => ({name: expansion, object})),
		findServices(permits, started, own, labelled),
	]);
	const known: MeshObjects = {...started, expansionOverrides, services: found};
	const [behindGateway, istiodDeployments] = await Promise.all([
		readBehindGateway(permits, known, settings),
		hasIstiod(known) ? undefined : list(deployments, istioNamespace, 'app=istiod', 'optional'),
	]);
	const mesh: MeshObjects = {...known, ...behindGateway, istiodDeployments, refused: permits.refused()};
	const read = new Map<string, Promise<NamespaceObjects>>();
	return {
		mesh,
		namespace(name) {
			const reading = read.get(name) ?? readNamespace(cluster, name);
			read.set(name, reading);
			return reading;
		},
	};
}

/**
 * Reads an entry and what concerns it. `others`: entries known from elsewhere, such as the fleet's;
 * `kept`: the entry as it was, for when it has been removed.
 * Throws UserError `entry.not-found` (exit 65) with names that may have been meant, `cluster.forbidden` (exit 77) when the entry
 * itself may not be read, `cluster.istio-missing` when the cluster has no such kind.
 */
export async function readTarget(
	cluster: Cluster,
	{mesh, namespace}: MeshReading,
	ref: TargetRef,
	settings: Settings,
	others: readonly WorkloadEntry[] = [],
	kept?: KubernetesObject,
): Promise<Target> {
	const {name, namespace: of} = splitRef(ref);
	const [present, around] = await Promise.all([cluster.get(workloadentries, of, name), namespace(of)]);
	const entry = present ?? kept;
	if (entry === undefined) throw await entryNotFound(cluster, mesh, {name, namespace: of}, around, others);
	const account = asText(asRecord(entry.spec)['serviceAccount']);
	const permits = createPermits(cluster);
	const serviceAccount = account === '' ? undefined : await permits.get(accounts, of, account, 'optional');
	return resolveTarget({entry, serviceAccount, mesh, namespace: around, others, settings});
}

/** `<name>.<namespace>`; names of entries may hold dots, names of namespaces may not. Throws UserError `usage` for anything else. */
export function splitRef(ref: TargetRef): {readonly name: string; readonly namespace: string} {
	const dot = ref.lastIndexOf('.');
	if (dot > 0 && dot < ref.length - 1) return {name: ref.slice(0, dot), namespace: ref.slice(dot + 1)};
	throw new UserError({
		code: 'usage',
		message: `${JSON.stringify(ref)} does not name an entry and its namespace.`,
		exitCode: exitCodes.usage,
		hint: 'Write <entry>.<namespace>, for instance ratings-vm.bookinfo, or add --namespace.',
	});
}

type Configs = {readonly revision: string; readonly meshConfig: Found; readonly injector: Found};

/** When nobody asked for a revision and there is no default one, the only one that is installed is meant. */
async function chooseRevision(
	{list}: Permits,
	istioNamespace: string,
	asked: string,
	configs: Configs,
	read: (revision: string) => Promise<Configs>,
): Promise<{readonly chosen: Configs; readonly otherRevisions: readonly string[]}> {
	if (configs.meshConfig !== 'absent') return {chosen: configs, otherRevisions: []};
	const revisions = revisionsOf((await list(configmaps, istioNamespace, undefined, 'optional')) ?? []);
	const [only] = revisions;
	return asked === '' && only !== undefined && revisions.length === 1
		? {chosen: await read(only), otherRevisions: []}
		: {chosen: configs, otherRevisions: revisions};
}

/** Services that may be gateways. Where they may not be listed, the well-known ones are asked for by name. */
async function findServices(
	{get, list}: Permits,
	mesh: MeshObjects,
	own: readonly KubernetesObject[] | undefined,
	labelled: readonly KubernetesObject[] | undefined,
): Promise<readonly KubernetesObject[] | undefined> {
	const {gateways} = readMeshSettings(mesh, undefined);
	const wanted = namedGateways(gateways).map((one) => ({...one, namespace: one.namespace || mesh.istioNamespace}));
	const elsewhere = wanted.filter(({namespace}) => namespace !== mesh.istioNamespace);
	const revision = mesh.revision === '' ? '' : `-${mesh.revision}`;
	const byName =
		own === undefined
			? [
					...wanted,
					...[`istiod${revision}`, ...wellKnownGateways(gateways)].map((name) => ({
						name,
						namespace: mesh.istioNamespace,
					})),
				]
			: elsewhere;
	const [named, inNamespace] = await Promise.all([
		Promise.all(byName.map(({namespace, name}) => get(services, namespace, name))),
		// Not even by label in the whole cluster: then at least in the namespace.
		own === undefined && labelled === undefined
			? list(services, mesh.istioNamespace, networkLabel, 'optional')
			: undefined,
	]);
	const asked = named.filter((one) => one !== undefined);
	if (own === undefined && byName.length > 0 && asked.length === 0) return undefined;
	const all = [
		...(own ?? []),
		...asked.flatMap((one) => objectOf(one) ?? []),
		...(labelled ?? []),
		...(inNamespace ?? []),
	];
	const unique = new Map(all.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object]));
	return [...unique.values()];
}

/** What tells how the gateway's Service is reached: its pods, and where it is out of the ordinary the nodes, Gateways and VirtualServices. */
async function readBehindGateway(
	{list}: Permits,
	mesh: MeshObjects,
	settings: Settings,
): Promise<Pick<MeshObjects, 'gatewayPods' | 'passthrough' | 'nodes'>> {
	const {gateways, settings: parsed} = readMeshSettings(mesh, undefined);
	const port = parsed === undefined ? 15012 : discoveryPort(parsed.proxyConfig);
	const found = resolveGateway(mesh, gateways, setting(settings, 'gateway'), port);
	const service = 'service' in found ? found.service : undefined;
	if (service === undefined) return {gatewayPods: undefined, passthrough: undefined, nodes: undefined};
	const selector = Object.entries(service.selector)
		.map((pair) => pair.join('='))
		.join(',');
	const bySni = !service.ports.includes(port) && service.ports.includes(passthroughPort);
	const byNode = service.address === undefined && Object.keys(service.nodePorts).length > 0;
	const [gatewayPods, routes, nodeList] = await Promise.all([
		found.kind === 'service' && selector !== '' ? list(pods, service.namespace, selector, 'optional') : undefined,
		bySni
			? Promise.all([
					list(istio('gateways'), service.namespace, undefined, 'optional'),
					list(istio('virtualservices'), service.namespace, undefined, 'optional'),
				])
			: undefined,
		byNode ? list(nodes, undefined, undefined, 'optional') : undefined,
	]);
	const [istioGateways, virtualServices] = routes ?? [];
	const readable = istioGateways !== undefined && virtualServices !== undefined;
	return {
		gatewayPods,
		passthrough: readable ? {gateways: istioGateways, virtualServices} : undefined,
		nodes: nodeList,
	};
}

function hasIstiod({services: found, revision, istioNamespace}: MeshObjects): boolean {
	const name = revision === '' ? 'istiod' : `istiod-${revision}`;
	return found?.some(({metadata}) => metadata.name === name && metadata.namespace === istioNamespace) !== false;
}

async function readNamespace(cluster: Cluster, name: string): Promise<NamespaceObjects> {
	const {get, list, refused} = createPermits(cluster);
	const review = {verb: 'create', group: '', resource: 'serviceaccounts', subresource: 'token', namespace: name};
	const [namespace, found, serviceEntries, sidecars, entries, rootCertificate, mayCreateTokens] = await Promise.all([
		get(namespaces, undefined, name, 'optional'),
		list(services, name),
		list(istio('serviceentries'), name),
		list(istio('sidecars'), name),
		list(workloadentries, name, undefined, 'optional'),
		get(configmaps, name, 'istio-ca-root-cert', 'optional'),
		cluster.mayI([review]).then(
			([allowed]) => allowed,
			() => undefined,
		),
	]);
	return {
		name,
		namespace,
		services: found,
		serviceEntries,
		sidecars,
		entries,
		rootCertificate,
		mayCreateTokens,
		refused: refused(),
	};
}
