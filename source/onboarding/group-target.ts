import {exitCodes, UserError} from '../errors.ts';
import {isIp} from '../mesh/ip.ts';
import {resolveTarget} from '../mesh/resolve-target.ts';
import type {Settings} from '../mesh/settings.ts';
import type {Target} from '../mesh/target.ts';
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
	if (object === undefined) {
		throw new UserError({
			code: 'entry.not-found',
			message: `There is no WorkloadGroup ${name} in namespace ${of} of ${cluster.context}.`,
			hint: `See which there are: kubectl get workloadgroups -n ${of}`,
			exitCode: exitCodes.badData,
		});
	}
	const read = parseWorkloadGroup(object);
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

/** The word that names the VM of such a target again. */
export function hostWord({entry, ssh}: Target): string {
	return `${entry.address}=${ssh.host.value}`;
}
