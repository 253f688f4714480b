import {
	crossNetworkGateway,
	type Expose,
	eastWestGateway,
	eastWestName,
	eastWestSelector,
	gatewayPorts,
	istiodGateway,
	istiodRoutes,
	labelled,
} from '../../mesh/expose.ts';
import {networkLabel} from '../../mesh/gateway.ts';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {matches} from '../../mesh/labels.ts';
import {type Found, objectOf} from '../../mesh/mesh-objects.ts';
import {isReady, unreadiness} from '../../mesh/pod.ts';
import {asInteger, asList, asRecord, asText, asTexts} from '../../mesh/untyped.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';
import {istioMissing} from './cluster.ts';

/** What an open-source mesh has for VMs to come in by. A list is undefined where it may not be read. */
export type ExpansionObjects = {
	readonly context: string;
	readonly istioNamespace: string;
	/** Empty for the default revision. */
	readonly revision: string;
	/** What of Istio itself, of that revision, was looked for in vain. */
	readonly absent: readonly string[];
	/** Revisions that there are instead. */
	readonly otherRevisions: readonly string[];
	/** `global.network` of the injector's values; empty when not set. */
	readonly network: string;
	readonly namespace: Found;
	/** Of the Istio namespace, as the three that follow. */
	readonly services: readonly KubernetesObject[] | undefined;
	readonly pods: readonly KubernetesObject[] | undefined;
	readonly gateways: readonly KubernetesObject[] | undefined;
	readonly virtualServices: readonly KubernetesObject[] | undefined;
};

/** What is wrong, what would mend it, and the gateway with its address, when it has them. */
export type Expansion = {
	readonly gateway: string | undefined;
	readonly address: string | undefined;
	readonly network: string;
	readonly findings: readonly Finding[];
	readonly missing: readonly KubernetesObject[];
	/** What only time or the cloud can give yet; undefined when nothing is waited for. */
	readonly pending: string | undefined;
};

/**
 * Looks at the east-west gateway, its ports, pods and address, at what leads from it to istiod and to services, and at the labels of its
 * network (Istio, "Virtual Machine Installation"; samples/multicluster). `wanted`: the network that a person names.
 */
export function examineExpansion(objects: ExpansionObjects, wanted: string | undefined): Expansion {
	const {istioNamespace, revision, services} = objects;
	const service = findGateway(services ?? []);
	const network = wanted ?? networkOf(objects, service);
	const selector = service === undefined ? eastWestSelector : asTexts(asRecord(service.spec)['selector']);
	const pods = (objects.pods ?? []).filter(
		({metadata}) => Object.keys(selector).length > 0 && matches(selector, metadata.labels ?? {}),
	);
	const expose: Expose = {istioNamespace, revision, selector, network};
	const parts: readonly Part[] =
		objects.absent.length > 0
			? // A way to a control plane that is not there helps nobody.
				[{found: istioMissing(objects, objects.absent), mends: []}]
			: partsOf(objects, expose, service, pods);
	return {
		gateway: service === undefined ? undefined : `${istioNamespace}/${service.metadata.name}`,
		address: service === undefined ? undefined : addressOf(service),
		network,
		findings: parts.map(({found}) => found),
		missing: parts.flatMap(({mends}) => mends),
		pending: parts.find(({awaits}) => awaits !== undefined)?.awaits,
	};
}

type Part = {
	readonly found: Finding;
	readonly mends: readonly KubernetesObject[];
	/** What would come by itself. */
	readonly awaits?: string | undefined;
};

function partsOf(
	objects: ExpansionObjects,
	expose: Expose,
	service: KubernetesObject | undefined,
	pods: readonly KubernetesObject[],
): readonly Part[] {
	const ofGateway = service === undefined ? notFound(objects, expose) : ofService(service, objects, pods);
	return [
		...(objects.services === undefined ? [] : ofGateway),
		...exposure(objects, expose, pods),
		...networks(objects, expose, service),
	];
}

/** What a VM can dial: the load balancer's name or IP, else an external IP. */
export function addressOf(service: KubernetesObject): string | undefined {
	const points = asList(asRecord(asRecord(service.status)['loadBalancer'])['ingress']).map(asRecord);
	const all = [
		...points.map((point) => point['hostname']),
		...points.map((point) => point['ip']),
		...asList(asRecord(service.spec)['externalIPs']),
	];
	return all.map(asText).find((text) => text !== '');
}

