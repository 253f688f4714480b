import type {AgentVariables} from '../../mesh/agent-variables.ts';
import {istiodName} from '../../mesh/cluster-local.ts';
import {type GatewayResolution, passthroughPort, portOfIstiod} from '../../mesh/gateway.ts';
import {type GatewayService, nameOf} from '../../mesh/gateway-service.ts';
import type {MeshObjects} from '../../mesh/mesh-objects.ts';
import {objectOf} from '../../mesh/mesh-objects.ts';
import {isReady, unreadiness} from '../../mesh/pod.ts';
import {asRecord} from '../../mesh/untyped.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';
import {istiodService} from './cluster.ts';

/**
 * What is wrong with the way from VMs to istiod. `discoveryPort`: the port on which the mesh's proxies dial istiod.
 * `variables`: how the entry's image is told istiod's name; undefined while the mesh is not known.
 */
export function gatewayFindings(
	mesh: MeshObjects,
	found: GatewayResolution,
	discoveryPort: number,
	variables: AgentVariables | undefined,
): readonly Finding[] {
	switch (found.kind) {
		case 'given':
			return [...nodePort(found), ...hostnameOnly(mesh, found, variables)];
		case 'address':
			return hostnameOnly(mesh, found, variables);
		case 'unknown':
			return [];
		case 'none':
			return meshExpansionOff(mesh) ?? notFound(mesh);
		case 'service':
			return [
				...(meshExpansionOff(mesh) ??
					portMissing(found.service, portOfIstiod(mesh, found.service, discoveryPort).port)),
				...(found.gateway === undefined ? addressPending(found.service) : []),
				...hostnameOnly(mesh, found, variables),
				...notReady(mesh, found.service),
				...wrongCluster(mesh, found.service),
			];
	}
}

/** `gateway.mesh-expansion-off`, or undefined when it is on or this is no Tetrate control plane. Hides not-found and port-missing. */
function meshExpansionOff(mesh: MeshObjects): readonly Finding[] | undefined {
	const controlPlane = objectOf(mesh.controlPlane);
	if (controlPlane === undefined || asRecord(controlPlane.spec)['meshExpansion'] !== undefined) return undefined;
	if (mesh.services?.some(({metadata}) => metadata.name === 'vmgateway') !== false) return undefined;
	return [
		finding('gateway.mesh-expansion-off', {
			target: `cluster/${mesh.context}`,
			evidence: [
				{
					source: `controlplane ${mesh.istioNamespace}/${controlPlane.metadata.name}`,
					text: 'spec.meshExpansion is not set',
				},
				{source: `services -n ${mesh.istioNamespace}`, text: 'there is no Service vmgateway'},
			],
		}),
	];
}

function notFound(mesh: MeshObjects): readonly Finding[] {
	const names = (mesh.services ?? []).map(({metadata}) => metadata.name).join(', ');
	return [
		finding('gateway.not-found', {
			target: `cluster/${mesh.context}`,
			evidence: [
				{
					source: `services -n ${mesh.istioNamespace}`,
					text: `none that MeshNetworks or MeshConfig names, no vmgateway, none labelled topology.istio.io/network, no istio-eastwestgateway, no istio-ingressgateway; there are: ${names || 'none'}`,
				},
			],
		}),
	];
}

function portMissing(service: GatewayService, istiodPort: number): readonly Finding[] {
	const missing = [...new Set([istiodPort, passthroughPort])].filter((port) => !service.ports.includes(port));
	if (missing.length === 0) return [];
	const why = (port: number) => (port === passthroughPort ? `${port} (TLS AUTO_PASSTHROUGH)` : `${port} (istiod)`);
	return [
		finding('gateway.port-missing', {
			target: targetOf(service),
			evidence: [
				{
					source: `service ${nameOf(service)}`,
					text: `has ports ${service.ports.join(', ') || 'none'}; lacks ${missing.map(why).join(' and ')}`,
				},
			],
			values: {name: service.name, i: service.namespace},
		}),
	];
}

