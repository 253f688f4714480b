import {type Expansion, examineExpansion} from '../diagnosis/causes/expansion.ts';
import type {Finding} from '../diagnosis/finding.ts';
import {type ExitCode, exitCodes, UserError} from '../errors.ts';
import {bareObject} from '../mesh/bare-object.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {objectName} from '../mesh/object-name.ts';
import {
	awaitPending,
	controlplanes,
	isExpanded,
	lookAtGateway,
	readControlPlane,
	readExpansion,
} from '../onboarding/expansion.ts';
import {applyTold, rehearse, type Wish} from '../onboarding/objects/rehearse.ts';
import type {Cluster, Resource} from '../ports.ts';
import {systemClock} from '../system-clock.ts';
import {type ConsentFlags, consent} from './consent.ts';
import {findingLines} from './finding-lines.ts';
import type {ConnectionFlags, GlobalFlags} from './flags.ts';
import type {ExpandOutput} from './machine-output.ts';
import type {OutputFormat} from './output-format.ts';
import {printJson} from './print.ts';
import {formatObjects, showRehearsal} from './show-object.ts';
import {refuseChanges, settingsOf, withCluster} from './with-cluster.ts';

export type ExpandFlags = GlobalFlags &
	ConnectionFlags &
	ConsentFlags & {dryRun?: boolean; apply?: boolean; network?: string; forceConflicts?: boolean; output?: OutputFormat};

/** How long a gateway may take to come, in seconds: a cloud's load balancer needs minutes. */
const patience = 300;

/** `meshboard expand`: lets VMs into the mesh, by the ControlPlane of TSB or by the east-west gateway of open-source Istio. */
export async function expand(flags: ExpandFlags): Promise<number> {
	const {istioNamespace = 'istio-system', revision = ''} = settingsOf(flags);
	// Whether anything is to be changed is known when the mesh has been looked at; --apply says it beforehand.
	return withCluster(flags, {changes: flags.apply === true && flags.dryRun !== true}, async (cluster) => {
		const controlPlane = await readControlPlane(cluster, istioNamespace);
		return controlPlane === undefined
			? expandIstio(cluster, flags, istioNamespace, revision)
			: expandTetrate(cluster, flags, controlPlane, istioNamespace);
	});
}

async function expandTetrate(
	cluster: Cluster,
	flags: ExpandFlags,
	controlPlane: KubernetesObject,
	istioNamespace: string,
): Promise<ExitCode> {
	const {name} = controlPlane.metadata;
	const changed = !isExpanded(controlPlane);
	const patch = (dryRun: boolean) =>
		cluster.patch(controlplanes, istioNamespace, name, {spec: {meshExpansion: {}}}, {dryRun});
	if (changed) {
		const [before, after] = [bareObject(controlPlane), bareObject(await patch(true))];
		const rehearsal = {outcome: 'configured', before, after} as const;
		if (flags.dryRun === true) {
			if (flags.output === 'json') printJson({mesh: 'tsb', changed: true, dryRun: true} satisfies ExpandOutput);
			else showRehearsal(rehearsal, process.stdout);
			return exitCodes.done;
		}
		refuseChanges(flags);
		await consent(flags, () => showRehearsal(rehearsal), `Apply ${objectName(after)}?`);
		await patch(false);
		process.stderr.write(`${objectName(after)} configured\n`);
	} else {
		process.stderr.write(`Mesh expansion is on already: ${objectName(controlPlane)} has spec.meshExpansion.\n`);
	}
	const seconds = flags.dryRun === true ? 0 : (flags.timeout ?? patience);
	const look = () => lookAtGateway(cluster, istioNamespace);
	const {address, pending} = await awaitPending(systemClock, seconds, look, tellPending);
	if (pending !== undefined) {
		throw new UserError({
			code: 'gateway.address-pending',
			message: `The gateway for VMs is not ready: ${pending} is still missing after ${seconds} s.`,
			hint: `Wait longer with --timeout, or look: kubectl get svc,cm -n ${istioNamespace}`,
			exitCode: exitCodes.someFailed,
		});
	}
	if (flags.output === 'json')
		printJson({mesh: 'tsb', changed, gateway: `${istioNamespace}/vmgateway`, address} satisfies ExpandOutput);
	else process.stdout.write(`VMs reach the mesh at ${address ?? ''} (Service ${istioNamespace}/vmgateway)\n`);
	return exitCodes.done;
}

async function expandIstio(
	cluster: Cluster,
	flags: ExpandFlags,
	istioNamespace: string,
	revision: string,
): Promise<ExitCode> {
	const examine = async () => examineExpansion(await readExpansion(cluster, istioNamespace, revision), flags.network);
	const before = await examine();
	if (flags.apply !== true || flags.dryRun === true) return tell(before, flags);
	if (before.missing.length > 0) await applyMissing(cluster, flags, before);
	return tell(await awaitPending(systemClock, flags.timeout ?? patience, examine, tellPending), flags);
}

async function applyMissing(cluster: Cluster, flags: ExpandFlags, {findings, missing}: Expansion): Promise<void> {
	tellFindings(findings);
	const wishes = missing.map(wishOf);
	const force = flags.forceConflicts === true;
	const rehearsals = await Promise.all(wishes.map((wish) => rehearse(cluster, wish, {force})));
	const show = () => {
		for (const rehearsal of rehearsals) showRehearsal(rehearsal);
	};
	await consent(flags, show, `Apply ${wishes.length === 1 ? 'this object' : `these ${wishes.length} objects`}?`);
	for (const [index, wish] of wishes.entries()) {
		await applyTold(cluster, wish, {force});
		process.stderr.write(`${objectName(wish.object)} ${rehearsals[index]?.outcome ?? ''}\n`);
	}
}

function tellPending(pending: string): void {
	process.stderr.write(`waiting for ${pending}\n`);
}

/** Findings for people, and what is missing as YAML that kubectl takes. */
function tell({findings, missing, gateway, address, network}: Expansion, flags: ExpandFlags): ExitCode {
	if (flags.output === 'json') {
		printJson({mesh: 'istio', gateway, address, network, findings, missing} satisfies ExpandOutput);
	} else {
		tellFindings(findings);
		process.stdout.write(formatObjects(missing, 'yaml'));
		if (missing.length > 0)
			process.stderr.write(
				'What is missing is above: create it with --apply, or with kubectl apply --server-side -f -\n',
			);
		if (findings.length === 0)
			process.stdout.write(`VMs reach the mesh at ${address ?? ''} (Service ${gateway ?? ''})\n`);
	}
	return findings.some(({severity}) => severity === 'error') ? exitCodes.findings : exitCodes.done;
}

function tellFindings(findings: readonly Finding[]): void {
	for (const line of findings.flatMap(findingLines)) process.stderr.write(`${line}\n`);
}

const resources: Readonly<Record<string, Resource>> = {
	Namespace: {group: '', resource: 'namespaces'},
	Service: {group: '', resource: 'services'},
	ServiceAccount: {group: '', resource: 'serviceaccounts'},
	Deployment: {group: 'apps', resource: 'deployments'},
	Gateway: {group: 'networking.istio.io', resource: 'gateways'},
	VirtualService: {group: 'networking.istio.io', resource: 'virtualservices'},
};

function wishOf(object: KubernetesObject): Wish {
	const resource = resources[object.kind ?? ''];
	if (resource === undefined) throw new Error(`no resource for ${object.kind ?? 'an object without kind'}`);
	return {resource, object};
}