function findGateway(services: readonly KubernetesObject[]): KubernetesObject | undefined {
	const named = services.find(({metadata}) => metadata.name === eastWestName);
	const serving = services.find(({metadata}) => Object.hasOwn(metadata.labels ?? {}, networkLabel));
	return (
		named ?? serving ?? services.find(({spec}) => asTexts(asRecord(spec)['selector'])['istio'] === 'eastwestgateway')
	);
}

function networkOf({network, namespace}: ExpansionObjects, service: KubernetesObject | undefined): string {
	const labels = [objectOf(namespace), service].map((object) => object?.metadata.labels?.[networkLabel] ?? '');
	return [network, ...labels].find((name) => name !== '') ?? '';
}

function notFound({context, istioNamespace, services}: ExpansionObjects, expose: Expose): readonly Part[] {
	const names = (services ?? []).map(({metadata}) => metadata.name).join(', ') || 'none';
	return [
		{
			found: finding('gateway.not-found', {
				target: `cluster/${context}`,
				evidence: [
					{
						source: `services -n ${istioNamespace}`,
						text: `no ${eastWestName}, none labelled ${networkLabel}; there are: ${names}`,
					},
				],
			}),
			mends: eastWestGateway(expose),
		},
	];
}

function ofService(
	service: KubernetesObject,
	{istioNamespace, pods: all}: ExpansionObjects,
	pods: readonly KubernetesObject[],
): readonly Part[] {
	const {name} = service.metadata;
	const target = `service/${istioNamespace}/${name}`;
	const source = `service ${istioNamespace}/${name}`;
	const ports = asList(asRecord(service.spec)['ports']).flatMap((port) => asInteger(asRecord(port)['port']) ?? []);
	const lacking = gatewayPorts.filter(({port}) => !ports.includes(port));
	const parts: Part[] = [];
	if (lacking.length > 0) {
		const text = `has ports ${ports.join(', ') || 'none'}; lacks ${lacking.map(({name: word, port}) => `${port} (${word})`).join(', ')}`;
		const spec = {ports: lacking.map((port) => ({...port, protocol: 'TCP'}))};
		parts.push({
			found: finding('gateway.port-missing', {
				target,
				evidence: [{source, text}],
				values: {name, i: istioNamespace},
			}),
			mends: [{apiVersion: 'v1', kind: 'Service', metadata: {name, namespace: istioNamespace}, spec}],
		});
	}
	if (all !== undefined && !pods.some(isReady)) {
		const selector = Object.entries(asTexts(asRecord(service.spec)['selector']))
			.map((pair) => pair.join('='))
			.join(',');
		const texts = pods.length > 0 ? pods.map(unreadiness) : ['there is no such pod'];
		parts.push({
			found: finding('gateway.not-ready', {
				target,
				evidence: texts.map((text) => ({source: `pods -n ${istioNamespace} -l ${selector}`, text})),
				values: {i: istioNamespace, selector},
			}),
			mends: [],
			awaits: `a ready pod of Service ${istioNamespace}/${name} (${texts.join(', ')})`,
		});
	}
	if (addressOf(service) === undefined) {
		parts.push({
			found: finding('gateway.address-pending', {
				target,
				evidence: [{source, text: 'status.loadBalancer.ingress and spec.externalIPs are empty'}],
				values: {i: istioNamespace},
			}),
			mends: [],
			// A Service of another type gets none, however long one waits.
			awaits:
				asText(asRecord(service.spec)['type']) === 'LoadBalancer'
					? `the address of Service ${istioNamespace}/${name} (LoadBalancer)`
					: undefined,
		});
	}
	return parts;
}

