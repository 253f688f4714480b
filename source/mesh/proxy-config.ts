import {protoDuration} from './duration.ts';
import {envFault} from './env-variable.ts';
import {type FieldKind, type Message, proxyConfigSchema} from './proxy-config-schema.ts';
import {asRecord, asTexts, isMapping} from './untyped.ts';
import {parseYaml} from './yaml.ts';

/** A ProxyConfig by JSON names, or some layer of one. */
export type ProxyConfig = Readonly<Record<string, unknown>>;

/**
 * What a proxy has before any mesh says otherwise: the defaults of the release that first bootstrapped VMs
 * (tetratelabs/istio 4f798f028ba, pkg/config/mesh/mesh.go, DefaultProxyConfig), without `serviceCluster` and `concurrency`,
 * which the bootstrap sets for each VM. Today's proxies ignore `parentShutdownDuration`.
 */
export function defaultProxyConfig(discoveryAddress: string): ProxyConfig {
	return {
		configPath: './etc/istio/proxy',
		binaryPath: '/usr/local/bin/envoy',
		drainDuration: '45s',
		parentShutdownDuration: '60s',
		discoveryAddress,
		proxyAdminPort: 15000,
		controlPlaneAuthPolicy: 'MUTUAL_TLS',
		statNameLength: 189,
		tracing: {zipkin: {address: 'zipkin.istio-system:9411'}},
		envoyAccessLogService: {},
		envoyMetricsService: {},
		statusPort: 15020,
		terminationDrainDuration: '5s',
	};
}

/** Reads a layer from YAML or JSON. Throws an Error with one sentence: the line that is no YAML, or the field of a wrong type. */
export function parseProxyConfig(text: string): ProxyConfig {
	const document = parseYaml(text);
	if (document === undefined) return {};
	return readProxyConfig(document);
}

/** The same for a value that was parsed already (`defaultConfig` of the mesh). */
export function readProxyConfig(value: unknown): ProxyConfig {
	return readMessage(proxyConfigSchema, value, 'ProxyConfig');
}

/**
 * A layer over another, as Istio does it: a field replaces the one below as a whole, and only `proxyMetadata` is merged key by key
 * (istio/istio, pkg/config/mesh/mesh.go, MergeProxyConfig).
 */
export function mergeProxyConfig(below: ProxyConfig, layer: ProxyConfig): ProxyConfig {
	const applied = applyProxyConfig(below, layer);
	if (!('proxyMetadata' in below && 'proxyMetadata' in layer)) return applied;
	return {...applied, proxyMetadata: {...asTexts(below['proxyMetadata']), ...asTexts(layer['proxyMetadata'])}};
}

/**
 * A layer over another, as `sidecar-bootstrap` lays those of VMs: a field replaces the one below as a whole, `proxyMetadata` too
 * (tetratelabs/istio, bundle/data.go, ForWorkload: gogo's jsonpb makes a new map).
 * `serviceCluster` and `tracingServiceName` are one choice: the later one stands.
 */
export function applyProxyConfig(below: ProxyConfig, layer: ProxyConfig): ProxyConfig {
	const applied: Record<string, unknown> = {...below, ...layer};
	if ('tracingServiceName' in layer) delete applied['serviceCluster'];
	else if ('serviceCluster' in layer) delete applied['tracingServiceName'];
	return applied;
}

/**
 * A ProxyConfig in the order and with the omissions of Go's jsonpb: fields as declared, no empty ones, maps sorted by key.
 * Fields that the schema does not have (of a newer mesh) follow after all others, in the order in which they were read, unchanged.
 */
export function orderProxyConfig(config: ProxyConfig): ProxyConfig {
	return orderMessage(proxyConfigSchema, config);
}

function readMessage(message: Message, value: unknown, path: string): ProxyConfig {
	if (!isMapping(value)) throw new Error(`${path} is no mapping`);
	const read: Record<string, unknown> = {};
	for (const [key, given] of Object.entries(value)) {
		// null leaves a field as it is; proto names (`discovery_address`) are as good as JSON names.
		if (given === null) continue;
		const camel = key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
		const name = Object.hasOwn(message.fields, camel) ? camel : key;
		const kind = Object.hasOwn(message.fields, name) ? message.fields[name] : undefined;
		read[name] = kind === undefined ? given : readField(kind, given, `${path}.${name}`);
	}
	return read;
}

function readField(kind: FieldKind, value: unknown, path: string): unknown {
	if (typeof kind === 'object' && 'fields' in kind) return readMessage(kind, value, path);
	if (typeof kind === 'object') {
		const word = typeof value === 'number' ? kind[value] : value;
		if (typeof word !== 'string') throw new Error(`${path} is none of ${kind.join(', ')}`);
		return word;
	}
	switch (kind) {
		case 'string':
			if (typeof value !== 'string') throw new Error(`${path} is no text: write it in quotes`);
			if (value.includes('\0')) throw new Error(`${path} holds a null character, which no command line can carry`);
			return value;
		case 'number': {
			const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			if (typeof number !== 'number' || Number.isNaN(number)) throw new Error(`${path} is no number`);
			return number;
		}
		case 'duration': {
			const duration = typeof value === 'string' ? protoDuration(value) : undefined;
			if (duration === undefined) throw new Error(`${path} is no duration such as 5s`);
			return duration;
		}
		case 'strings':
			if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
				throw new Error(`${path} is no list of texts`);
			return value;
		case 'map':
		case 'environment':
			if (!isMapping(value)) throw new Error(`${path} is no mapping`);
			for (const [key, item] of Object.entries(value)) {
				if (typeof item !== 'string') throw new Error(`${path}.${key} is no text: write it in quotes`);
				const fault = kind === 'environment' ? envFault(key, item) : undefined;
				if (fault !== undefined) throw new Error(`${path}.${key} ${fault}`);
			}
			return value;
		case 'wrapper':
			if (typeof value === 'object') throw new Error(`${path} is no plain value`);
			return value;
		case 'any':
			return value;
	}
}

function orderMessage(message: Message, config: ProxyConfig): ProxyConfig {
	const ordered: Record<string, unknown> = {};
	for (const [name, kind] of Object.entries(message.fields)) {
		if (!Object.hasOwn(config, name)) continue;
		const value = orderField(kind, config[name]);
		if (value !== undefined) ordered[name] = value;
	}
	for (const [name, value] of Object.entries(config)) {
		if (!Object.hasOwn(message.fields, name)) ordered[name] = value;
	}
	return ordered;
}

/** undefined: what jsonpb leaves out. */
function orderField(kind: FieldKind, value: unknown): unknown {
	if (typeof kind === 'object' && 'fields' in kind) return orderMessage(kind, asRecord(value));
	if (typeof kind === 'object') return value === kind[0] ? undefined : value;
	switch (kind) {
		case 'map':
		case 'environment': {
			const pairs = Object.entries(asTexts(value)).sort(([a], [b]) => (a < b ? -1 : 1));
			return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
		}
		case 'strings':
			return Array.isArray(value) && value.length === 0 ? undefined : value;
		case 'string':
		case 'number':
			return value === '' || value === 0 ? undefined : value;
		default:
			return value;
	}
}
