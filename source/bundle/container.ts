import {exitCodes, UserError} from '../errors.ts';
import {type IstioAnnotation, istioAnnotation} from '../mesh/annotations.ts';
import {clusterLocalAliases, istiodName} from '../mesh/cluster-local.ts';
import {addressesOf, entryProxyConfig} from '../mesh/entry-proxy-config.ts';
import type {ProxyConfig} from '../mesh/proxy-config.ts';
import type {MeshSettings, Target} from '../mesh/target.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import {moreVariables} from './more-variables.ts';
import {bundleParts} from './parts.ts';

/** A word of a command; `{file}`: it begins with the place of the bundle's files, wherever that is, and goes on with `file`. */
export type Word = string | {readonly file: string};

/** The command that starts the proxy where the files are in the directory that the target names. */
export function containerCommand(target: Target): readonly string[] {
	const directory = target.configDir.value;
	return containerWords(target).map((word) => (typeof word === 'string' ? word : `${directory}${word.file}`));
}

/** Docker starts either after a reboot; podman-restart.service starts only what is `always` to run (podman, contrib/systemd). */
const restartPolicies = {docker: 'unless-stopped', podman: 'always'} as const;

/**
 * The words of the command that starts the proxy, exactly as `sidecar-bootstrap` composes them (tetratelabs/istio,
 * istioctl/cmd/sidecar-bootstrap.go, processBundle), with `-e` for what an agent of Istio needs beyond it; to be quoted for the
 * shell by whoever runs it. Where the VM's SELinux enforces or its Docker remaps users (`confined`), it has what these want too. The mount targets are fixed in istio-agent. Empty under the conditions under which `bundleFiles` is.
 * Throws UserError `entry.invalid` for a word that no command can have.
 */
export function containerWords(target: Target): readonly Word[] {
	const parts = bundleParts(target);
	if (parts === undefined) return [];
	const {mesh, gateway} = parts;
	const {entry} = target;
	const config = entryProxyConfig(entry, mesh, gateway);
	// A DNS name cannot be pinned: then the addresses themselves were replaced by it.
	const {relabel = false, hostUsers = false} = target.confined ?? {};
	const label = relabel ? ':z' : '';
	const hosts = gateway.isIp ? clusterLocalAliases(dialled(mesh, config), entry.namespace) : [];
	return passable([
		...[
			target.runtime.value,
			'run',
			'-d',
			'--name',
			target.containerName.value,
			'--restart',
			restartPolicies[target.runtime.value],
			'--network',
			'host',
			...(hostUsers ? ['--userns', 'host'] : []),
		],
		...['-v', {file: `/istio-ca.pem:/var/run/secrets/istio/root-cert.pem${label}`}],
		...['-v', {file: `/istio-token:/var/run/secrets/tokens/istio-token${label}`}],
		...['--env-file', {file: '/sidecar.env'}],
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
	]);
}

/** No program can be given a word with a NUL in it; nothing else is refused. */
function passable(words: readonly Word[]): readonly Word[] {
	const broken = words.find((word) => typeof word === 'string' && word.includes('\0'));
	if (broken === undefined) return words;
	throw new UserError({
		code: 'entry.invalid',
		message: `The word ${JSON.stringify(broken)} of the container's command contains a NUL character.`,
		exitCode: exitCodes.badData,
		hint: "Correct the annotation of the entry, or the mesh's setting, that it comes from.",
	});
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