/** `gateway.not-exposed`: the Gateway objects and routes that lead from the gateway's pods to istiod and, between networks, to services. */
function exposure(
	{context, istioNamespace, gateways, virtualServices}: ExpansionObjects,
	expose: Expose,
	pods: readonly KubernetesObject[],
): readonly Part[] {
	if (gateways === undefined || virtualServices === undefined) return [];
	const labels = pods.length > 0 ? pods.map(({metadata}) => metadata.labels ?? {}) : [expose.selector];
	const opening = (port: number, mode: string) =>
		gateways.filter(
			({spec}) =>
				labels.some((of) => matches(asTexts(asRecord(spec)['selector']), of)) &&
				asList(asRecord(spec)['servers'])
					.map(asRecord)
					.some(
						(server) =>
							asInteger(asRecord(server['port'])['number']) === port &&
							asText(asRecord(server['tls'])['mode']) === mode,
					),
		);
	const toIstiod = opening(15012, 'PASSTHROUGH');
	const istiod = `istiod${expose.revision === '' ? '' : `-${expose.revision}`}.${istioNamespace}.svc`;
	const routed = virtualServices.some((routes) => leadsTo(routes, toIstiod, istiod, istioNamespace));
	const source = `gateways, virtualservices -n ${istioNamespace}`;
	const lacks = [
		...(toIstiod.length > 0
			? []
			: [{text: 'no Gateway passes 15012 (TLS PASSTHROUGH) on', mend: istiodGateway(expose)}]),
		...(routed ? [] : [{text: `no VirtualService routes 15012 to ${istiod}`, mend: istiodRoutes(expose)}]),
		...(expose.network === '' || opening(15443, 'AUTO_PASSTHROUGH').length > 0
			? []
			: [{text: 'no Gateway passes 15443 (TLS AUTO_PASSTHROUGH) on', mend: crossNetworkGateway(expose)}]),
	];
	if (lacks.length === 0) return [];
	return [
		{
			found: finding('gateway.not-exposed', {
				target: `cluster/${context}`,
				evidence: lacks.map(({text}) => ({source, text})),
				values: {i: istioNamespace},
			}),
			mends: lacks.map(({mend}) => mend),
		},
	];
}

function leadsTo(
	{metadata, spec}: KubernetesObject,
	gateways: readonly KubernetesObject[],
	istiod: string,
	istioNamespace: string,
): boolean {
	const bound = asList(asRecord(spec)['gateways']).map(asText);
	const names = gateways.flatMap((gateway) => [
		`${gateway.metadata.namespace ?? ''}/${gateway.metadata.name}`,
		...(gateway.metadata.namespace === metadata.namespace ? [gateway.metadata.name] : []),
	]);
	// A short name is a Service of the route's own namespace.
	const service = istiod.slice(0, istiod.indexOf('.'));
	const hosts = [istiod, `${istiod}.cluster.local`, `${service}.${istioNamespace}`, service];
	return (
		names.some((name) => bound.includes(name)) &&
		asList(asRecord(spec)['tls'])
			.map(asRecord)
			.some(
				({match, route}) =>
					asList(match).some((one) => [undefined, 15012].includes(asInteger(asRecord(one)['port']))) &&
					asList(route).some((one) => hosts.includes(asText(asRecord(asRecord(one)['destination'])['host']))),
			)
	);
}

/** `gateway.network-unserved`: the labels by which istiod knows that this gateway leads to the cluster's network. */
function networks(
	{context, istioNamespace, namespace}: ExpansionObjects,
	{network}: Expose,
	service: KubernetesObject | undefined,
): readonly Part[] {
	// A mesh of one network has no labels, and needs none.
	if (network === '') return [];
	const ofNamespace = objectOf(namespace);
	const differs = (object: KubernetesObject | undefined) =>
		object !== undefined && object.metadata.labels?.[networkLabel] !== network;
	const told = (object: KubernetesObject) => {
		const label = object.metadata.labels?.[networkLabel];
		return label === undefined
			? `has no label ${networkLabel}`
			: `has ${networkLabel}=${label}, the cluster's is ${network}`;
	};
	const wrong = [
		...(ofNamespace !== undefined && differs(ofNamespace)
			? [
					{
						source: `namespace ${istioNamespace}`,
						text: told(ofNamespace),
						mend: labelled('Namespace', {name: istioNamespace}, network),
					},
				]
			: []),
		...(service !== undefined && differs(service)
			? [
					{
						source: `service ${istioNamespace}/${service.metadata.name}`,
						text: told(service),
						mend: labelled('Service', {name: service.metadata.name, namespace: istioNamespace}, network),
					},
				]
			: []),
	];
	if (wrong.length === 0) return [];
	return [
		{
			found: finding('gateway.network-unserved', {
				target: `cluster/${context}`,
				evidence: wrong.map(({source, text}) => ({source, text})),
				values: {i: istioNamespace, net: network, gateway: service?.metadata.name ?? eastWestName},
			}),
			mends: wrong.map(({mend}) => mend),
		},
	];
}
