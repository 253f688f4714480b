import {labelled} from '../../mesh/expose.ts';
import {networkLabel} from '../../mesh/gateway.ts';
import type {GatewayService} from '../../mesh/gateway-service.ts';
import {type MeshObjects, objectOf} from '../../mesh/mesh-objects.ts';
import type {MeshSettings} from '../../mesh/target.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import {toManifest} from '../../mesh/yaml.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';

/**
 * `gateway.network-unserved`: a VM of a network of its own is sent past the cluster's gateway, to pods that it cannot reach, where istiod knows no
 * gateway of the cluster's network. `known`: networks of MeshNetworks; `gateway`: the Service that VMs dial. Tetrate's operator sees to its own.
 */
export function networkUnserved(
	mesh: Pick<MeshObjects, 'context' | 'istioNamespace' | 'namespace' | 'services'>,
	settings: MeshSettings | undefined,
	known: readonly string[],
	entry: WorkloadEntry,
	gateway: Pick<GatewayService, 'name' | 'namespace'> | undefined,
): readonly Finding[] {
	const network = settings?.network ?? '';
	const crosses = network !== '' && entry.network !== '' && entry.network !== network;
	if (!crosses || settings?.tetrate === true || mesh.services === undefined || known.includes(network)) return [];
	const given = mesh.services.flatMap(({metadata}) => {
		const label = metadata.labels?.[networkLabel];
		return label === undefined ? [] : [{service: metadata.name, label}];
	});
	if (given.some(({label}) => label === network)) return [];
	const own = objectOf(mesh.namespace)?.metadata.labels?.[networkLabel] ?? 'no such label';
	const seen = given.map(({service, label}) => `Service ${service}: ${label}`);
	return [
		finding('gateway.network-unserved', {
			target: `cluster/${mesh.context}`,
			evidence: [
				{source: 'global.network', text: network},
				{source: `namespace ${mesh.istioNamespace}, label ${networkLabel}`, text: own},
				{source: `Services with label ${networkLabel}`, text: seen.join('\n') || 'none'},
			],
			values: {i: mesh.istioNamespace, net: network, ...(gateway === undefined ? {} : {gateway: gateway.name})},
			...(gateway?.namespace === mesh.istioNamespace ? {manifest: labels(gateway, network)} : {}),
		}),
	];
}

/** As Istio's guide for several networks has them, on the namespace of the control plane and on its gateway. */
function labels({name, namespace}: Pick<GatewayService, 'name' | 'namespace'>, network: string): string {
	return toManifest([
		labelled('Namespace', {name: namespace}, network),
		labelled('Service', {name, namespace}, network),
	]);
}
