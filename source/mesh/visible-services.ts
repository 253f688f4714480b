import type {KubernetesObject} from './kubernetes-object.ts';
import {asInteger, asList, asRecord, asText} from './untyped.ts';

/** A port on which a Sidecar's egress may have to listen, and whose it is. */
export type VisiblePort = {readonly port: number; readonly of: string};

/**
 * The TCP ports of the Services and ServiceEntries that the hosts of an egress listener name, seen from a namespace
 * (istio/istio, pilot/pkg/model/sidecar.go, selectServices). `~namespace/host` leaves out.
 */
export function visiblePorts(
	hosts: readonly string[],
	namespace: string,
	objects: readonly KubernetesObject[],
): readonly VisiblePort[] {
	const wanted = hosts.filter((host) => !host.startsWith('~')).map(split);
	const unwanted = hosts.filter((host) => host.startsWith('~')).map((host) => split(host.slice(1)));
	const names = (pattern: Pattern, object: KubernetesObject) =>
		(pattern.namespace === '*' ||
			(pattern.namespace === '.' ? namespace : pattern.namespace) === object.metadata.namespace) &&
		hostsOf(object).some((host) => covers(pattern.host, host));
	return objects
		.filter((object) => isExported(object, namespace))
		.filter((object) => wanted.some((pattern) => names(pattern, object)))
		.filter((object) => !unwanted.some((pattern) => names(pattern, object)))
		.flatMap((object) => portsOf(object));
}

type Pattern = {readonly namespace: string; readonly host: string};

function split(text: string): Pattern {
	const slash = text.indexOf('/');
	return {namespace: text.slice(0, Math.max(slash, 0)), host: text.slice(slash + 1)};
}

function covers(pattern: string, host: string): boolean {
	if (pattern === '*' || pattern === host) return true;
	return pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
}

function hostsOf(object: KubernetesObject): readonly string[] {
	if (object.kind === 'ServiceEntry')
		return asList(asRecord(object.spec)['hosts']).filter((host) => typeof host === 'string');
	return [`${object.metadata.name}.${object.metadata.namespace ?? ''}.svc.cluster.local`];
}

function isExported(object: KubernetesObject, namespace: string): boolean {
	const spec = asRecord(object.spec);
	const annotation = asText(asRecord(object.metadata.annotations)['networking.istio.io/exportTo']);
	const given =
		object.kind === 'ServiceEntry' ? asList(spec['exportTo']) : annotation.split(',').filter((to) => to !== '');
	if (given.length === 0) return true;
	return given.some((to) => to === '*' || to === namespace || (to === '.' && object.metadata.namespace === namespace));
}

function portsOf(object: KubernetesObject): readonly VisiblePort[] {
	const spec = asRecord(object.spec);
	if (asText(spec['type']) === 'ExternalName') return [];
	const of = `${object.kind === 'ServiceEntry' ? 'serviceentry' : 'service'} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
	return asList(spec['ports']).flatMap((item) => {
		const port = asRecord(item);
		const number = asInteger(port[object.kind === 'ServiceEntry' ? 'number' : 'port']);
		return number === undefined || asText(port['protocol']) === 'UDP' ? [] : [{port: number, of}];
	});
}
