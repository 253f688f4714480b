import {exitCodes, UserError} from '../errors.ts';
import {isIp, isPort, splitHostPort} from './ip.ts';
import {isFqdn} from './kubernetes-names.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import type {MeshObjects} from './mesh-objects.ts';
import type {MeshGateways} from './mesh-settings.ts';
import type {Gateway, Sourced} from './target.ts';
import {asInteger, asList, asRecord, asText, asTexts} from './untyped.ts';

/** A Service that may be the gateway for VMs. */
export type GatewayService = {
	readonly namespace: string;
	readonly name: string;
	readonly type: string;
	readonly selector: Readonly<Record<string, string>>;
	readonly ports: readonly number[];
	/** What a VM can dial: the load balancer's name or IP, else an external IP; undefined while it has none. */
	readonly address: string | undefined;
};

/** How the gateway was found. `unknown`: the Services may not be read, so nothing can be said. */
export type GatewayResolution =
	| {readonly kind: 'given'; readonly gateway: Gateway; readonly service: GatewayService | undefined}
	| {readonly kind: 'address'; readonly gateway: Gateway}
	| {readonly kind: 'service'; readonly gateway: Gateway | undefined; readonly service: GatewayService}
	| {readonly kind: 'none'}
	| {readonly kind: 'unknown'};

/** The port through which a gateway passes TLS on by SNI; `sidecar-bootstrap` demands it of every gateway for VMs. */
export const passthroughPort = 15443;

export const networkLabel = 'topology.istio.io/network';

/**
 * The gateway for VMs. What a person gave stands; else the first of these Services that has the ports which VMs use: the one that
 * MeshNetworks or MeshConfig.ingressService names (as the original), `vmgateway` of Tetrate, those labelled `topology.istio.io/network`,
 * `istio-eastwestgateway`, `istio-ingressgateway`. When none has them all, the first with 15443 (the original asks for no more),
 * else the first that exists: what it lacks is told by its findings.
 */
export function resolveGateway(
	mesh: MeshObjects,
	config: MeshGateways,
	given: Sourced<string> | undefined,
	discoveryPort: number,
): GatewayResolution {
	const candidates = gatewayCandidates(mesh, config);
	const has = (port: number) => (candidate: {service: GatewayService}) => candidate.service.ports.includes(port);
	const best =
		candidates.find((candidate) => has(discoveryPort)(candidate) && has(passthroughPort)(candidate)) ??
		candidates.find(has(passthroughPort)) ??
		candidates[0];
	if (given !== undefined) return {kind: 'given', gateway: parseGateway(given), service: best?.service};
	const [address] = config.gateways.filter((gateway) => gateway.kind === 'address');
	if (address !== undefined && !config.gateways.some(({kind}) => kind === 'service')) {
		const ports = address.port === undefined ? [] : [address.port];
		return {
			kind: 'address',
			gateway: {address: address.address, isIp: isIp(address.address), ports, origin: 'MeshNetworks'},
		};
	}
	if (best === undefined) return {kind: mesh.services === undefined ? 'unknown' : 'none'};
	return {kind: 'service', service: best.service, gateway: gatewayOf(best.service, best.origin)};
}

/** Names of Services beyond the Istio namespace's own that the configuration asks for. */
export function namedGateways(
	config: MeshGateways,
): ReadonlyArray<{readonly namespace: string; readonly name: string}> {
	return config.gateways.flatMap((gateway) => (gateway.kind === 'service' ? [gateway] : []));
}

/** Well-known gateways of the Istio namespace, after those that the configuration names. */
export function wellKnownGateways(config: MeshGateways): readonly string[] {
	const configured = config.ingressService === '' ? [] : [config.ingressService];
	return [...configured, 'vmgateway', 'istio-eastwestgateway', 'istio-ingressgateway'];
}

/** `ADDRESS` or `ADDRESS:PORT` of a person. Throws UserError `usage`. A port given so is the one that the VM dials istiod on. */
function parseGateway(given: Sourced<string>): Gateway {
	const {host, port} = splitHostPort(given.value.trim());
	if ((!isIp(host) && !isFqdn(host)) || (port !== undefined && !isPort(port))) {
		throw new UserError({
			code: 'usage',
			message: `The gateway ${JSON.stringify(given.value)} is neither ADDRESS nor ADDRESS:PORT.`,
			exitCode: exitCodes.usage,
			hint: 'Give an IP or a DNS name that the VMs can reach, for instance --gateway 203.0.113.10:15443.',
		});
	}
	return {
		address: host,
		isIp: isIp(host),
		ports: port === undefined ? [] : [port],
		origin: given.source,
		...(port === undefined ? {} : {port}),
	};
}

function gatewayCandidates(mesh: MeshObjects, config: MeshGateways) {
	const services = (mesh.services ?? []).map((object) => ({service: readGatewayService(object), object}));
	const find = (namespace: string, name: string) =>
		services.filter(({service}) => service.namespace === namespace && service.name === name);
	const labelled = services
		.filter(({object}) => Object.hasOwn(object.metadata.labels ?? {}, networkLabel))
		.sort((a, b) => Number(serves(b.object, config.network)) - Number(serves(a.object, config.network)));
	return [
		...namedGateways(config).flatMap(({namespace, name}) => find(namespace || mesh.istioNamespace, name)),
		...(config.ingressService === '' ? [] : find(mesh.istioNamespace, config.ingressService)),
		...find(mesh.istioNamespace, 'vmgateway'),
		...labelled,
		...find(mesh.istioNamespace, 'istio-eastwestgateway'),
		...find(mesh.istioNamespace, 'istio-ingressgateway'),
	].map(({service}) => ({service, origin: `Service ${service.namespace}/${service.name}`}));
}

function serves(object: KubernetesObject, network: string): boolean {
	return object.metadata.labels?.[networkLabel] === network;
}

function gatewayOf(service: GatewayService, origin: string): Gateway | undefined {
	const {address, ports} = service;
	return address === undefined ? undefined : {address, isIp: isIp(address), ports, origin};
}

/** A name goes before an IP, as in the original: a load balancer with a name changes its IPs. */
function readGatewayService(object: KubernetesObject): GatewayService {
	const spec = asRecord(object.spec);
	const points = asList(asRecord(asRecord(object.status)['loadBalancer'])['ingress']).map(asRecord);
	const first = (values: readonly unknown[]) => values.map(asText).find((text) => text !== '');
	return {
		namespace: object.metadata.namespace ?? '',
		name: object.metadata.name,
		type: asText(spec['type']) || 'ClusterIP',
		selector: asTexts(spec['selector']),
		ports: asList(spec['ports']).flatMap((port) => asInteger(asRecord(port)['port']) ?? []),
		address:
			first(points.map((point) => point['hostname'])) ??
			first(points.map((point) => point['ip'])) ??
			first(asList(spec['externalIPs'])),
	};
}
