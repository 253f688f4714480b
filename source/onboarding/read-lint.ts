import {fleetEmpty} from '../diagnosis/causes/fleet.ts';
import type {LintOptions} from '../diagnosis/lint-options.ts';
import {meshFindings} from '../diagnosis/mesh-manifests.ts';
import {UserError} from '../errors.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {NamespaceObjects} from '../mesh/mesh-objects.ts';
import {readMeshSettings} from '../mesh/mesh-settings.ts';
import {parseWorkloadEntry} from '../mesh/parse-workload-entry.ts';
import {servedNetworks} from '../mesh/served-networks.ts';
import {type Settings, setting} from '../mesh/settings.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Cluster, Resource} from '../ports.ts';
import {entryNotFound} from './entry-not-found.ts';
import {createPermits} from './permits.ts';
import {type MeshReading, readMesh, splitRef} from './resolve.ts';
import {createLimit} from './scheduler.ts';

const workloadentries: Resource = {group: 'networking.istio.io', resource: 'workloadentries'};
const workloadgroups: Resource = {group: 'networking.istio.io', resource: 'workloadgroups'};
const namespaceList: Resource = {group: '', resource: 'namespaces'};
/** Namespaces that are read at once: enough for a fast answer, few for the API server. */
const atOnce = 8;

/** What to look at: these entries, or all of these namespaces; none named: all that may be listed. */
export type LintScope = {readonly targets: readonly TargetRef[]; readonly namespaces: readonly string[]};

/**
 * Reads what `lintObjects` judges, with requests that grow with the namespaces and not with the entries; entries of all namespaces
 * are read where that is allowed, for addresses that are used twice. Throws UserError `entry.not-found` (exit 65), `cluster.*`.
 */
export async function readLint(
	cluster: Cluster,
	settings: Settings,
	scope: LintScope,
): Promise<{readonly objects: readonly KubernetesObject[]; readonly options: LintOptions}> {
	const reading = await readMesh(cluster, settings);
	const {mesh} = reading;
	const found = await readEntries(cluster, reading, scope);
	const around = await readAll(found.namespaces, reading.namespace);
	await mustExist(cluster, reading, scope.targets, found.entries);
	const readout = readMeshSettings(mesh, undefined);
	const within = new Set(found.namespaces);
	const asked = found.entries.some(({metadata}) => within.has(metadata.namespace ?? ''));
	const where = scope.namespaces.length === 0 ? 'any namespace' : `namespace ${scope.namespaces.join(', ')}`;
	return {
		objects: distinct([
			...found.entries,
			...found.groups,
			...around.flatMap(({services = [], serviceEntries = [], sidecars = []}) => [
				...services,
				...serviceEntries,
				...sidecars,
			]),
			...(mesh.services ?? []),
		]),
		options: {
			origin: 'cluster',
			istioNamespace: mesh.istioNamespace,
			...(scope.targets.length === 0 ? {} : {only: new Set(scope.targets)}),
			within,
			networks: servedNetworks(mesh, readout),
			unread: new Set(around.flatMap(unreadOf)),
			sshPort: setting(settings, 'sshPort')?.value,
			findings: [...meshFindings(readout), ...(asked ? [] : [fleetEmpty(mesh.context, where)])],
		},
	};
}

type Found = {
	readonly entries: readonly KubernetesObject[];
	readonly groups: readonly KubernetesObject[];
	/** Those to look into. */
	readonly namespaces: readonly string[];
};

async function readEntries(cluster: Cluster, reading: MeshReading, {targets, namespaces}: LintScope): Promise<Found> {
	const {list} = createPermits(cluster);
	const named = [...new Set(targets.length > 0 ? targets.map((ref) => splitRef(ref).namespace) : namespaces)];
	const [everywhere, everyGroup] = await Promise.all([
		cluster.list(workloadentries, undefined).catch(refusal),
		targets.length > 0 ? [] : list(workloadgroups, undefined, undefined, 'optional'),
	]);
	const groupsOf = async (wanted: readonly string[]) =>
		everyGroup ??
		(await readAll(wanted, (name) => list(workloadgroups, name, undefined, 'optional'))).flatMap((one) => one ?? []);
	if (!(everywhere instanceof UserError)) {
		const groups = await groupsOf(named);
		const all = [...everywhere, ...groups].flatMap(({metadata}) => metadata.namespace ?? []);
		return {entries: everywhere, groups, namespaces: named.length > 0 ? named : [...new Set(all)].sort()};
	}
	const allowed = named.length > 0 ? named : await allowedNamespaces(cluster, everywhere);
	const lists = await readAll(allowed, async (name) => (await reading.namespace(name)).entries);
	// Targets may be read one by one where they may not be listed.
	if (targets.length === 0 && lists.every((entries) => entries === undefined)) throw everywhere;
	return {entries: lists.flatMap((entries) => entries ?? []), groups: await groupsOf(allowed), namespaces: allowed};
}

/** Where the cluster may not be listed as a whole, the namespaces whose entries may be. */
async function allowedNamespaces(cluster: Cluster, refused: UserError): Promise<readonly string[]> {
	const {list} = createPermits(cluster);
	const all = await list(namespaceList, undefined, undefined, 'optional');
	if (all === undefined) throw refused;
	const names = all.map(({metadata}) => metadata.name);
	const reviews = names.map((namespace) => ({verb: 'list', ...workloadentries, namespace}));
	const allowed = await cluster.mayI(reviews);
	return names.filter((_, index) => allowed[index] === true);
}

async function mustExist(
	cluster: Cluster,
	{mesh, namespace}: MeshReading,
	targets: readonly TargetRef[],
	entries: readonly KubernetesObject[],
): Promise<void> {
	for (const ref of targets) {
		const {name, namespace: of} = splitRef(ref);
		if (entries.some(({metadata}) => metadata.name === name && metadata.namespace === of)) continue;
		throw await entryNotFound(
			cluster,
			mesh,
			{name, namespace: of},
			await namespace(of),
			entries.map(parseWorkloadEntry),
		);
	}
}

function readAll<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<T[]> {
	const limit = createLimit(atOnce);
	return Promise.all(names.map((name) => limit(() => read(name))));
}

function unreadOf({name, services, serviceEntries, sidecars}: NamespaceObjects): readonly string[] {
	return Object.entries({services, serviceentries: serviceEntries, sidecars}).flatMap(([plural, list]) =>
		list === undefined ? [`${plural}/${name}`] : [],
	);
}

function distinct(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
	const unique = new Map(
		objects.map((object) => [`${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`, object]),
	);
	return [...unique.values()];
}

function refusal(error: unknown): UserError {
	if (error instanceof UserError && error.code === 'cluster.forbidden') return error;
	throw error;
}
