import {istioMissing, proxyConfigInvalid, unsupportedSettings} from '../diagnosis/causes/cluster.ts';
import type {Finding} from '../diagnosis/finding.ts';
import {serviceOf} from './cluster-local.ts';
import {configMapNames, type Found, type MeshObjects, objectOf} from './mesh-objects.ts';
import {
	applyProxyConfig,
	defaultProxyConfig,
	mergeProxyConfig,
	type ProxyConfig,
	parseProxyConfig,
	readProxyConfig,
} from './proxy-config.ts';
import type {MeshSettings} from './target.ts';
import {asInteger, asList, asRecord, asText} from './untyped.ts';
import {parseYaml} from './yaml.ts';

/** A gateway of a network as `meshNetworks` names it: a Service, or an address with its port. */
export type NetworkGateway =
	| {readonly kind: 'service'; readonly name: string; readonly namespace: string}
	| {readonly kind: 'address'; readonly address: string; readonly port: number | undefined};

/** What the mesh's configuration says of gateways. */
export type MeshGateways = {
	/** `MeshConfig.ingressService`; empty when not set. */
	readonly ingressService: string;
	/** Gateways of the network of the control plane. */
	readonly gateways: readonly NetworkGateway[];
	/** Name of that network; may be empty. */
	readonly network: string;
};

/** The mesh as its ConfigMaps tell it. `settings` is undefined when one of them is missing or was refused; `problems` say which. */
export type MeshReadout = {
	readonly settings: MeshSettings | undefined;
	readonly gateways: MeshGateways;
	/** Names of the networks in `meshNetworks`. */
	readonly networks: readonly string[];
	readonly problems: readonly Finding[];
};

type Reading = {readonly mesh: MeshObjects; readonly missing: string[]; readonly problems: Finding[]};

/**
 * Reads the mesh's settings. Pure. `rootCertificate` is the namespace's own copy, used where the Istio namespace shows none.
 * An absent `jwtPolicy` or `pilotCertProvider` is today's only one (newer charts have no such keys).
 */
export function readMeshSettings(mesh: MeshObjects, rootCertificate: Found): MeshReadout {
	const reading: Reading = {mesh, missing: [], problems: []};
	const suffix = mesh.revision === '' ? '' : `-${mesh.revision}`;
	const names = configMapNames(mesh);
	const meshText = key(reading, mesh.meshConfig, names.mesh, 'mesh');
	const values = readValues(reading, names.injector);
	const certificate = readRootCertificate(reading, rootCertificate);
	const config = readYaml(reading, names.mesh, 'mesh', meshText ?? '');
	const networks = readYaml(
		reading,
		names.mesh,
		'meshNetworks',
		objectOf(mesh.meshConfig)?.data?.['meshNetworks'] ?? '',
	);

	const global = asRecord(values?.['global']);
	const istiod = `istiod${suffix}.${mesh.istioNamespace}.svc:15012`;
	const proxyConfig = readProxyConfigs(reading, names.mesh, defaultProxyConfig(istiod), config['defaultConfig']);
	if (values !== undefined) reading.problems.push(...unsupportedSettings(mesh, global));
	if (reading.missing.length > 0) reading.problems.unshift(istioMissing(mesh, reading.missing));

	const labelled = objectOf(mesh.namespace)?.metadata.labels?.['topology.istio.io/network'] ?? '';
	const network = asText(global['network']);
	return {
		settings:
			meshText === undefined || values === undefined || certificate === undefined
				? undefined
				: {
						istioNamespace: mesh.istioNamespace,
						revision: mesh.revision,
						// What istiod certifies is the mesh's; older charts wrote the same word into the values.
						trustDomain: asText(config['trustDomain']) || asText(global['trustDomain']) || 'cluster.local',
						clusterId: asText(asRecord(global['multiCluster'])['clusterName']) || 'Kubernetes',
						meshId: asText(global['meshID']) || asText(global['trustDomain']),
						network,
						rootCertificate: certificate,
						proxyConfig,
						tetrate: objectOf(mesh.controlPlane) !== undefined || objectOf(mesh.vendorOverrides) !== undefined,
						global,
					},
		gateways: {
			ingressService: asText(config['ingressService']),
			gateways: readNetworkGateways(asRecord(networks['networks']), [network, labelled]),
			network: network || labelled,
		},
		networks: Object.keys(asRecord(networks['networks'])),
		problems: reading.problems,
	};
}

