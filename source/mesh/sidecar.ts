import type {KubernetesObject} from './kubernetes-object.ts';
import {type Labels, matches} from './labels.ts';
import {asInteger, asList, asRecord, asText, asTexts, isMapping} from './untyped.ts';

/** One TCP port on which the VM's proxy takes traffic in, with where it goes. */
export type Ingress = {
	readonly port: number;
	readonly protocol: string;
	readonly bind: string;
	readonly defaultEndpoint: string;
};

/** A listener for outbound traffic; without `port` it is one for every port of every service that `hosts` name. */
export type Egress = {readonly port: number | undefined; readonly bind: string; readonly hosts: readonly string[]};

/** The part of a Sidecar that concerns a VM. */
export type SidecarFacts = {
	readonly namespace: string;
	readonly name: string;
	/** RFC 3339; empty for one that was not made yet. */
	readonly createdAt: string;
	/** Labels of `workloadSelector`; empty: it is for every workload of the namespace. */
	readonly selector: Labels;
	readonly ingress: readonly Ingress[];
	/** Some listener of `ingress` has no port number and is left out: that is a fault of its own. */
	readonly dropped: boolean;
	readonly egress: readonly Egress[];
	/** As it was read. */
	readonly object: KubernetesObject;
};

/** Total: listeners without a port number are left out, as the API leaves them without effect. */
export function readSidecar(object: KubernetesObject): SidecarFacts {
	const spec = asRecord(object.spec);
	const listeners = asList(spec['ingress']);
	const ingress = listeners.flatMap((item) => {
		const listener = asRecord(item);
		const port = asRecord(listener['port']);
		const number = asInteger(port['number']);
		if (number === undefined) return [];
		return [
			{
				port: number,
				protocol: asText(port['protocol']) || 'TCP',
				bind: asText(listener['bind']),
				defaultEndpoint: asText(listener['defaultEndpoint']),
			},
		];
	});
	return {
		namespace: object.metadata.namespace ?? '',
		name: object.metadata.name,
		createdAt: object.metadata.creationTimestamp ?? '',
		selector: asTexts(asRecord(spec['workloadSelector'])['labels']),
		ingress,
		dropped: ingress.length < listeners.length,
		egress: asList(spec['egress']).map((item) => {
			const listener = asRecord(item);
			const {port} = listener;
			return {
				port: isMapping(port) ? (asInteger(port['number']) ?? 0) : undefined,
				bind: asText(listener['bind']),
				hosts: asList(listener['hosts']).filter((host) => typeof host === 'string'),
			};
		}),
		object,
	};
}

/** The Sidecars of a namespace, oldest first, as istiod ranks them. */
export function readSidecars(objects: readonly KubernetesObject[]): readonly SidecarFacts[] {
	return objects
		.map(readSidecar)
		.sort((a, b) => (a.createdAt === b.createdAt ? (a.name < b.name ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1));
}

/** The Sidecars that claim a workload, oldest first: those that select it, and those for the whole namespace. */
export type Claims = {readonly selecting: readonly SidecarFacts[]; readonly unselective: readonly SidecarFacts[]};

/** `oldestFirst`: the Sidecars of the workload's namespace. */
export function sidecarClaims(oldestFirst: readonly SidecarFacts[], labels: Labels): Claims {
	const unselective = (sidecar: SidecarFacts) => Object.keys(sidecar.selector).length === 0;
	return {
		selecting: oldestFirst.filter((sidecar) => !unselective(sidecar) && matches(sidecar.selector, labels)),
		unselective: oldestFirst.filter(unselective),
	};
}

/** The Sidecar that istiod gives to the workload: the oldest that selects it, else the oldest without selector. */
export function effectiveSidecar({selecting, unselective}: Claims): SidecarFacts | undefined {
	return selecting[0] ?? unselective[0];
}
