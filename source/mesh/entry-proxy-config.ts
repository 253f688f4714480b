import {isClusterLocal, shortAlias} from './cluster-local.ts';
import {joinHostPort, splitHostPort} from './ip.ts';
import {mergeProxyConfig, type ProxyConfig, parseProxyConfig} from './proxy-config.ts';
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
	const named = mergeProxyConfig({serviceCluster: `${workloadName(entry)}.${entry.namespace}`}, mesh.proxyConfig);
	const reached = gateway === undefined ? named : throughGateway(named, gateway, entry.namespace);
	return mergeProxyConfig(reached, readConfigAnnotation(entry));
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

/** Where certificates are asked for: the mesh's own CA address, else istiod. */
export function caAddress(mesh: MeshSettings, config: ProxyConfig): string {
	return asText(mesh.global['caAddress']) || discoveryAddress(config);
}

/**
 * With an IP as gateway, names are pinned to it and stay. A DNS name cannot be pinned, so it takes the place of every cluster-local
 * address, and the name that was there becomes the SNI (tetratelabs/istio, bundle/data.go, replaceClusterLocalAddresses).
 * A port given by hand is the port of istiod (istio/istio#35804: a node port must be in both its addresses).
 */
function throughGateway(config: ProxyConfig, gateway: Gateway, namespace: string): ProxyConfig {
	const istiod = splitHostPort(discoveryAddress(config));
	const discovery = joinHostPort(istiod.host, gateway.port ?? istiod.port);
	const dialled = {...config, discoveryAddress: discovery};
	if (gateway.isIp) return gateway.port === undefined ? config : dialled;

	const outside = (address: unknown): unknown => {
		const {host, port} = splitHostPort(asText(address));
		return isClusterLocal(host) ? joinHostPort(gateway.address, port) : address;
	};
	const tls = (settings: unknown, address: unknown): unknown => {
		const {host} = splitHostPort(asText(address));
		const mode = asText(asRecord(settings)['mode']) || 'DISABLE';
		if (!isMapping(settings) || mode === 'DISABLE' || !isClusterLocal(host)) return settings;
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
	return {
		...dialled,
		discoveryAddress: outside(discovery),
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
