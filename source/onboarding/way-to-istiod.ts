import {bundleParts} from '../bundle/parts.ts';
import {agentVariables} from '../mesh/agent-variables.ts';
import {isClusterLocal, istiodName} from '../mesh/cluster-local.ts';
import {discoveryAddress, entryProxyConfig} from '../mesh/entry-proxy-config.ts';
import {splitHostPort} from '../mesh/ip.ts';
import type {Target} from '../mesh/target.ts';
import type {Setting} from './setting.ts';

/**
 * How the proxy will find istiod, and why so: by the name of its certificate, pinned to the gateway's IP; or at the gateway's own
 * name, with istiod named by the variables that its image reads. undefined while the mesh or the gateway is not known.
 */
export function wayToIstiod(target: Target): Setting | undefined {
	const parts = bundleParts(target);
	if (parts === undefined) return undefined;
	const {mesh, gateway} = parts;
	const address = discoveryAddress(entryProxyConfig(target.entry, mesh, gateway));
	const name = 'istiod';
	if (!isClusterLocal(splitHostPort(address).host)) {
		const variables = agentVariables(target.image, mesh);
		const told = variables.name === 'CA_SNI' ? 'CA_SNI and PILOT_SNI' : variables.name;
		return {
			name,
			value: `${address}, dialled by name, SNI ${istiodName(mesh)} by ${told}`,
			source: variables.why,
		};
	}
	if (!gateway.isIp) return {name, value: `${address}, which the VM must resolve`, source: 'entry'};
	return {name, value: `${address}, pinned to ${gateway.address}`, source: 'gateway'};
}
