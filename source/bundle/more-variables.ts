import {agentVariables} from '../mesh/agent-variables.ts';
import {isClusterLocal, istiodName} from '../mesh/cluster-local.ts';
import {caAddress, discoveryAddress, proxyMetadata} from '../mesh/entry-proxy-config.ts';
import {splitHostPort} from '../mesh/ip.ts';
import type {ProxyConfig} from '../mesh/proxy-config.ts';
import type {MeshSettings, Target} from '../mesh/target.ts';

/**
 * Variables that an agent of Istio needs and the original, made for Tetrate's, does not write: the name of istiod's certificate where
 * istiod is dialled at another address, and the trust domain, whose flag those agents do not have. They stand in the container's
 * command, over `sidecar.env`, which so remains the original's byte for byte. What the ProxyConfig's own metadata sets is left to it.
 */
export function moreVariables(target: Target, mesh: MeshSettings, config: ProxyConfig): readonly string[] {
	if (agentVariables(target.image, mesh).name !== 'ISTIOD_SAN') return [];
	const istiod = discoveryAddress(config);
	const isNamed = istiod === '' || isClusterLocal(splitHostPort(istiod).host);
	// Only an agent without an address for the CA uses the name for it too; it asks istiod then, at the same address.
	const asksIstiod = caAddress(mesh, config, target.gateway) === istiod;
	const variables = {
		...(isNamed ? {} : {ISTIOD_SAN: istiodName(mesh)}),
		...(!isNamed && asksIstiod ? {CA_ADDR: ''} : {}),
		...(mesh.trustDomain === 'cluster.local' ? {} : {TRUST_DOMAIN: mesh.trustDomain}),
	};
	const own = proxyMetadata(config);
	return Object.entries(variables).flatMap(([name, value]) => (Object.hasOwn(own, name) ? [] : [`${name}=${value}`]));
}
