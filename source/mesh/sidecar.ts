import type {KubernetesObject} from './kubernetes-object.ts';
import {type Labels, matches} from './labels.ts';
import type {Ingress} from './target.ts';
import {asInteger, asList, asRecord, asText, asTexts} from './untyped.ts';

/** The part of a Sidecar that concerns inbound traffic. */
export type SidecarFacts = {
	readonly namespace: string;
	readonly name: string;
	/** RFC 3339. */
	readonly createdAt: string;
	/** Labels of `workloadSelector`; empty: it is for every workload of the namespace. */
	readonly selector: Labels;
	readonly ingress: readonly Ingress[];
};

/** Total: listeners without a port number are left out, as the API leaves them without effect. */
export function readSidecar(object: KubernetesObject): SidecarFacts {
	const spec = asRecord(object.spec);
	return {
		namespace: object.metadata.namespace ?? '',
		name: object.metadata.name,
		createdAt: object.metadata.creationTimestamp ?? '',
		selector: asTexts(asRecord(spec['workloadSelector'])['labels']),
		ingress: asList(spec['ingress']).flatMap((item) => {
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
		}),
	};
}

/** The Sidecars that claim a workload, oldest first: those that select it, and those for the whole namespace. */
export type Claims = {readonly selecting: readonly SidecarFacts[]; readonly unselective: readonly SidecarFacts[]};

export function sidecarClaims(sidecars: readonly SidecarFacts[], labels: Labels): Claims {
	const oldestFirst = [...sidecars].sort((a, b) =>
		a.createdAt === b.createdAt ? (a.name < b.name ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1,
	);
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
