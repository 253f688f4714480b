import {addressesOf, entryProxyConfig} from '../../../mesh/entry-proxy-config.ts';
import {imageRegistry} from '../../../mesh/image-registry.ts';
import {splitHostPort} from '../../../mesh/ip.ts';
import type {Endpoint} from '../../../mesh/sample-endpoints.ts';
import type {Gateway, MeshSettings, Target} from '../../../mesh/target.ts';
import type {Dial, PodDial} from '../../action.ts';
import type {Way} from './flow.ts';

/** Seconds for a connection, as for those to the gateway. */
const patience = 10;

/** Port on which a gateway and a proxy tell whether they are ready. */
export const healthPort = 15_021;

/**
 * What a VM uses besides istiod and services: what the mesh tells its proxies to send tracing, access logs and metrics to (9411, 11800 of Tetrate's VM
 * gateway), as far as the gateway has the port; the gateway's health, which load balancers ask for; the registry of the image. Each may be
 * closed and the VM is in the mesh all the same, since an engine may have a mirror or a proxy of its own. `taken`: ports of the gateway that are dialled already.
 */
export function otherWays(target: Target, taken: readonly number[]): ReadonlyArray<Way<Dial>> {
	const {mesh, gateway} = target;
	const ofGateway = (port: number, title: string, why: string): Way<Dial> =>
		way(`gateway.${port}`, title, gateway?.address ?? '', gateway?.nodePorts?.[port] ?? port, why);
	const telemetry = mesh && gateway ? telemetryPorts(target, mesh, gateway) : [];
	const ports = [
		...telemetry.map((port) => ofGateway(port, `VM to telemetry, port ${port}`, 'tracing and access logs')),
		...(gateway?.ports.includes(healthPort) === true
			? [ofGateway(healthPort, "VM to the gateway's health", "the gateway's health")]
			: []),
	];
	const {host, port} = imageRegistry(target.image.value);
	return [
		...ports.filter(({dial}) => !taken.includes(dial.port)),
		...(target.layout.value === 'container'
			? [way('registry', 'VM to the image registry', host, port, "the proxy's image")]
			: []),
	];
}

/** The ways from the VM to pods, which a VM in the cluster's network takes past the gateway. */
export function podWays(endpoints: readonly Endpoint[]): ReadonlyArray<Way<Dial>> {
	return endpoints.map(({address, port, of}) => ({
		...way(`pods-${address}-${port}`, `VM to pods of ${of}`, address, port, `requests to pods of ${of}`),
		needed: true,
	}));
}

/** The way from a pod of the mesh to the health of the VM's proxy. */
export function healthWay({entry}: Target): Way<PodDial> {
	return {
		id: `inbound-${healthPort}`,
		title: 'Mesh to VM, health',
		dial: {kind: 'pod-dial', host: entry.address, port: healthPort, timeoutSeconds: 5},
		why: "the proxy's health",
		needed: false,
	};
}

/** True when the VM's traffic goes to pods themselves: it is in the cluster's network. */
export function isInClusterNetwork({entry, mesh}: Target): boolean {
	return entry.network === '' || entry.network === mesh?.network;
}

function way(id: string, title: string, host: string, port: number, why: string): Way<Dial> {
	return {id, title, dial: {kind: 'dial', host, port, timeoutSeconds: patience}, why, needed: false};
}

/** Ports of addresses beyond istiod's that the proxy is told, and that the gateway has. */
function telemetryPorts({entry}: Target, mesh: MeshSettings, gateway: Gateway): readonly number[] {
	const [, ...addresses] = addressesOf(configOf(entry, mesh, gateway));
	const ports = addresses.flatMap((address) => splitHostPort(address).port ?? []);
	return [...new Set(ports)].filter((port) => gateway.ports.includes(port));
}

function configOf(entry: Target['entry'], mesh: MeshSettings, gateway: Gateway) {
	try {
		return entryProxyConfig(entry, mesh, gateway);
	} catch {
		// The entry's own ProxyConfig cannot be read, which is a finding of the objects.
		return mesh.proxyConfig;
	}
}
