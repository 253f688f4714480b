import {type GatewayResolution, type GatewayService, passthroughPort} from '../../mesh/gateway.ts';
import type {MeshObjects} from '../../mesh/mesh-objects.ts';
import {objectOf} from '../../mesh/mesh-objects.ts';
import {isReady} from '../../mesh/pod.ts';
import {asRecord} from '../../mesh/untyped.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';
import {istiodService} from './cluster.ts';

/** What is wrong with the way from VMs to istiod. `discoveryPort`: the port on which the mesh's proxies dial istiod. */
export function gatewayFindings(
	mesh: MeshObjects,
	found: GatewayResolution,
	discoveryPort: number,
): readonly Finding[] {
	switch (found.kind) {
		case 'given':
			return [...nodePort(found.gateway.address, found.gateway.port, found.service), ...hostnameOnly(mesh, found)];
		case 'address':
			return hostnameOnly(mesh, found);
		case 'unknown':
			return [];
		case 'none':
			return meshExpansionOff(mesh) ?? notFound(mesh);
		case 'service':
			return [
				...(meshExpansionOff(mesh) ?? portMissing(found.service, discoveryPort)),
				...addressPending(found.service),
				...hostnameOnly(mesh, found),
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

function portMissing(service: GatewayService, discoveryPort: number): readonly Finding[] {
	const missing = [...new Set([discoveryPort, passthroughPort])].filter((port) => !service.ports.includes(port));
	if (missing.length === 0) return [];
	const why = (port: number) => (port === passthroughPort ? `${port} (TLS AUTO_PASSTHROUGH)` : `${port} (istiod)`);
	return [
		finding('gateway.port-missing', {
			target: targetOf(service),
			evidence: [
				{
					source: `service ${service.namespace}/${service.name}`,
					text: `has ports ${service.ports.join(', ') || 'none'}; lacks ${missing.map(why).join(' and ')}`,
				},
			],
			values: {name: service.name, i: service.namespace},
		}),
	];
}

function addressPending(service: GatewayService): readonly Finding[] {
	if (service.address !== undefined) return [];
	return [
		finding('gateway.address-pending', {
			target: targetOf(service),
			evidence: [
				{
					source: `service ${service.namespace}/${service.name}, type ${service.type}`,
					text: 'status.loadBalancer.ingress and spec.externalIPs are empty',
				},
			],
			values: {i: service.namespace},
		}),
	];
}

function hostnameOnly(
	mesh: MeshObjects,
	found: Exclude<GatewayResolution, {kind: 'none' | 'unknown'}>,
): readonly Finding[] {
	if (found.gateway === undefined || found.gateway.isIp) return [];
	return [
		finding('gateway.hostname-only', {
			target: found.kind === 'service' ? targetOf(found.service) : `cluster/${mesh.context}`,
			evidence: [
				{
					source: found.gateway.origin,
					text: `the gateway is ${found.gateway.address}, a name that cannot be pinned to an IP`,
				},
				{
					source: 'proxy image',
					text: 'CA_SNI and PILOT_SNI, with which the name is dialled, are read by the images of Tetrate alone',
				},
			],
			values: {i: mesh.istioNamespace, hostname: found.gateway.address},
		}),
	];
}

function notReady(mesh: MeshObjects, service: GatewayService): readonly Finding[] {
	if (mesh.gatewayPods === undefined || Object.keys(service.selector).length === 0) return [];
	if (mesh.gatewayPods.some(isReady)) return [];
	const selector = Object.entries(service.selector)
		.map((pair) => pair.join('='))
		.join(',');
	const pods = mesh.gatewayPods.map(({metadata}) => `${metadata.name} is not ready`);
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

function nodePort(address: string, port: number | undefined, service: GatewayService | undefined): readonly Finding[] {
	if (port !== undefined || service === undefined || service.type !== 'NodePort' || service.address === address)
		return [];
	return [
		finding('gateway.node-port', {
			target: targetOf(service),
			evidence: [
				{source: `service ${service.namespace}/${service.name}`, text: 'is of type NodePort'},
				{source: 'gateway', text: `${address} was given without a port`},
			],
			values: {name: service.name, i: service.namespace},
		}),
	];
}

function targetOf({namespace, name}: GatewayService): string {
	return `service/${namespace}/${name}`;
}
