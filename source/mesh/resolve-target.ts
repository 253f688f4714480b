import {ambient, forbidden, istiodAbsent, istiodNotReady, istioMissing} from '../diagnosis/causes/cluster.ts';
import {gatewayFindings} from '../diagnosis/causes/gateway.ts';
import {istiodFaults} from '../diagnosis/causes/istiod.ts';
import {networkUnserved} from '../diagnosis/causes/network-unserved.ts';
import {serviceAccountNotFound, tokenForbidden} from '../diagnosis/causes/token.ts';
import {entryObjectFindings, interceptionMode as interceptionOf} from '../diagnosis/entry-objects.ts';
import type {Finding} from '../diagnosis/finding.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {Layout} from '../ports.ts';
import {agentVariables} from './agent-variables.ts';
import {type AnnotationName, annotation, annotationPrefix, istioAnnotation} from './annotations.ts';
import {discoveryPort} from './entry-proxy-config.ts';
import {resolveGateway} from './gateway.ts';
import {isIp} from './ip.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {type Found, type MeshObjects, type NamespaceObjects, objectOf} from './mesh-objects.ts';
import {type MeshReadout, readMeshSettings} from './mesh-settings.ts';
import {readNeighbours, selectionOf} from './neighbours.ts';
import {parseWorkloadEntry} from './parse-workload-entry.ts';
import {servedNetworks} from './served-networks.ts';
import {type Settings, setting} from './settings.ts';
import type {MeshSettings, Sourced, Target} from './target.ts';
import {asRecord, asText} from './untyped.ts';
import {refOf, type WorkloadEntry} from './workload-entry.ts';
import type {WorkloadGroup} from './workload-group.ts';

export type TargetInput = {
	/** The WorkloadEntry, as the cluster gave it. */
	readonly entry: KubernetesObject;
	/** The service account that it names. */
	readonly serviceAccount: Found;
	readonly mesh: MeshObjects;
	readonly namespace: NamespaceObjects;
	/** Entries known from elsewhere (the fleet), for addresses that are used twice over namespaces. */
	readonly others?: readonly WorkloadEntry[];
	readonly settings: Settings;
	/** Where istiod registers the VM by itself: from what, and the host to connect to. */
	readonly registration?: {readonly group: WorkloadGroup; readonly host: string};
};

/** The account that the guide prepares; it runs the proxy unless another is named. Source: Tetrate, "Onboarding VMs". */
const guidesUser = 'istio-proxy';

/**
 * All that is known of an entry before its VM is touched, every value with its source: annotation, then flag, then profile, then
 * the rest. Pure. `problems` are the findings of the objects, in the order in which causes explain each other
 * (cluster, gateway, entry, sidecar, service, token); one that follows from another is left out.
 * Throws UserError `usage` for a gateway given by hand that is no address, and for a package without an account that may install it.
 */
export function resolveTarget(input: TargetInput): Target {
	const {mesh, namespace, settings} = input;
	const entry = parseWorkloadEntry(input.entry);
	const readout = readMeshSettings(mesh, namespace.rootCertificate);
	const port = readout.settings === undefined ? 15012 : discoveryPort(readout.settings.proxyConfig);
	const gateway = resolveGateway(mesh, readout.gateways, setting(settings, 'gateway'), port);
	const from = (name: AnnotationName): Sourced<string> | undefined => {
		const value = annotation(entry.annotations, name);
		return value === undefined ? undefined : {value, source: 'annotation', detail: annotationPrefix + name};
	};
	const sshPort = from('ssh-port');
	const layout = setting(settings, 'layout') ?? {value: 'container', source: 'default'};
	const interceptionMode = interception(entry, layout.value);
	const admin = setting(settings, 'adminUser');
	const image = imageOf(entry, readout.settings, from('proxy-image-hub') ?? setting(settings, 'imageHub'));
	const variables = readout.settings && agentVariables(image, readout.settings);
	const neighbours = readNeighbours(namespace);
	const selection = selectionOf(entry, neighbours);
	const nobody = {value: undefined, source: 'ssh config'} as const;
	return {
		ref: refOf(entry),
		entry,
		layout,
		group: input.registration?.group,
		ssh: {
			host: given(input) ?? from('ssh-host') ?? hostOf(entry, from('proxy-instance-ip')),
			port: (sshPort && {...sshPort, value: Number(sshPort.value)}) ?? setting(settings, 'sshPort') ?? nobody,
			user:
				layout.value === 'package'
					? installer(admin ?? from('ssh-user') ?? setting(settings, 'sshUser'))
					: (from('ssh-user') ?? setting(settings, 'sshUser') ?? {value: guidesUser, source: 'default'}),
			key: setting(settings, 'sshKey') ?? nobody,
			password: setting(settings, 'sshPassword') ?? {value: false, source: 'default'},
			connectSeconds: setting(settings, 'sshConnectTimeout') ?? {value: 10, source: 'default'},
			jump: setting(settings, 'jump') ?? nobody,
			hostKeys: setting(settings, 'hostKeys') ?? {value: 'ask', source: 'default'},
			knownHosts: setting(settings, 'knownHosts') ?? nobody,
		},
		adminUser: admin ??
			(layout.value === 'package' ? (from('ssh-user') ?? setting(settings, 'sshUser')) : undefined) ?? {
				value: undefined,
				source: 'default',
			},
		runtime: setting(settings, 'runtime') ?? {value: 'docker', source: 'default'},
		configDir: from('proxy-config-dir') ?? {value: '/tmp/istio-proxy', source: 'default'},
		containerName: from('proxy-container-name') ?? {value: 'istio-proxy', source: 'default'},
		image,
		instanceIp:
			from('proxy-instance-ip') ??
			(isIp(entry.address) ? {value: entry.address, source: 'entry', detail: 'spec.address'} : undefined),
		interceptionMode,
		mesh: readout.settings,
		gateway: 'gateway' in gateway ? gateway.gateway : undefined,
		tokenSeconds: setting(settings, 'duration') ?? {value: 24 * 3600, source: 'default'},
		timeoutSeconds: setting(settings, 'timeout') ?? {value: 60, source: 'default'},
		ingress: selection.sidecar?.ingress ?? [],
		sidecar: selection.sidecar,
		services: selection.services,
		accountUid: objectOf(input.serviceAccount)?.metadata.uid,
		problems: [
			...meshProblems(input, readout, gatewayFindings(mesh, gateway, port, variables)),
			...entryObjectFindings({
				object: input.entry,
				entry,
				origin: 'cluster',
				others: [...(namespace.entries ?? []).map(parseWorkloadEntry), ...(input.others ?? [])],
				networks: servedNetworks(mesh, readout),
				istioNamespace: mesh.istioNamespace,
				neighbours,
				selection,
				interception: interceptionMode.value,
				istioServices: namespace.name === mesh.istioNamespace ? [] : (mesh.services ?? []),
			}),
			// Where there is no gateway at all, there is none for a network.
			...(gateway.kind === 'none'
				? []
				: networkUnserved(
						mesh,
						readout.settings,
						readout.networks,
						entry,
						gateway.kind === 'service' ? gateway.service : undefined,
					)),
			...istiodFaults(mesh, readout.settings?.global ?? {}, image.value),
			...serviceAccountNotFound(entry, input.serviceAccount),
			...tokenForbidden(mesh.context, namespace.name, namespace.mayCreateTokens),
		],
	};
}