function addressPending(service: GatewayService): readonly Finding[] {
	return [
		finding('gateway.address-pending', {
			target: targetOf(service),
			evidence: [
				{
					source: `service ${nameOf(service)}, type ${service.type}`,
					text: 'status.loadBalancer.ingress and spec.externalIPs are empty',
				},
				...nodePortEvidence(service),
			],
			values: {i: service.namespace},
		}),
	];
}

function hostnameOnly(
	mesh: MeshObjects,
	found: Exclude<GatewayResolution, {kind: 'none' | 'unknown'}>,
	variables: AgentVariables | undefined,
): readonly Finding[] {
	if (found.gateway === undefined || found.gateway.isIp) return [];
	const {address, origin} = found.gateway;
	const told = {CA_SNI: 'CA_SNI and PILOT_SNI', ISTIOD_SAN: 'ISTIOD_SAN'} as const;
	return [
		finding('gateway.hostname-only', {
			target: found.kind === 'service' ? targetOf(found.service) : `cluster/${mesh.context}`,
			evidence: [
				{source: origin, text: `the gateway is ${address}, a name whose IPs can change; it is not pinned to one`},
				...(variables === undefined
					? []
					: [
							{
								source: `proxy image: ${variables.why}`,
								text: `the proxy dials ${address} by name, which the VM must resolve, and knows istiod as ${istiodName(mesh)} by ${told[variables.name]}`,
							},
						]),
			],
			values: {i: mesh.istioNamespace, hostname: address},
		}),
	];
}

function notReady(mesh: MeshObjects, service: GatewayService): readonly Finding[] {
	if (mesh.gatewayPods === undefined || Object.keys(service.selector).length === 0) return [];
	if (mesh.gatewayPods.some(isReady)) return [];
	const selector = Object.entries(service.selector)
		.map((pair) => pair.join('='))
		.join(',');
	const pods = mesh.gatewayPods.map(unreadiness);
	return [
		finding('gateway.not-ready', {
			target: targetOf(service),
			evidence: (pods.length > 0 ? pods : ['there is no such pod']).map((text) => ({
				source: `pods -n ${service.namespace} -l ${selector}`,
				text,
			})),
			values: {i: service.namespace, selector},
		}),
	];
}

/** istiod's Service has no selector: the control plane is another cluster's, and this cluster's gateway does not lead to it. */
function wrongCluster(mesh: MeshObjects, service: GatewayService): readonly Finding[] {
	const istiod = istiodService(mesh);
	if (istiod === undefined || asRecord(istiod.spec)['selector'] !== undefined) return [];
	return [
		finding('gateway.wrong-cluster', {
			target: targetOf(service),
			evidence: [
				{
					source: `service ${mesh.istioNamespace}/${istiod.metadata.name}`,
					text: 'has no selector: istiod runs in another cluster',
				},
				{
					source: 'gateway',
					text: `${service.address ?? 'the address'} was taken from this cluster's own ${service.name}`,
				},
			],
		}),
	];
}

function nodePort({gateway, service}: Extract<GatewayResolution, {kind: 'given'}>): readonly Finding[] {
	if (service === undefined || service.type !== 'NodePort' || service.address === gateway.address) return [];
	// A port by hand, or the node's own port; what is taken of the Service is none of a node.
	if (gateway.port !== undefined && !service.ports.includes(gateway.port)) return [];
	return [
		finding('gateway.node-port', {
			target: targetOf(service),
			evidence: [
				{source: `service ${nameOf(service)}`, text: 'is of type NodePort'},
				...nodePortEvidence(service),
				{source: 'gateway', text: `${gateway.address} was given without a node port`},
			],
			values: {name: service.name, i: service.namespace},
		}),
	];
}

function nodePortEvidence(service: GatewayService) {
	const pairs = Object.entries(service.nodePorts).map(([port, node]) => `${port} is ${node} on every node`);
	return pairs.length === 0 ? [] : [{source: `service ${nameOf(service)}, node ports`, text: pairs.join(', ')}];
}

function targetOf({namespace, name}: GatewayService): string {
	return `service/${namespace}/${name}`;
}
