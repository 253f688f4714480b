import type {KubernetesObject} from './kubernetes-object.ts';
import {asInteger, asList, asRecord, asText, asTexts} from './untyped.ts';

/** A Service that may be the gateway for VMs. */
export type GatewayService = {
	readonly namespace: string;
	readonly name: string;
	readonly type: string;
	readonly selector: Readonly<Record<string, string>>;
	readonly ports: readonly number[];
	/** The ports that every node opens for it, by the Service's own; empty when it has none. */
	readonly nodePorts: Readonly<Record<number, number>>;
	/** True where only nodes that run one of its pods answer (`externalTrafficPolicy: Local`). */
	readonly localOnly: boolean;
	/** What a VM can dial: the load balancer's name or IP, else an external IP; undefined while it has none. */
	readonly address: string | undefined;
};

/** A name goes before an IP, as in the original: a load balancer with a name changes its IPs. */
export function readGatewayService(object: KubernetesObject): GatewayService {
	const spec = asRecord(object.spec);
	const points = asList(asRecord(asRecord(object.status)['loadBalancer'])['ingress']).map(asRecord);
	const ports = asList(spec['ports']).map(asRecord);
	const first = (values: readonly unknown[]) => values.map(asText).find((text) => text !== '');
	return {
		namespace: object.metadata.namespace ?? '',
		name: object.metadata.name,
		type: asText(spec['type']) || 'ClusterIP',
		selector: asTexts(spec['selector']),
		ports: ports.flatMap((port) => asInteger(port['port']) ?? []),
		nodePorts: Object.fromEntries(
			ports.flatMap((port) => {
				const [own, node] = [asInteger(port['port']), asInteger(port['nodePort'])];
				return own === undefined || node === undefined || node === 0 ? [] : [[own, node]];
			}),
		),
		localOnly: spec['externalTrafficPolicy'] === 'Local',
		address:
			first(points.map((point) => point['hostname'])) ??
			first(points.map((point) => point['ip'])) ??
			first(asList(spec['externalIPs'])),
	};
}

/** `istio-system/istio-eastwestgateway`. */
export function nameOf({namespace, name}: GatewayService): string {
	return `${namespace}/${name}`;
}
