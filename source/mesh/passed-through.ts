import type {GatewayService} from './gateway-service.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import type {MeshObjects} from './mesh-objects.ts';
import {asInteger, asList, asRecord, asText, asTexts} from './untyped.ts';

/**
 * The Gateway that passes TLS for `sni` on from this port of the gateway's pods, as `<namespace>/<name>`; undefined when none does.
 * It needs a server `PASSTHROUGH` whose hosts cover the name, and a VirtualService of that Gateway which routes the name
 * (Istio, "Ingress Gateway without TLS Termination"; samples/multicluster/expose-istiod.yaml does it on 15012).
 * `AUTO_PASSTHROUGH` is no such way: it takes names such as `outbound_.15012_._.istiod…`, which istiod's certificate has not.
 * `unknown` where the objects may not be read.
 */
export function passedThrough(
	mesh: MeshObjects,
	service: GatewayService,
	port: number,
	sni: string,
): string | 'unknown' | undefined {
	if (mesh.passthrough === undefined) return 'unknown';
	const {gateways, virtualServices} = mesh.passthrough;
	const pods = mesh.gatewayPods?.map(({metadata}) => metadata.labels ?? {}) ?? [];
	const labels = pods.length > 0 ? pods : [service.selector];
	const passing = gateways.filter(
		({spec}) =>
			labels.some((of) => isIn(asTexts(asRecord(spec)['selector']), of)) &&
			asList(asRecord(spec)['servers']).map(asRecord).some(passes(port, sni)),
	);
	const found = passing.find((gateway) => virtualServices.some((routes) => leads(routes, gateway, port, sni)));
	return found && keyOf(found);
}

/** A server of a Gateway that hands TLS for the name on unopened. */
function passes(port: number, sni: string) {
	return (server: Readonly<Record<string, unknown>>): boolean =>
		asInteger(asRecord(server['port'])['number']) === port &&
		asText(asRecord(server['tls'])['mode']) === 'PASSTHROUGH' &&
		// `<namespace>/<host>` limits whose routes may be bound, not which names are taken.
		asList(server['hosts']).some((host) => covers(asText(host).replace(/^.*\//, ''), sni));
}

function leads(virtualService: KubernetesObject, gateway: KubernetesObject, port: number, sni: string): boolean {
	const spec = asRecord(virtualService.spec);
	const bound = asList(spec['gateways']).map(asText);
	const own = virtualService.metadata.namespace === gateway.metadata.namespace ? [gateway.metadata.name] : [];
	if (![...own, keyOf(gateway)].some((name) => bound.includes(name))) return false;
	const matches = asList(spec['tls']).flatMap((route) => asList(asRecord(route)['match']).map(asRecord));
	return matches.some(
		(match) =>
			(match['port'] === undefined || asInteger(match['port']) === port) &&
			asList(match['sniHosts']).some((host) => covers(asText(host), sni)),
	);
}

/** `*`, `*.istio-system.svc` or the name itself. */
function covers(pattern: string, name: string): boolean {
	return pattern === '*' || pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)));
}

function isIn(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
	return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function keyOf({metadata}: KubernetesObject): string {
	return `${metadata.namespace ?? ''}/${metadata.name}`;
}
