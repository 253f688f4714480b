import {networkLabel} from '../../mesh/gateway.ts';
import {type MeshObjects, objectOf} from '../../mesh/mesh-objects.ts';
import type {MeshSettings} from '../../mesh/target.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';

/**
 * `gateway.network-unserved`: a VM of a network of its own is sent past the cluster's gateway, to pods that it cannot reach, where istiod knows no
 * gateway of the cluster's network. `known`: networks of MeshNetworks. Tetrate's operator sees to its own.
 */
export function networkUnserved(
	mesh: Pick<MeshObjects, 'context' | 'istioNamespace' | 'namespace' | 'services'>,
	settings: MeshSettings | undefined,
	known: readonly string[],
	entry: WorkloadEntry,
): readonly Finding[] {
	const network = settings?.network ?? '';
	const crosses = network !== '' && entry.network !== '' && entry.network !== network;
	if (!crosses || settings?.tetrate === true || mesh.services === undefined || known.includes(network)) return [];
	const labels = mesh.services.flatMap(({metadata}) => {
		const label = metadata.labels?.[networkLabel];
		return label === undefined ? [] : [{service: metadata.name, label}];
	});
	if (labels.some(({label}) => label === network)) return [];
	const own = objectOf(mesh.namespace)?.metadata.labels?.[networkLabel] ?? 'no such label';
	const seen = labels.map(({service, label}) => `Service ${service}: ${label}`);
	return [
		finding('gateway.network-unserved', {
			target: `cluster/${mesh.context}`,
			evidence: [
				{source: 'global.network', text: network},
				{source: `namespace ${mesh.istioNamespace}, label ${networkLabel}`, text: own},
				{source: `Services with label ${networkLabel}`, text: seen.join('\n') || 'none'},
			],
			values: {i: mesh.istioNamespace, net: network},
		}),
	];
}
