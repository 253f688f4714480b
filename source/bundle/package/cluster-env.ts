import {exitCodes, UserError} from '../../errors.ts';
import {discoveryAddress, proxyMetadata} from '../../mesh/entry-proxy-config.ts';
import type {ProxyConfig} from '../../mesh/proxy-config.ts';
import type {MeshSettings} from '../../mesh/target.ts';
import {asInteger, asText} from '../../mesh/untyped.ts';
import {isRevisioned, packagesIstiod} from './proxy-config.ts';
import type {Workload} from './workload.ts';

/** What `cluster.env` says beyond the ProxyConfig. */
export type ClusterEnvOptions = {
	/** The VM's own address. `external`: it is on none of its interfaces, so that probes go to localhost. */
	readonly address?: {readonly ip: string; readonly external: boolean};
	/** Ports that interception leaves alone, besides istioctl's: those of sshd. */
	readonly freePorts?: readonly number[];
	/** Variables that istioctl does not know. */
	readonly more?: Readonly<Record<string, string>>;
};

/**
 * `cluster.env`, which istio-start.sh sources: the bytes that `istioctl x workload entry configure` writes (istio/istio,
 * istioctl/pkg/workload, createClusterEnv). Throws UserError `entry.invalid` for a name that no shell takes as a variable.
 */
export function clusterEnv(
	workload: Workload,
	config: ProxyConfig,
	mesh: MeshSettings,
	options: ClusterEnvOptions = {},
): string {
	const {name, namespace, serviceAccount} = workload;
	const {address} = options;
	const ports = Object.values(workload.ports);
	const ca = asText(mesh.global['caAddress']) || discoveryAddress(config);
	const variables: Readonly<Record<string, string>> = {
		...proxyMetadata(config),
		ISTIO_INBOUND_PORTS: ports.length === 0 ? '*' : ports.join(','),
		ISTIO_NAMESPACE: namespace,
		ISTIO_SERVICE: `${name}.${namespace}`,
		ISTIO_SERVICE_CIDR: '*',
		ISTIO_LOCAL_EXCLUDE_PORTS: freePorts(config, options.freePorts ?? []).join(','),
		SERVICE_ACCOUNT: serviceAccount,
		...(ca !== '' && (isRevisioned(mesh.revision) || ca !== packagesIstiod) ? {CA_ADDR: ca} : {}),
		...(address === undefined ? {} : {ISTIO_SVC_IP: address.ip}),
		...(address?.external === true ? {REWRITE_PROBE_LEGACY_LOCALHOST_DESTINATION: 'true'} : {}),
		...options.more,
	};
	const lines = Object.entries(variables).map(([variable, value]) => `${checked(variable)}=${quoted(value)}`);
	return `${lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).join('\n')}\n`;
}

/** SSH, Envoy's metrics and health, the agent's status port: captured, they would lock out who mends the VM. */
function freePorts(config: ProxyConfig, more: readonly number[]): readonly number[] {
	const status = asInteger(config['statusPort']) || 15020;
	return [...new Set([22, 15090, 15021, status, ...more])];
}

/** In single quotes, but for what has none but these characters (istio/istio, pkg/util/shellescape; a backslash never goes without). */
function quoted(value: string): string {
	if (/^[w@%+=:,./-]+$/.test(value)) return value;
	return `'${value.replaceAll("'", `'"'"'`)}'`;
}

function checked(variable: string): string {
	if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return variable;
	throw new UserError({
		code: 'entry.invalid',
		message: `${JSON.stringify(variable)} in proxyMetadata is no name of a shell variable, which cluster.env is made of.`,
		exitCode: exitCodes.badData,
		hint: "Use letters, digits and underscores in the names of the entry's, the group's or the mesh's proxyMetadata.",
	});
}
