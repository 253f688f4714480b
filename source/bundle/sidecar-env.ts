import {exitCodes, UserError} from '../errors.ts';
import {isClusterLocal, istiodName} from '../mesh/cluster-local.ts';
import {
	caAddress,
	discoveryAddress,
	entryProxyConfig,
	proxyMetadata,
	workloadName,
} from '../mesh/entry-proxy-config.ts';
import {envFault} from '../mesh/env-variable.ts';
import {splitHostPort} from '../mesh/ip.ts';
import {proxyLabels} from '../mesh/labels.ts';
import {orderProxyConfig} from '../mesh/proxy-config.ts';
import type {MeshSettings, Target} from '../mesh/target.ts';
import {asText} from '../mesh/untyped.ts';
import type {WorkloadEntry} from '../mesh/workload-entry.ts';
import {goJson, goJsonMap} from './go-json.ts';

/** Where istio-agent keeps its certificates, and looks for the mesh's root when `PILOT_CERT_PROVIDER` is `istiod`. */
const secretsDirectory = '/var/run/secrets/istio';

/** Owners are named by the version of the API that the original knew, whatever the cluster stores. */
const ownerPrefix = 'kubernetes://apis/networking.istio.io/v1beta1';

/**
 * The proxy's environment for `docker run --env-file`, byte for byte as `sidecar-bootstrap` writes it (tetratelabs/istio,
 * istioctl/pkg/bootstrap/bundle/data.go): the ProxyConfig's own metadata first, for the last of two equal names wins.
 * What an agent of Istio needs beyond it stands in the container's command (`moreVariables`). The name of istiod is that of the
 * revision, where the original always names the default one. No newline at the end. Throws UserError `entry.invalid` for a value that such a file cannot carry.
 */
export function sidecarEnv(target: Target, mesh: MeshSettings, instanceIp: string): string {
	const {entry} = target;
	const config = entryProxyConfig(entry, mesh, target.gateway);
	const ca = caAddress(mesh, config, target.gateway);
	const istiod = istiodName(mesh);
	const sni = (address: string) => (isNamedInCluster(address) ? '' : istiod);
	const metadata = Object.entries(proxyMetadata(config)).sort(([a], [b]) => (a < b ? -1 : 1));
	const variables: ReadonlyArray<readonly [string, string]> = [
		...metadata,
		['JWT_POLICY', asText(mesh.global['jwtPolicy']) || 'third-party-jwt'],
		['PROV_CERT', secretsDirectory],
		['OUTPUT_CERTS', secretsDirectory],
		['PILOT_CERT_PROVIDER', asText(mesh.global['pilotCertProvider']) || 'istiod'],
		['CA_ADDR', ca],
		['CA_SNI', sni(ca)],
		['PILOT_SNI', sni(discoveryAddress(config))],
		['POD_NAME', entry.name],
		['POD_NAMESPACE', entry.namespace],
		['IDENTITY_IP', entry.address],
		['INSTANCE_IP', instanceIp],
		['SERVICE_ACCOUNT', entry.serviceAccount],
		['HOST_IP', entry.address],
		['CANONICAL_SERVICE', entry.metadataLabels['service.istio.io/canonical-name'] ?? ''],
		['CANONICAL_REVISION', entry.metadataLabels['service.istio.io/canonical-revision'] ?? ''],
		['PROXY_CONFIG', goJson(orderProxyConfig(config))],
		['ISTIO_META_CLUSTER_ID', mesh.clusterId],
		['ISTIO_META_INTERCEPTION_MODE', target.interceptionMode.value],
		['ISTIO_META_NETWORK', entry.network || mesh.network],
		['ISTIO_METAJSON_LABELS', mapOrNothing(proxyLabels(entry))],
		['ISTIO_METAJSON_ISTIO_ANNOTATIONS', mapOrNothing(istioAnnotations(entry))],
		['ISTIO_META_WORKLOAD_NAME', workloadName(entry)],
		['ISTIO_META_OWNER', `${ownerPrefix}/namespaces/${entry.namespace}/workloadentries/${entry.name}`],
		['ISTIO_META_MESH_ID', mesh.meshId],
	];
	return variables.map(([name, value]) => line(name, value)).join('\n');
}

function line(name: string, value: string): string {
	const fault = envFault(name, value);
	if (fault === undefined) return `${name}=${value}`;
	throw new UserError({
		code: 'entry.invalid',
		message: `The value of ${JSON.stringify(name)} for sidecar.env ${fault}.`,
		exitCode: exitCodes.badData,
		hint: "Correct the field of the entry, or of the mesh's settings, that it comes from.",
	});
}

/** No SNI of its own: the proxy dials the name that istiod's certificate has. An IP is no such name. */
function isNamedInCluster(address: string): boolean {
	return isClusterLocal(splitHostPort(address).host);
}

function istioAnnotations({annotations}: WorkloadEntry): Readonly<Record<string, string>> {
	return Object.fromEntries(
		Object.entries(annotations).filter(([key]) => key.includes('istio.io/') && !key.includes('istioctl.istio.io/')),
	);
}

function mapOrNothing(map: Readonly<Record<string, string>>): string {
	return Object.keys(map).length === 0 ? '' : goJsonMap(map);
}
