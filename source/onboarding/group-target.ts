import {exitCodes, UserError} from '../errors.ts';
import {isIp} from '../mesh/ip.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {resolveTarget} from '../mesh/resolve-target.ts';
import type {Settings} from '../mesh/settings.ts';
import type {GroupVm, Target} from '../mesh/target.ts';
import type {TargetRef, WorkloadEntry} from '../mesh/workload-entry.ts';
import {entryOfGroup, parseWorkloadGroup, registeredName} from '../mesh/workload-group.ts';
import type {Cluster, Resource} from '../ports.ts';
import {createPermits} from './permits.ts';
import {type MeshReading, splitRef} from './resolve.ts';

const istio = (resource: string): Resource => ({group: 'networking.istio.io', resource});
const accounts: Resource = {group: '', resource: 'serviceaccounts'};

/**
 * A VM that istiod registers from a WorkloadGroup. `host` is the IP by which the mesh is to know the VM, with `=HOST` where one
 * connects to it elsewhere. The entry is the one that istiod has made, else the one that it will make.
 * Throws UserError `usage` for a host of another form, `entry.not-found` (exit 65) when there is no such group.
 */
export async function readGroupTarget(
	cluster: Cluster,
	{mesh, namespace}: MeshReading,
	group: TargetRef,
	host: string,
	settings: Settings,
	others: readonly WorkloadEntry[] = [],
): Promise<Target> {
	const {name, namespace: of} = splitRef(group);
	const [ip = '', address = ip] = host.split('=');
	if (!isIp(ip)) {
		throw new UserError({
			code: 'usage',
			message: `${JSON.stringify(host)} does not begin with an IP: istiod registers a VM of a group under the IP that its proxy has.`,
			hint: 'Write --host IP, or --host IP=HOST where SSH takes another way, for instance --host 10.128.0.2=203.0.113.7',
			exitCode: exitCodes.usage,
		});
	}
	const [object, around] = await Promise.all([cluster.get(istio('workloadgroups'), of, name), namespace(of)]);
	const read = parseWorkloadGroup(object ?? noGroup(group, cluster));
	const [registered, serviceAccount] = await Promise.all([
		cluster.get(istio('workloadentries'), of, registeredName(read, ip)),
		createPermits(cluster).get(accounts, of, read.serviceAccount, 'optional'),
	]);
	return resolveTarget({
		entry: registered ?? entryOfGroup(read, ip),
		serviceAccount,
		mesh,
		namespace: around,
		others,
		settings,
		registration: {group: read, host: address},
	});
}

/**
 * A VM of a WorkloadGroup for which files are made and no more: it may not be there yet, so that nothing is asked about it or its entry.
 * Throws UserError `entry.not-found` (exit 65) when there is no such group, in the cluster or as `manifest`.
 */
export async function readConfiguredTarget(
	cluster: Cluster,
	{mesh, namespace}: MeshReading,
	ref: TargetRef,
	{configure, manifest}: {readonly configure: GroupVm; readonly manifest?: KubernetesObject | undefined},
	settings: Settings,
): Promise<Target> {
	const {name, namespace: of} = splitRef(ref);
	const [object, around] = await Promise.all([
		manifest ?? cluster.get(istio('workloadgroups'), of, name),
		namespace(of),
	]);
	const group = parseWorkloadGroup(object ?? noGroup(ref, cluster));
	const serviceAccount = await createPermits(cluster).get(accounts, of, group.serviceAccount, 'optional');
	const ip = configure.address?.ip ?? '';
	const entry = entryOfGroup(group, ip);
	const target = resolveTarget({
		entry: {...entry, metadata: {...entry.metadata, name}},
		serviceAccount,
		mesh,
		namespace: around,
		settings: {...settings, flags: {...settings.flags, layout: 'package'}},
		registration: {group, host: ip},
	});
	const ofVm = new Set(['entry.address-missing', 'entry.duplicate-address']);
	return {...target, configured: configure, problems: target.problems.filter(({id}) => !ofVm.has(id))};
}

function noGroup(ref: TargetRef, {context}: Cluster): never {
	const {name, namespace} = splitRef(ref);
	throw new UserError({
		code: 'entry.not-found',
		message: `There is no WorkloadGroup ${name} in namespace ${namespace} of ${context}.`,
		hint: `See which there are: kubectl get workloadgroups -n ${namespace}; or give it as a file: -f FILE`,
		exitCode: exitCodes.badData,
	});
}

/** The word that names the VM of such a target again. */
export function hostWord({entry, ssh}: Target): string {
	return `${entry.address}=${ssh.host.value}`;
}
