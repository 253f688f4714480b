import {isIp} from './ip.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {selectionLabels} from './labels.ts';
import type {NamespaceObjects} from './mesh-objects.ts';
import {readService, readServiceEntry, type ServiceFacts, selecting} from './service.ts';
import {type Claims, effectiveSidecar, readSidecars, type SidecarFacts, sidecarClaims} from './sidecar.ts';
import type {WorkloadEntry} from './workload-entry.ts';

/** What may select an entry, of one namespace, read once for all its entries. Lists are undefined where they could not be read. */
export type Neighbours = {
	readonly sidecars: readonly SidecarFacts[] | undefined;
	readonly services: readonly ServiceFacts[] | undefined;
	readonly serviceEntries: readonly ServiceFacts[] | undefined;
};

export function readNeighbours({
	sidecars,
	services,
	serviceEntries,
}: Pick<NamespaceObjects, 'sidecars' | 'services' | 'serviceEntries'>): Neighbours {
	return {
		sidecars: sidecars && readSidecars(sidecars),
		services: services?.map(readService),
		serviceEntries: serviceEntries?.map(readServiceEntry),
	};
}

/** What selects one entry. */
export type Selection = {
	readonly claims: Claims;
	/** The one of `claims` that istiod takes. */
	readonly sidecar: SidecarFacts | undefined;
	/** All Services and ServiceEntries of the namespace; undefined unless both could be read. */
	readonly all: readonly ServiceFacts[] | undefined;
	/** Those that select the entry. */
	readonly chosen: readonly ServiceFacts[];
	/** Those that send traffic to it, which takes an IP, as objects. */
	readonly services: readonly KubernetesObject[];
};

export function selectionOf(entry: WorkloadEntry, {sidecars, services, serviceEntries}: Neighbours): Selection {
	const labels = selectionLabels(entry);
	const claims = sidecarClaims(sidecars ?? [], labels);
	const chosen = selecting(services ?? [], labels);
	return {
		claims,
		sidecar: effectiveSidecar(claims),
		all: services === undefined || serviceEntries === undefined ? undefined : [...services, ...serviceEntries],
		chosen: [...chosen, ...selecting(serviceEntries ?? [], labels)],
		services: isIp(entry.address) ? chosen.map(({object}) => object) : [],
	};
}
