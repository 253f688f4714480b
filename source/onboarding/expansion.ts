import {addressOf, type ExpansionObjects} from '../diagnosis/causes/expansion.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {configMapNames, type Found, objectOf, revisionsOf} from '../mesh/mesh-objects.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import type {Clock, Cluster, Resource} from '../ports.ts';
import {createPermits} from './permits.ts';

/** Tetrate's ControlPlane, which brings and removes the gateway for VMs. */
export const controlplanes: Resource = {group: 'install.tetrate.io', resource: 'controlplanes'};
const core = (resource: string): Resource => ({group: '', resource});
const istio = (resource: string): Resource => ({group: 'networking.istio.io', resource});

/** Reads the ControlPlane of a Tetrate mesh, by its usual name or whatever its name is; undefined in an open-source one. */
export async function readControlPlane(
	cluster: Cluster,
	istioNamespace: string,
): Promise<KubernetesObject | undefined> {
	const named = await cluster.get(controlplanes, istioNamespace, 'controlplane');
	if (named !== undefined) return named;
	// None where the kind is not served: that is an open-source mesh.
	const [only] = await cluster.list(controlplanes, istioNamespace, undefined);
	return only;
}

/** `spec.meshExpansion` of a ControlPlane is there, whatever is in it. */
export function isExpanded({spec}: KubernetesObject): boolean {
	const {meshExpansion} = asRecord(spec);
	return meshExpansion !== undefined && meshExpansion !== null;
}

/**
 * Reads what an open-source mesh has for VMs to come in by, side by side. What is refused is unknown. When nobody asked for a revision
 * and there is no default one, the only one that is installed is meant, as for VMs (`readMesh`).
 */
export async function readExpansion(
	cluster: Cluster,
	istioNamespace: string,
	asked: string,
): Promise<ExpansionObjects> {
	const {get, list} = createPermits(cluster);
	const injectorOf = async (word: string) => {
		const revision = word === 'default' ? '' : word;
		const name = configMapNames({revision}).injector;
		return {revision, name, injector: await get(core('configmaps'), istioNamespace, name, 'optional')};
	};
	const [first, namespace, services, pods, gateways, virtualServices] = await Promise.all([
		injectorOf(asked),
		get(core('namespaces'), undefined, istioNamespace, 'optional'),
		list(core('services'), istioNamespace, undefined, 'optional'),
		list(core('pods'), istioNamespace, undefined, 'optional'),
		list(istio('gateways'), istioNamespace, undefined, 'optional'),
		list(istio('virtualservices'), istioNamespace, undefined, 'optional'),
	]);
	const revisions =
		first.injector === 'absent'
			? revisionsOf((await list(core('configmaps'), istioNamespace, undefined, 'optional')) ?? [])
			: [];
	const [only] = revisions;
	const isMeant = asked === '' && only !== undefined && revisions.length === 1;
	const {revision, name, injector} = isMeant ? await injectorOf(only) : first;
	return {
		context: cluster.context,
		istioNamespace,
		revision,
		absent: injector === 'absent' ? [`ConfigMap ${name} was not found`] : [],
		otherRevisions: isMeant ? [] : revisions,
		network: networkOf(injector),
		namespace,
		services,
		pods,
		gateways,
		virtualServices,
	};
}

/** How far a Tetrate gateway has come: what is there, and the one thing that is waited for. */
export type GatewayProgress = {readonly address: string | undefined; readonly pending: string | undefined};

/**
 * Looks once a second until nothing is waited for or `seconds` are over; the last that was seen. `onPending` hears of every new thing
 * that is waited for.
 */
export async function awaitPending<T extends {readonly pending: string | undefined}>(
	clock: Clock,
	seconds: number,
	look: () => Promise<T>,
	onPending: (pending: string) => void,
): Promise<T> {
	const end = clock.now().getTime() + seconds * 1000;
	const told = new Set<string>();
	for (;;) {
		const seen = await look();
		if (seen.pending === undefined || clock.now().getTime() >= end) return seen;
		if (!told.has(seen.pending)) onPending(seen.pending);
		told.add(seen.pending);
		await clock.sleep(1000);
	}
}

/** Looks at Service `vmgateway`, its ConfigMap and its address, which Tetrate's operator and the cloud bring in this order. */
export async function lookAtGateway(cluster: Cluster, istioNamespace: string): Promise<GatewayProgress> {
	const [service, overrides] = await Promise.all([
		cluster.get(core('services'), istioNamespace, 'vmgateway'),
		cluster.get(core('configmaps'), istioNamespace, 'global-mesh-expansion'),
	]);
	const address = service === undefined ? undefined : addressOf(service);
	const pending =
		service === undefined
			? `Service ${istioNamespace}/vmgateway`
			: overrides === undefined
				? `ConfigMap ${istioNamespace}/global-mesh-expansion`
				: address === undefined
					? `the address of Service ${istioNamespace}/vmgateway (LoadBalancer)`
					: undefined;
	return {address, pending};
}

function networkOf(injector: Found): string {
	try {
		const values: unknown = JSON.parse(objectOf(injector)?.data?.['values'] ?? '{}');
		return asText(asRecord(asRecord(values)['global'])['network']);
	} catch {
		return '';
	}
}
