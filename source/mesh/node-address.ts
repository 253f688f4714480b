import type {GatewayService} from './gateway-service.ts';
import {isIp} from './ip.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import type {MeshObjects} from './mesh-objects.ts';
import {isReady} from './pod.ts';
import {asList, asRecord, asText} from './untyped.ts';

/** A node of the cluster by which a VM can reach a node port. */
export type NodeAddress = {
	readonly node: string;
	readonly address: string;
	/** `ExternalIP` or `InternalIP`. */
	readonly kind: string;
};

/**
 * The node on which VMs dial a gateway's node ports: the first by name that is ready, so that every run takes the same; where only
 * nodes with a pod of the gateway answer, one of those. Its external IP goes before the internal one. undefined when there is none,
 * or the nodes may not be read.
 */
export function nodeAddress({nodes, gatewayPods}: MeshObjects, service: GatewayService): NodeAddress | undefined {
	const running = (gatewayPods ?? []).filter(isReady).map(({spec}) => asText(asRecord(spec)['nodeName']));
	return [...(nodes ?? [])]
		.filter((node) => isReady(node) && (!service.localOnly || running.includes(node.metadata.name)))
		.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
		.flatMap((node) => addressOf(node) ?? [])[0];
}

/** The node that has this address; undefined when none has, or the nodes may not be read. */
export function nodeWith({nodes}: MeshObjects, address: string): NodeAddress | undefined {
	return (nodes ?? []).flatMap(({metadata, status}) =>
		addresses(status)
			.filter((one) => one.address === address)
			.map(({type}) => ({node: metadata.name, address, kind: type})),
	)[0];
}

function addressOf({metadata, status}: KubernetesObject): NodeAddress | undefined {
	const usable = addresses(status).filter(({address}) => isIp(address));
	const found = usable.find(({type}) => type === 'ExternalIP') ?? usable.find(({type}) => type === 'InternalIP');
	return found && {node: metadata.name, address: found.address, kind: found.type};
}

function addresses(status: unknown): ReadonlyArray<{readonly type: string; readonly address: string}> {
	const list = asList(asRecord(status)['addresses']).map(asRecord);
	return list.map(({type, address}) => ({type: asText(type), address: asText(address)}));
}
