import {isIp, splitHostPort} from './ip.ts';

/*
 * Names of Services as a cluster's DNS has them. On a VM nobody answers for them: they are pinned to the gateway (`--add-host`),
 * or replaced by its name. The rules are those of tetratelabs/istio, istioctl/pkg/bootstrap/bundle/data.go.
 */

/** Looks like a name of the cluster's DNS: `svc`, `svc.ns`, or `svc.ns.svc[.cluster[.local]]`; not an IP. */
export function isClusterLocal(host: string): boolean {
	if (host === '' || isIp(host)) return false;
	const [, , ...tail] = host.split('.');
	return ['', 'svc', 'svc.cluster', 'svc.cluster.local'].includes(tail.join('.'));
}

/** Service and namespace of a cluster-local name; a bare name is of `namespace`. */
export function serviceOf(host: string, namespace: string): {readonly name: string; readonly namespace: string} {
	const [name = '', found] = host.split('.');
	return {name, namespace: found ?? namespace};
}

/** `istiod.istio-system.svc`: the short name of a Service, which istiod's certificate has. */
export function shortAlias(host: string, namespace: string): string {
	const service = serviceOf(host, namespace);
	return `${service.name}.${service.namespace}.svc`;
}

/** The name that istiod's certificate has, and by which a gateway tells it from other services: `istiod[-<rev>].<istio namespace>.svc`. */
export function istiodName({istioNamespace, revision}: {istioNamespace: string; revision: string}): string {
	return shortAlias(revision === '' ? 'istiod' : `istiod-${revision}`, istioNamespace);
}

/** All names of the Services behind these addresses (`host` or `host:port`), sorted; addresses outside the cluster are left out. */
export function clusterLocalAliases(addresses: readonly string[], namespace: string): readonly string[] {
	const hosts = addresses.map((address) => splitHostPort(address).host).filter(isClusterLocal);
	const aliases = hosts.flatMap((host) => {
		const service = serviceOf(host, namespace);
		const base = `${service.name}.${service.namespace}`;
		return [base, `${base}.svc`, `${base}.svc.cluster`, `${base}.svc.cluster.local`];
	});
	return [...new Set(aliases)].sort();
}
