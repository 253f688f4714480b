import {exitCodes, UserError} from '../errors.ts';
import {isIp} from '../mesh/ip.ts';
import type {GroupVm} from '../mesh/target.ts';
import type {TargetRef} from '../mesh/workload-entry.ts';
import type {Wanted} from '../onboarding/event.ts';
import type {BootstrapFlags} from './bootstrap-flags.ts';
import {bootstrapUsage as usage} from './bootstrap-usage.ts';
import {readManifests} from './read-manifests.ts';
import {parseTarget} from './targets.ts';

/** What is wanted for a VM of a WorkloadGroup: its reference, and what the plan is to be asked for. */
type GroupWish = {readonly ref: TargetRef; readonly wanted: Pick<Wanted, 'group' | 'configure' | 'manifest'>};

/**
 * Refuses what contradicts itself, in istioctl's sentences where it has one (istio/istio, istioctl/pkg/workload, configureCommand). Answers
 * whether a group is meant at all.
 */
export function refuseGroupArguments(flags: BootstrapFlags, targets: readonly string[]): boolean {
	const {group, file, internalIP, externalIP, autoregister, clusterID, captureDns} = flags;
	const ofGroup = {internalIP, externalIP, autoregister, clusterID, 'capture-dns': captureDns};
	const [stray] = Object.entries(ofGroup).flatMap(([name, value]) => (value === undefined ? [] : [name]));
	if (group === undefined && file === undefined) {
		if (stray !== undefined)
			throw usage(
				`--${stray} is of the VM of a WorkloadGroup: expecting a WorkloadGroup artifact file or the name and namespace of an existing WorkloadGroup`,
				'Add --group GROUP[.NAMESPACE] or -f FILE.',
			);
		return false;
	}
	if (group !== undefined && file !== undefined) throw usage('use either --group or -f but not both');
	if (targets.length > 0 || flags.all === true)
		throw usage('A WorkloadGroup, by --group or -f, stands alone: without targets and without --all.');
	if (flags.layout === 'container')
		throw usage("The VMs of a WorkloadGroup have Istio's package: without --layout container.");
	if (
		flags.archive !== true &&
		flags.outputFile === undefined &&
		flags.outputDir === undefined &&
		flags.dryRun !== true
	)
		throw usage(
			'expecting an output directory',
			'Add -d DIR, -o or --output-file FILE; over SSH: meshboard onboard --group GROUP --host IP.',
		);
	if (internalIP !== undefined && externalIP !== undefined)
		throw usage('the flags --internalIP and --externalIP are mutually exclusive');
	for (const [name, ip] of Object.entries({internalIP, externalIP})) {
		if (ip !== undefined && !isIp(ip)) throw usage(`--${name} takes an IP, and ${JSON.stringify(ip)} is none.`);
	}
	return true;
}

/** Reads the group's file, where there is one. Throws UserError `usage`, `manifest` as `readManifests` does, and for a file without one group. */
export async function groupWish(flags: BootstrapFlags, namespace: string): Promise<GroupWish> {
	const configure = vmOf(flags);
	if (flags.file === undefined) {
		const ref = parseTarget(flags.group ?? '', namespace);
		return {ref, wanted: {group: ref, configure}};
	}
	const manifests = await readManifests([flags.file], namespace);
	const groups = manifests.filter(({object}) => object.kind === 'WorkloadGroup');
	const [manifest] = groups;
	if (manifest === undefined || groups.length > 1) {
		throw new UserError({
			code: 'manifest',
			message: `${flags.file}: ${groups.length === 0 ? 'there is no WorkloadGroup in it' : `there are ${groups.length} WorkloadGroups in it, and files are made for one`}.`,
			hint: 'Give a file with one WorkloadGroup, or name one of the cluster: --group GROUP[.NAMESPACE]',
			exitCode: exitCodes.badData,
		});
	}
	const {name} = manifest.object.metadata;
	const ref = parseTarget(`${name}.${manifest.object.metadata.namespace ?? namespace}`, namespace);
	return {ref, wanted: {group: ref, configure, manifest: manifest.object}};
}

function vmOf({internalIP, externalIP, autoregister, clusterID, captureDns}: BootstrapFlags): GroupVm {
	const ip = internalIP ?? externalIP;
	return {
		...(ip === undefined ? {} : {address: {ip, external: externalIP !== undefined}}),
		...(clusterID === undefined ? {} : {clusterId: clusterID}),
		autoRegister: autoregister === true,
		captureDns: captureDns !== 'false',
	};
}
