import {discoveryAddress} from '../../mesh/entry-proxy-config.ts';
import {joinHostPort, splitHostPort} from '../../mesh/ip.ts';
import {mergeProxyConfig, type ProxyConfig, parseProxyConfig} from '../../mesh/proxy-config.ts';
import type {Gateway, MeshSettings} from '../../mesh/target.ts';
import {asText, asTexts, isMapping} from '../../mesh/untyped.ts';
import {goJson, goJsonMap} from '../go-json.ts';
import type {Workload} from './workload.ts';

/** What a person may decide of the files; the defaults are istioctl's. */
export type PackageOptions = {
	/** DNS of the VM through the proxy; true unless said otherwise. */
	readonly captureDns?: boolean;
	/** istiod registers the VM by itself, from the group of this name. */
	readonly autoRegister?: boolean;
	/** Instead of the mesh's. */
	readonly clusterId?: string;
};

/** Where the package looks for istiod when nobody says (istio/istio, tools/packaging/common/istio-start.sh). */
export const packagesIstiod = 'istiod.istio-system.svc:15012';

/** The name by which the VM knows istiod: `istiod[-<rev>].<namespace>.svc`. */
export function istiodHost({revision, istioNamespace}: MeshSettings): string {
	return `istiod${isRevisioned(revision) ? `-${revision}` : ''}.${istioNamespace}.svc`;
}

export function isRevisioned(revision: string): boolean {
	return revision !== '' && revision !== 'default';
}

/**
 * `defaultConfig` of a VM's mesh.yaml, as `istioctl x workload entry configure` makes it (istio/istio, istioctl/pkg/workload,
 * createMeshConfig): the mesh's own, the workload's layers over it, and the workload itself as metadata. A port given by hand is
 * the one that the VM dials istiod on; an Istio namespace of another name is told, where istioctl leaves it to the package's default.
 */
export function packageProxyConfig(
	workload: Workload,
	mesh: MeshSettings,
	gateway: Gateway | undefined,
	options: PackageOptions = {},
): ProxyConfig {
	const layers = workload.configs.map(parseProxyConfig);
	const merged = layers.reduce(mergeProxyConfig, mesh.said.proxyConfig);
	const {labels, name} = workload;
	const service = labels[canonicalName] || labels['app.kubernetes.io/name'] || labels['app'] || name;
	const revision = labels[canonicalRevision] || labels['app.kubernetes.io/version'] || labels['version'] || 'latest';
	const ports = Object.entries(workload.ports).sort(([a], [b]) => (a < b ? -1 : 1));
	const address = dialled(merged, mesh, gateway);
	return {
		...merged,
		...(address === '' ? {} : {discoveryAddress: address}),
		...(workload.probe === undefined ? {} : {readinessProbe: withoutZeros(workload.probe)}),
		proxyMetadata: {
			...asTexts(merged['proxyMetadata']),
			CANONICAL_SERVICE: service,
			CANONICAL_REVISION: revision,
			POD_NAMESPACE: workload.namespace,
			SERVICE_ACCOUNT: workload.serviceAccount,
			TRUST_DOMAIN: mesh.said.trustDomain,
			ISTIO_META_CLUSTER_ID: options.clusterId ?? mesh.clusterId,
			ISTIO_META_MESH_ID: asText(merged['meshId']),
			ISTIO_META_NETWORK: workload.network,
			...(ports.length === 0 ? {} : {ISTIO_META_POD_PORTS: podPorts(ports)}),
			ISTIO_META_WORKLOAD_NAME: name,
			ISTIO_METAJSON_LABELS: goJsonMap({...labels, [canonicalName]: service, [canonicalRevision]: revision}),
			...(options.captureDns === false ? {} : {ISTIO_META_DNS_CAPTURE: 'true'}),
			...(options.autoRegister === true ? {ISTIO_META_AUTO_REGISTER_GROUP: name} : {}),
		},
	};
}

const canonicalName = 'service.istio.io/canonical-name';
const canonicalRevision = 'service.istio.io/canonical-revision';

/** Empty where the package's own default leads to istiod. */
function dialled(config: ProxyConfig, mesh: MeshSettings, gateway: Gateway | undefined): string {
	const usual = splitHostPort(discoveryAddress(config)).port ?? 15012;
	const given = gateway?.port ?? gateway?.nodePorts?.[usual];
	const elsewhere = isRevisioned(mesh.revision) || mesh.istioNamespace !== 'istio-system' || given !== undefined;
	const address = discoveryAddress(config) || (elsewhere ? `${istiodHost(mesh)}:15012` : '');
	return given === undefined ? address : joinHostPort(splitHostPort(address).host, given);
}

/** As Go writes a list of `model.PodPort`. */
function podPorts(ports: ReadonlyArray<readonly [string, number]>): string {
	return `[${ports.map(([name, port]) => `{${name === '' ? '' : `"name":${goJson(name)},`}"containerPort":${port},"protocol":""}`).join(',')}]`;
}

/** A message without the values that protobuf leaves out. */
function withoutZeros(value: unknown): unknown {
	if (!isMapping(value)) return value;
	const kept = Object.entries(value).filter(
		([, item]) => ![0, '', false, null].includes(item as null) && !(Array.isArray(item) && item.length === 0),
	);
	return Object.fromEntries(kept.map(([key, item]) => [key, withoutZeros(item)]));
}