/** Where the entry's VM is reached over SSH when no annotation says so. */
function hostOf(entry: WorkloadEntry, instanceIp: Sourced<string> | undefined): Sourced<string> {
	const reachable = entry.address !== '' && !entry.address.startsWith('unix:');
	return reachable || instanceIp === undefined
		? {value: reachable ? entry.address : '', source: 'entry', detail: 'spec.address'}
		: instanceIp;
}

function given({registration}: TargetInput): Sourced<string> | undefined {
	return registration && {value: registration.host, source: 'flag', detail: '--host'};
}

/** The package's own account has no way in: whoever may become root installs, configures and looks. */
function installer(account: Sourced<string> | undefined): Sourced<string> {
	if (account !== undefined) return account;
	throw new UserError({
		code: 'usage',
		message: 'The package is installed and configured with sudo, and no account was given that may use it.',
		hint: 'Add --admin-user NAME, or keep it in the profile: meshboard profile set PROFILE adminUser=NAME',
		exitCode: exitCodes.usage,
	});
}

function interception(entry: WorkloadEntry, layout: Layout): Sourced<string> {
	const key = 'sidecar.istio.io/interceptionMode';
	const value = interceptionOf(entry);
	if (istioAnnotation(entry.annotations, key) !== undefined) return {value, source: 'annotation', detail: key};
	return {value: layout === 'package' ? 'REDIRECT' : value, source: 'default'};
}

/** The original takes the image annotation whole, and joins it otherwise from hub, image and tag (bundle/data.go, GetIstioProxyImage). */
function imageOf(
	entry: WorkloadEntry,
	mesh: MeshSettings | undefined,
	hub: Sourced<string> | undefined,
): Sourced<string> {
	const key = 'sidecar.istio.io/proxyImage';
	const whole = istioAnnotation(entry.annotations, key);
	if (whole !== undefined) return {value: whole, source: 'annotation', detail: key};
	const global = mesh?.global ?? {};
	const name = asText(asRecord(global['proxy'])['image']) || 'proxyv2';
	const tag = global['tag'] === undefined || global['tag'] === null ? 'latest' : String(global['tag']);
	const join = (prefix: string) => `${prefix.replace(/\/+$/, '')}/${name}:${tag}`;
	if (hub !== undefined) return {...hub, value: join(hub.value)};
	// Newer charts take a whole reference in the place of the image's name.
	if (name.includes('/')) return {value: name, source: 'mesh', detail: 'global.proxy.image'};
	const ofMesh = asText(global['hub']);
	if (ofMesh === '') return {value: join('docker.io/istio'), source: 'default'};
	return {value: join(ofMesh), source: 'mesh', detail: 'global.hub'};
}

function meshProblems(
	{mesh, namespace}: TargetInput,
	readout: MeshReadout,
	ofGateway: readonly Finding[],
): readonly Finding[] {
	const refused = forbidden(mesh.context, namespace.name, [...mesh.refused, ...namespace.refused]);
	const absent = istiodAbsent(mesh);
	const missing = readout.problems.some(({id}) => id === 'cluster.istio-missing');
	// Without Istio there is neither istiod nor gateway to speak of.
	if (missing) return [...refused, ...readout.problems];
	if (absent.length > 0) return [...refused, istioMissing(mesh, absent), ...readout.problems];
	return [...refused, ...istiodNotReady(mesh), ...readout.problems, ...ambient(mesh, namespace), ...ofGateway];
}
