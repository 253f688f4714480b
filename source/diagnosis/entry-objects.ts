import {annotation, istioAnnotation} from '../mesh/annotations.ts';
import {entryFaults} from '../mesh/entry-faults.ts';
import {readConfigAnnotation} from '../mesh/entry-proxy-config.ts';
import {isIp} from '../mesh/ip.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import type {Neighbours, Selection} from '../mesh/neighbours.ts';
import type {Origin} from '../mesh/rules/refusals.ts';
import type {WorkloadEntry} from '../mesh/workload-entry.ts';
import {proxyConfigInvalid} from './causes/cluster.ts';
import {
	addressesSwapped,
	addressMissing,
	annotationsUnknown,
	duplicateAddress,
	entryInvalid,
	labelsConflict,
	labelsMissing,
	networkUnknown,
	serviceAccountMissing,
} from './causes/entry.ts';
import {egressConflict} from './causes/listener.ts';
import {noneSelects, targetPorts} from './causes/service.ts';
import {serviceEntryInvalid, staticForNames} from './causes/service-entry.ts';
import {ingressBindsApp, portUnmatched, sidecarConflict, sidecarMissing} from './causes/sidecar.ts';
import {sidecarRules} from './causes/sidecar-rules.ts';
import type {Finding} from './finding.ts';

/** An entry and what was read around it. */
export type EntryObjects = {
	/** As it was read. */
	readonly object: KubernetesObject;
	readonly entry: WorkloadEntry;
	readonly origin: Origin;
	/** Entries of every namespace that can be read; those of other addresses do not matter. */
	readonly others: readonly WorkloadEntry[];
	/** Networks that a gateway serves; undefined where they are not known. */
	readonly networks: readonly string[] | undefined;
	readonly istioNamespace: string;
	readonly neighbours: Neighbours;
	readonly selection: Selection;
	/** What becomes of the VM's traffic, where more is known than the entry's annotation. */
	readonly interception?: string;
	/** Services of the Istio namespace, which the VM's egress may name. */
	readonly istioServices: readonly KubernetesObject[];
};

/**
 * The findings of an entry and of the objects that select it, as `lint`, `check` and a plan tell them: the one home of the rules'
 * order, in which causes explain each other. One that follows from another is left out. What files and the API server know alike
 * is here; the mesh, its gateway and accounts are not.
 */
export function entryObjectFindings(given: EntryObjects): readonly Finding[] {
	return [...entryFindings(given), ...trafficFindings(given)];
}

function entryFindings({object, entry, origin, others, networks, istioNamespace}: EntryObjects): readonly Finding[] {
	const faults = entryFaults(object, origin);
	const broken = (field: string) => faults.some((fault) => fault.field === field);
	const annotated = annotation(entry.annotations, 'proxy-instance-ip');
	return [
		...entryInvalid(entry, faults),
		...addressMissing(entry, annotated ?? (isIp(entry.address) ? entry.address : undefined), faults),
		...addressesSwapped(entry, annotated),
		...duplicateAddress(entry, others),
		...(broken('spec.serviceAccount') ? [] : serviceAccountMissing(entry)),
		...labelsConflict(entry),
		...labelsMissing(entry),
		...(broken('spec.network') ? [] : networkUnknown(entry, networks)),
		...annotationsUnknown(entry),
		...configFindings(istioNamespace, entry),
	];
}

function configFindings(istioNamespace: string, entry: WorkloadEntry): readonly Finding[] {
	try {
		readConfigAnnotation(entry);
		return [];
	} catch (error) {
		const {name, namespace} = entry;
		const at = {kind: 'workloadentry', name, namespace, key: 'annotation proxy.istio.io/config'};
		return [proxyConfigInvalid({istioNamespace}, at, error)];
	}
}

function trafficFindings({
	entry,
	origin,
	neighbours,
	selection,
	interception,
	istioServices,
}: EntryObjects): readonly Finding[] {
	const {claims, sidecar, all, chosen} = selection;
	const mode = interception ?? interceptionMode(entry);
	const claiming = claims.selecting.length > 0 ? claims.selecting : claims.unselective;
	const known = [...(neighbours.services ?? []), ...(neighbours.serviceEntries ?? [])].map(({object}) => object);
	return [
		...claiming.flatMap((one) => sidecarRules(one, origin)),
		...(neighbours.sidecars === undefined ? [] : sidecarMissing(entry, mode, claims, neighbours.sidecars)),
		...sidecarConflict(entry, claims),
		...ingressBindsApp(sidecar),
		...portUnmatched(entry, sidecar, chosen),
		...(all === undefined ? [] : noneSelects(entry, chosen, all, sidecar)),
		...(neighbours.services === undefined ? [] : targetPorts(entry, chosen)),
		...chosen.flatMap(({kind, object}) => (kind === 'serviceentry' ? serviceEntryInvalid(object, origin) : [])),
		...staticForNames(entry, chosen),
		...egressConflict(mode, sidecar, [...known, ...istioServices]),
	];
}

/** How the proxy gets its traffic: `NONE`, without iptables, unless annotated. */
export function interceptionMode(entry: WorkloadEntry): string {
	return istioAnnotation(entry.annotations, 'sidecar.istio.io/interceptionMode') ?? 'NONE';
}
