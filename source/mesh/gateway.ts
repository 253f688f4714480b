import {exitCodes, UserError} from '../errors.ts';
import {istiodName} from './cluster-local.ts';
import {type GatewayService, nameOf, readGatewayService} from './gateway-service.ts';
import {isIp, isPort, splitHostPort} from './ip.ts';
import {isFqdn} from './kubernetes-names.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {type MeshObjects, objectOf} from './mesh-objects.ts';
import type {MeshGateways} from './mesh-settings.ts';
import {type NodeAddress, nodeAddress, nodeWith} from './node-address.ts';
import {passedThrough} from './passed-through.ts';
import type {Gateway, Sourced} from './target.ts';
import {asInteger, asRecord, asText} from './untyped.ts';

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
 * The gateway for VMs. What a person gave stands. Then `meshExpansion.customGateway` of Tetrate's ControlPlane, the load balancer that
 * stands before its VM gateway: whoever set it wants VMs to go there, while MeshNetworks still names `vmgateway` itself, which the
 * operator writes (Tetrate, ControlPlane installation API). Then the first of these Services that has the ports which VMs use: the
 * one that MeshNetworks or MeshConfig.ingressService names (as the original), `vmgateway` of Tetrate, those labelled
 * `topology.istio.io/network`, `istio-eastwestgateway`, `istio-ingressgateway`. When none has them all, the first with 15443 (the
 * original asks for no more), else the first that exists: what it lacks is told by its findings.
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
	if (given !== undefined) {
		const gateway = inFrontOf(best?.service, parseGateway(given), mesh, discoveryPort);
		return {kind: 'given', gateway, service: best?.service};
	}
	const custom = customGateway(mesh);
	if (custom !== undefined) return {kind: 'address', gateway: custom};
	const [address] = config.gateways.filter((gateway) => gateway.kind === 'address');
	if (address !== undefined && !config.gateways.some(({kind}) => kind === 'service')) {
		const ports = address.port === undefined ? [] : [address.port];
		return {
			kind: 'address',
			gateway: {address: address.address, isIp: isIp(address.address), ports, origin: 'MeshNetworks'},
		};
	}
	if (best === undefined) return {kind: mesh.services === undefined ? 'unknown' : 'none'};
	return {kind: 'service', service: best.service, gateway: gatewayOf(mesh, best.service, discoveryPort)};
}

/**
 * The port of a gateway's Service that leads to istiod. Without the port on which the mesh's proxies dial it (15012), that is 15443
 * where the gateway tells istiod by its name there, as Tetrate's does for everything; `how` says so. The original goes to the mesh's
 * port in any case, which then nobody listens on.
 */
export function portOfIstiod(
	mesh: MeshObjects,
	service: GatewayService,
	discoveryPort: number,
): {readonly port: number; readonly how?: string} {
	if (service.ports.includes(discoveryPort) || !service.ports.includes(passthroughPort)) return {port: discoveryPort};
	const sni = istiodName(mesh);
	const by = passedThrough(mesh, service, passthroughPort, sni);
	if (by === undefined) return {port: discoveryPort};
	const lacks = `${service.name} has no port ${discoveryPort}`;
	return {
		port: passthroughPort,
		how: by === 'unknown' ? `${lacks}: ${sni} by SNI` : `${lacks}: Gateway ${by} passes ${sni} on by SNI`,
	};
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

/** An address given by hand leads to the gateway that would have been taken, on the same ports; a node's on its node ports. */
function inFrontOf(
	service: GatewayService | undefined,
	gateway: Gateway,
	mesh: MeshObjects,
	discoveryPort: number,
): Gateway {
	if (service === undefined) return gateway;
	const {nodePorts} = service;
	if (gateway.port !== undefined)
		return Object.values(nodePorts).includes(gateway.port) ? {...gateway, nodePorts} : gateway;
	const istiod = portOfIstiod(mesh, service, discoveryPort);
	const node = nodeWith(mesh, gateway.address);
	return (node && onNodePort(gateway, service, istiod, node)) ?? withPort(gateway, istiod);
}

type IstiodPort = ReturnType<typeof portOfIstiod>;

/** undefined where the Service has no node port for istiod. */
function onNodePort(
	gateway: Gateway,
	{nodePorts}: GatewayService,
	istiod: IstiodPort,
	{node, kind}: NodeAddress,
): Gateway | undefined {
	const port = nodePorts[istiod.port];
	const how = [`the node port of ${istiod.port} on ${kind} of node ${node}`, istiod.how].filter(Boolean).join('; ');
	return port === undefined ? undefined : {...gateway, port, nodePorts, how};
}

/** Names the port where it is not the mesh's own. */
function withPort(gateway: Gateway, istiod: IstiodPort): Gateway {
	return istiod.how === undefined ? gateway : {...gateway, port: istiod.port, how: istiod.how};
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
	];
}

function serves(object: KubernetesObject, network: string): boolean {
	return object.metadata.labels?.[networkLabel] === network;
}

function gatewayOf(mesh: MeshObjects, service: GatewayService, discoveryPort: number): Gateway | undefined {
	const istiod = portOfIstiod(mesh, service, discoveryPort);
	const {address, ports} = service;
	const origin = `Service ${nameOf(service)}`;
	if (address !== undefined) return withPort({address, isIp: isIp(address), ports, origin}, istiod);
	const node = service.type === 'NodePort' ? nodeAddress(mesh, service) : undefined;
	return node && onNodePort({address: node.address, isIp: true, ports, origin}, service, istiod, node);
}

/** `spec.meshExpansion.customGateway {host, port}` of Tetrate's ControlPlane. */
function customGateway({controlPlane}: MeshObjects): Gateway | undefined {
	const object = objectOf(controlPlane);
	const custom = asRecord(asRecord(asRecord(object?.spec)['meshExpansion'])['customGateway']);
	const host = asText(custom['host']);
	if (object === undefined || host === '') return undefined;
	const port = asInteger(custom['port']);
	return {
		address: host,
		isIp: isIp(host),
		ports: port === undefined ? [] : [port],
		origin: `ControlPlane ${object.metadata.namespace}/${object.metadata.name}`,
		how: 'spec.meshExpansion.customGateway',
		...(port === undefined ? {} : {port}),
	};
}
