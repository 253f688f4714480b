import type {ProxyConfig} from '../../mesh/proxy-config.ts';
import type {Gateway, GroupVm, MeshSettings, Target} from '../../mesh/target.ts';
import type {BundleFile} from '../files.ts';
import {bundleParts} from '../parts.ts';
import {clusterEnv} from './cluster-env.ts';
import {hostsLine} from './hosts.ts';
import {meshYaml} from './mesh-yaml.ts';
import {packageProxyConfig} from './proxy-config.ts';
import {workloadOf, workloadOfGroup} from './workload.ts';

/** What only the VM, or the network, can say. */
export type Findings = {
	/** Ports on which sshd listens. */
	readonly sshPorts?: readonly number[];
	/** An address of the gateway, where that is a name. */
	readonly gatewayIp?: string;
};

/**
 * istioctl's files for the package on a VM, under istioctl's names. The token is for its owner alone (istioctl leaves it to all).
 * Empty where their parts are not known (`bundleParts`). Throws UserError `entry.invalid` for metadata that no shell can take.
 */
export function packageFiles(target: Target, {sshPorts, gatewayIp}: Findings = {}): readonly BundleFile[] {
	if (target.configured !== undefined) return groupFiles(target, target.configured);
	const parts = bundleParts(target);
	if (parts === undefined) return [];
	const {mesh, gateway, instanceIp} = parts;
	const workload = workloadOf(target);
	const config = packageProxyConfig(workload, mesh, gateway, {autoRegister: target.group !== undefined});
	const port = target.ssh.port.value;
	const env = clusterEnv(workload, config, mesh, {
		address: {ip: instanceIp.value, external: false},
		freePorts: sshPorts ?? (port === undefined ? [] : [port]),
		more: own(target),
	});
	return listed({mesh, gateway, config, env, gatewayIp});
}

/** As istioctl makes them, and nothing of ours: a group's VM is named, and found, by what it says of itself. */
function groupFiles({group, mesh, gateway}: Target, vm: GroupVm): readonly BundleFile[] {
	if (group === undefined || mesh === undefined || gateway === undefined) return [];
	const workload = workloadOfGroup(group);
	const config = packageProxyConfig(workload, mesh, gateway, vm);
	const {address} = vm;
	return listed({
		mesh,
		gateway,
		config,
		env: clusterEnv(workload, config, mesh, address === undefined ? {} : {address}),
	});
}

type Made = {
	readonly mesh: MeshSettings;
	readonly gateway: Gateway;
	readonly config: ProxyConfig;
	readonly env: string;
	readonly gatewayIp?: string | undefined;
};

function listed({mesh, gateway, config, env, gatewayIp}: Made): readonly BundleFile[] {
	return [
		{name: 'cluster.env', mode: 0o644, content: env},
		{name: 'mesh.yaml', mode: 0o644, content: meshYaml(config)},
		{name: 'root-cert.pem', mode: 0o644, content: mesh.rootCertificate},
		{name: 'istio-token', mode: 0o640, content: {secret: 'token'}},
		{name: 'hosts', mode: 0o644, content: hostsLine(mesh, gateway, gatewayIp)},
	];
}

/**
 * What istioctl leaves open. By its name istiod lists the proxy as it lists one in a container; an entry that somebody made is
 * linked to it (finding `entry.not-linked`). Without interception there are no rules to set.
 */
function own({entry, group, interceptionMode}: Target): Readonly<Record<string, string>> {
	const mode = interceptionMode.value;
	return {
		POD_NAME: entry.name,
		...(group === undefined ? {ISTIO_META_WORKLOAD_ENTRY: entry.name} : {}),
		...(mode === 'REDIRECT' ? {} : {ISTIO_META_INTERCEPTION_MODE: mode}),
		...(mode === 'NONE' ? {ISTIO_CUSTOM_IP_TABLES: 'true'} : {}),
		...(mode === 'TPROXY' ? {ISTIO_INBOUND_INTERCEPTION_MODE: mode} : {}),
	};
}
