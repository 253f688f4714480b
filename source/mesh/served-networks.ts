import {networkLabel} from './gateway.ts';
import type {MeshObjects} from './mesh-objects.ts';
import type {MeshReadout} from './mesh-settings.ts';

/** The networks that a gateway serves, as far as labels and MeshNetworks tell; undefined when the Services may not be read. */
export function servedNetworks(mesh: MeshObjects, {gateways, networks}: MeshReadout): readonly string[] | undefined {
	if (mesh.services === undefined) return undefined;
	const labelled = mesh.services.flatMap(({metadata}) => metadata.labels?.[networkLabel] ?? []);
	return [...new Set([gateways.network, ...networks, ...labelled])].filter((network) => network !== '');
}