function readValues(reading: Reading, name: string): Readonly<Record<string, unknown>> | undefined {
	const text = key(reading, reading.mesh.injector, name, 'values');
	if (text === undefined) return undefined;
	try {
		return asRecord(JSON.parse(text));
	} catch {
		reading.missing.push(`ConfigMap ${name}: key "values" is not JSON`);
		return undefined;
	}
}

function readRootCertificate(reading: Reading, namespaced: Found): string | undefined {
	const own = objectOf(reading.mesh.rootCertificate)?.data?.['root-cert.pem'];
	const copy = objectOf(namespaced)?.data?.['root-cert.pem'];
	const found = own || copy || undefined;
	if (found === undefined) key(reading, reading.mesh.rootCertificate, 'istio-ca-root-cert', 'root-cert.pem');
	return found;
}

/** A key of a ConfigMap; undefined when it is missing, which is noted, or could not be asked, which is not. */
function key({mesh, missing}: Reading, found: Found, name: string, dataKey: string): string | undefined {
	if (found === undefined) return undefined;
	if (found === 'absent') {
		missing.push(`ConfigMap ${name} in namespace ${mesh.istioNamespace} was not found`);
		return undefined;
	}
	const text = found.data?.[dataKey];
	// An empty mesh configuration is a whole one: everything has its default.
	if (text === undefined || (text === '' && dataKey !== 'mesh'))
		missing.push(`ConfigMap ${name} has no key "${dataKey}"`);
	return text === '' && dataKey !== 'mesh' ? undefined : text;
}

function readYaml(
	{mesh, problems}: Reading,
	name: string,
	dataKey: string,
	text: string,
): Readonly<Record<string, unknown>> {
	try {
		return asRecord(parseYaml(text));
	} catch (error) {
		problems.push(
			proxyConfigInvalid(mesh, {kind: 'configmap', name, namespace: mesh.istioNamespace, key: dataKey}, error),
		);
		return {};
	}
}

/** Default < mesh < vendor < Namespace; the mesh's own `concurrency` and cluster name are for pods, a VM has its own. */
function readProxyConfigs(reading: Reading, name: string, base: ProxyConfig, defaultConfig: unknown): ProxyConfig {
	const {mesh, problems} = reading;
	const layer = (object: string, dataKey: string, read: () => ProxyConfig): ProxyConfig => {
		try {
			return read();
		} catch (error) {
			const at = {kind: 'configmap', name: object, namespace: mesh.istioNamespace, key: dataKey};
			problems.push(proxyConfigInvalid(mesh, at, error));
			return {};
		}
	};
	const ofMesh = layer(name, 'mesh', () => (defaultConfig == null ? {} : readProxyConfig(defaultConfig)));
	const {concurrency, serviceCluster, tracingServiceName, ...forPods} = mergeProxyConfig(base, ofMesh);
	const overrides = [
		...(mesh.vendorOverrides === 'absent' ? [] : [{name: 'global-mesh-expansion', object: mesh.vendorOverrides}]),
		...(mesh.expansionOverrides === undefined ? [] : [mesh.expansionOverrides]),
	];
	return overrides
		.filter(({object}) => object !== undefined)
		.map((override) =>
			layer(override.name, 'PROXY_CONFIG', () => {
				const object = objectOf(override.object);
				if (object === undefined) throw new Error('the ConfigMap was not found');
				const text = object.data?.['PROXY_CONFIG'];
				if (text === undefined) throw new Error('the key is missing');
				return parseProxyConfig(text);
			}),
		)
		.reduce(applyProxyConfig, forPods);
}

/** Of the network that the values name, as the original; else of the one that the Namespace's label names, as today's meshes have it. */
function readNetworkGateways(
	networks: Readonly<Record<string, unknown>>,
	names: readonly string[],
): readonly NetworkGateway[] {
	const network = names.find((name) => Object.hasOwn(networks, name)) ?? '';
	const entry = asRecord(Object.hasOwn(networks, network) ? networks[network] : undefined);
	return asList(entry['gateways']).flatMap((item): NetworkGateway[] => {
		const gateway = asRecord(item);
		const service = asText(gateway['registryServiceName']);
		if (service !== '') return [{kind: 'service', ...serviceOf(service, '')}];
		const address = asText(gateway['address']);
		return address === '' ? [] : [{kind: 'address', address, port: asInteger(gateway['port'])}];
	});
}
