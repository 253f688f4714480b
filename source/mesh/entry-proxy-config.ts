import {isClusterLocal, istiodName, shortAlias} from './cluster-local.ts';
import {joinHostPort, splitHostPort} from './ip.ts';
import {applyProxyConfig, type ProxyConfig, parseProxyConfig} from './proxy-config.ts';
import type {Gateway, MeshSettings} from './target.ts';
import {asRecord, asText, asTexts, isMapping} from './untyped.ts';
import type {WorkloadEntry} from './workload-entry.ts';

const configAnnotation = 'proxy.istio.io/config';

/** `ISTIO_META_WORKLOAD_NAME`: label `app`, of the spec before the metadata, else the service account. */
export function workloadName(entry: WorkloadEntry): string {
	return entry.specLabels['app'] || entry.metadataLabels['app'] || entry.serviceAccount;
}

/**
 * The ProxyConfig of one VM: the mesh's, the way through the gateway, and over all the entry's own annotation `proxy.istio.io/config`.
 * Throws an Error with one sentence when that annotation is no ProxyConfig.
 */
export function entryProxyConfig(entry: WorkloadEntry, mesh: MeshSettings, gateway: Gateway | undefined): ProxyConfig {
	const named = applyProxyConfig({serviceCluster: `${workloadName(entry)}.${entry.namespace}`}, mesh.proxyConfig);
	const reached = gateway === undefined ? named : throughGateway(named, gateway, entry.namespace);
	return applyProxyConfig(reached, readConfigAnnotation(entry));
}

/** The layer that the entry itself adds; throws an Error with one sentence when it is no ProxyConfig. */
export function readConfigAnnotation(entry: WorkloadEntry): ProxyConfig {
	return parseProxyConfig(entry.annotations[configAnnotation] ?? '');
}

/** `discoveryAddress`, where the proxy finds istiod. */
export function discoveryAddress(config: ProxyConfig): string {
	return asText(config['discoveryAddress']);
}

/** Port of istiod as the proxies of a mesh dial it; 15012 where the address has none. */
export function discoveryPort(config: ProxyConfig): number {
	return splitHostPort(discoveryAddress(config)).port ?? 15012;
}

/**
 * Where certificates are asked for: the mesh's own CA address, else istiod. A CA address that names istiod follows it to the name
 * or port of the gateway, where the original would leave an address that the VM cannot reach.
 */
export function caAddress(mesh: MeshSettings, config: ProxyConfig, gateway: Gateway | undefined): string {
	const own = asText(mesh.global['caAddress']);
	const moved = gateway !== undefined && (!gateway.isIp || gateway.port !== undefined);
	return own === '' || (moved && isIstiod(mesh, own)) ? discoveryAddress(config) : own;
}

function isIstiod(mesh: MeshSettings, address: string): boolean {
	const {host} = splitHostPort(address);
	return isClusterLocal(host) && shortAlias(host, mesh.istioNamespace) === istiodName(mesh);
}

/**
 * With an IP as gateway, names are pinned to it and stay. A DNS name cannot be pinned, so it takes the place of every cluster-local
 * address, and the name that was there becomes the SNI (tetratelabs/istio, bundle/data.go, replaceClusterLocalAddresses).
 * It is not resolved here and pinned: the IPs of a load balancer with a name change, and the agent asks the VM's own resolver anew for
 * every connection. A gateway with a port of its own for istiod (istio/istio#35804: a node port must be in both its addresses) has it for all that the
 * mesh sends the same way, as Tetrate's overrides send everything to 15443; node ports take the place of the Service's.
 */
function throughGateway(config: ProxyConfig, gateway: Gateway, namespace: string): ProxyConfig {
	if (gateway.isIp && gateway.port === undefined) return config;
	const istiod = discoveryPort(config);
	const portOf = (port: number | undefined): number | undefined =>
		port === istiod ? (gateway.port ?? port) : port && (gateway.nodePorts?.[port] ?? port);
	const outside = (address: unknown): unknown => {
		const {host, port} = splitHostPort(asText(address));
		return isClusterLocal(host) ? joinHostPort(gateway.isIp ? host : gateway.address, portOf(port)) : address;
	};
	const tls = (settings: unknown, address: unknown): unknown => {
		const {host} = splitHostPort(asText(address));
		const mode = asText(asRecord(settings)['mode']) || 'DISABLE';
		if (gateway.isIp || !isMapping(settings) || mode === 'DISABLE' || !isClusterLocal(host)) return settings;
		const short = shortAlias(host, namespace);
		const sni = asText(settings['sni']) || short;
		if (mode === 'ISTIO_MUTUAL') return {...settings, sni};
		const known = Array.isArray(settings['subjectAltNames']) ? settings['subjectAltNames'] : [];
		return {...settings, sni, subjectAltNames: [...new Set([...known, `${short}.cluster.local`, short])]};
	};
	/** A service with an address and TLS settings beside it. */
	const remote = (service: unknown): unknown => {
		if (!isMapping(service) || asText(service['address']) === '') return service;
		const tlsSettings = tls(service['tlsSettings'], service['address']);
		return {...service, address: outside(service['address']), ...(tlsSettings === undefined ? {} : {tlsSettings})};
	};
	const tracing = (value: unknown): unknown => {
		if (!isMapping(value)) return value;
		const changed: Record<string, unknown> = {...value};
		for (const tracer of ['zipkin', 'lightstep', 'datadog']) {
			const found = asRecord(value[tracer]);
			if (asText(found['address']) === '') continue;
			changed[tracer] = {...found, address: outside(found['address'])};
			if (isMapping(value['tlsSettings'])) changed['tlsSettings'] = tls(value['tlsSettings'], found['address']);
		}
		return changed;
	};
	const {host, port} = splitHostPort(discoveryAddress(config));
	return {
		...config,
		discoveryAddress: outside(joinHostPort(host, gateway.port === undefined ? port : istiod)),
		...('tracing' in config ? {tracing: tracing(config['tracing'])} : {}),
		...('envoyAccessLogService' in config ? {envoyAccessLogService: remote(config['envoyAccessLogService'])} : {}),
		...('envoyMetricsService' in config ? {envoyMetricsService: remote(config['envoyMetricsService'])} : {}),
		...('zipkinAddress' in config ? {zipkinAddress: outside(config['zipkinAddress'])} : {}),
	};
}

/** Every address in a ProxyConfig that may be a name of the cluster, with the SNIs of TLS settings. */
export function addressesOf(config: ProxyConfig): readonly string[] {
	const tracing = asRecord(config['tracing']);
	const services = [asRecord(config['envoyAccessLogService']), asRecord(config['envoyMetricsService'])];
	return [
		discoveryAddress(config),
		...['zipkin', 'lightstep', 'datadog'].map((tracer) => asText(asRecord(tracing[tracer])['address'])),
		asText(asRecord(tracing['tlsSettings'])['sni']),
		...services.flatMap((service) => [asText(service['address']), asText(asRecord(service['tlsSettings'])['sni'])]),
		asText(config['zipkinAddress']),
	];
}

/** Environment of the proxy that its ProxyConfig carries. */
export function proxyMetadata(config: ProxyConfig): Readonly<Record<string, string>> {
	return asTexts(config['proxyMetadata']);
}
