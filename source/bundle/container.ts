import {type IstioAnnotation, istioAnnotation} from '../mesh/annotations.ts';
import {clusterLocalAliases, istiodName} from '../mesh/cluster-local.ts';
import {addressesOf, entryProxyConfig} from '../mesh/entry-proxy-config.ts';
import type {ProxyConfig} from '../mesh/proxy-config.ts';
import type {MeshSettings, Target} from '../mesh/target.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import {moreVariables} from './more-variables.ts';
import {bundleParts} from './parts.ts';

/**
 * The words of the command that starts the proxy, exactly as `sidecar-bootstrap` composes them (tetratelabs/istio,
 * istioctl/cmd/sidecar-bootstrap.go, processBundle), with `-e` for what an agent of Istio needs beyond it; to be quoted for the
 * shell by whoever runs it. The mount targets are fixed in istio-agent. Empty under the conditions under which `bundleFiles` is.
 */
export function containerCommand(target: Target): readonly string[] {
	const parts = bundleParts(target);
	if (parts === undefined) return [];
	const {mesh, gateway} = parts;
	const {entry} = target;
	const directory = target.configDir.value;
	const config = entryProxyConfig(entry, mesh, gateway);
	// A DNS name cannot be pinned: then the addresses themselves were replaced by it.
	const hosts = gateway.isIp ? clusterLocalAliases(dialled(mesh, config), entry.namespace) : [];
	return [
		...[
			'docker',
			'run',
			'-d',
			'--name',
			target.containerName.value,
			'--restart',
			'unless-stopped',
			'--network',
			'host',
		],
		...['-v', `${directory}/istio-ca.pem:/var/run/secrets/istio/root-cert.pem`],
		...['-v', `${directory}/istio-token:/var/run/secrets/tokens/istio-token`],
		...['--env-file', `${directory}/sidecar.env`],
		...moreVariables(target, mesh, config).flatMap((variable) => ['-e', variable]),
		...hosts.flatMap((host) => ['--add-host', `${host}:${gateway.address}`]),
		target.image.value,
		...['proxy', 'sidecar', '--serviceCluster', asText(config['serviceCluster'])],
		...['--concurrency', String(config['concurrency'] ?? 0)],
		...['--proxyLogLevel', level(target, mesh, 'sidecar.istio.io/logLevel', 'logLevel', 'info')],
		...[
			'--proxyComponentLogLevel',
			level(target, mesh, 'sidecar.istio.io/componentLogLevel', 'componentLogLevel', 'misc:info'),
		],
		...['--trust-domain', mesh.trustDomain],
	];
}

/** Every address that the proxy may dial by a name of the cluster. */
function dialled(mesh: MeshSettings, config: ProxyConfig): readonly string[] {
	return [
		istiodName(mesh),
		...addressesOf(config),
		asText(mesh.global['remotePilotAddress']),
		asText(mesh.global['caAddress']),
	];
}

function level(
	{entry}: Target,
	mesh: MeshSettings,
	annotation: IstioAnnotation,
	value: string,
	otherwise: string,
): string {
	return istioAnnotation(entry.annotations, annotation) || asText(asRecord(mesh.global['proxy'])[value]) || otherwise;
}
