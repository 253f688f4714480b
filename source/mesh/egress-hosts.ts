import {isClusterLocal, serviceOf} from './cluster-local.ts';
import type {Egress} from './sidecar.ts';

/** A destination as a person names it: `HOST[:PORT]`. */
export type Destination = {readonly host: string; readonly port: number | undefined};

/** The names by which a mesh may know a host: itself, and where it may be a Service of the cluster that one's whole name. */
export function namesOf(host: string, namespace: string): readonly string[] {
	if (!isClusterLocal(host)) return [host];
	const service = serviceOf(host, namespace);
	return [...new Set([`${service.name}.${service.namespace}.svc.cluster.local`, host])];
}

/**
 * Does an egress listener offer a host? `hosts` are `namespace/dnsName` with `*`, `.` (the Sidecar's own), `~` (none) and a leading `*.`
 * (istio.io, Sidecar, IstioEgressListener). The namespace of a host that is no Service is not known here: it fits any.
 */
export function offersHost({hosts}: Egress, host: string, namespace: string): boolean {
	return namesOf(host, namespace).some((name) => {
		const owner = name.endsWith('.svc.cluster.local') ? serviceOf(name, namespace).namespace : undefined;
		return hosts.some((pattern) => {
			const {scope, dns} = partsOf(pattern);
			if (owner !== undefined && scope !== '*' && (scope === '.' ? namespace : scope) !== owner) return false;
			// A name of two labels is a Service's as likely as one of the Internet: then it takes a word about it.
			const any = dns === '*' && (owner !== undefined || !isClusterLocal(name));
			return scope !== '~' && (any || dns === name || (dns.startsWith('*.') && name.endsWith(dns.slice(1))));
		});
	});
}

function partsOf(pattern: string): {readonly scope: string; readonly dns: string} {
	const at = pattern.indexOf('/');
	return {scope: pattern.slice(0, Math.max(at, 0)), dns: pattern.slice(at + 1)};
}

/** The host as an egress listener takes it: with the namespace of its Service, or any. */
export function egressHost(host: string, namespace: string): string {
	const [name = host] = namesOf(host, namespace);
	return name.endsWith('.svc.cluster.local') ? `${serviceOf(name, namespace).namespace}/${name}` : `*/${name}`;
}

/** A name without wildcard, and the loopback address on which the Sidecar offers it: what must resolve to it on the VM. */
export type Promised = {readonly name: string; readonly bind: string};

/** What a Sidecar offers by name on a loopback address, and of the destinations those that it offers there. */
export function promisedNames(
	egress: readonly Egress[],
	destinations: readonly Destination[],
	namespace: string,
): readonly Promised[] {
	const onLoopback = egress.filter(({bind}) => bind.startsWith('127.'));
	return onLoopback.flatMap((listener) => {
		const {bind, hosts, port} = listener;
		const exact = hosts.flatMap((pattern) => {
			const {dns} = partsOf(pattern);
			return dns === '' || dns.includes('*') ? [] : [{name: dns, bind}];
		});
		const asked = destinations
			.filter((one) => port === undefined || one.port === undefined || one.port === port)
			.filter(({host}) => offersHost(listener, host, namespace) && !exact.some(({name}) => name === host))
			.map(({host}) => ({name: host, bind}));
		return [...exact, ...asked];
	});
}
