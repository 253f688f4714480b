import type {FindingId} from '../../diagnosis/catalogue.ts';
import type {Finding} from '../../diagnosis/finding.ts';
import type {Layout} from '../../ports.ts';
import type {Step} from '../step.ts';
import {
	bootStep,
	cleanRulesStep,
	clockStep,
	freeSshStep,
	hostsStep,
	removeOthersStep,
	startDockerStep,
} from '../steps/fix/commands.ts';
import {objectsStep} from '../steps/fix/objects.ts';
import {proxySteps} from '../steps/fix/proxy.ts';
import {accountStep} from '../steps/prepare/account.ts';
import {directoryStep} from '../steps/prepare/directory.ts';
import {dockerStep} from '../steps/prepare/docker.ts';
import {userStep} from '../steps/prepare/user.ts';
import {
	addLabels,
	addPort,
	applyManifest,
	type Changes,
	enableExpansion,
	exchangeAddresses,
	makeAccount,
	makeSidecar,
	removeEntry,
	renameAnnotations,
	setAddress,
	setInstanceIp,
	setNetwork,
	setServiceAccount,
} from './changes.ts';
import type {FixOptions, ProxyFix} from './fix-options.ts';

/** How a cause is mended: what changes in the cluster, steps on the VM, and what is done about the proxy, in this order. */
export type Fix = {
	readonly changes?: Changes;
	readonly vm?: readonly Step[];
	/** Other containers in the way: the proxies of others, or whatever has our name. */
	readonly removes?: 'others' | 'namesake';
	/** Names that must lead to the proxy. */
	readonly hosts?: true;
	readonly proxy?: ProxyFix;
	/** What is done about the proxy concerns only one that is there. */
	readonly ifThere?: true;
	/** Only for a proxy in a container. */
	readonly only?: Layout;
};

const renew: Fix = {proxy: 'renew'};
const recreate: Fix = {proxy: 'recreate'};
const entryChanged = (changes: Changes): Fix => ({changes, proxy: 'recreate', ifThere: true});

/** The causes that meshboard mends itself, after consent (findings.md, "Tool"); every other one is for a person. */
export const fixes: Readonly<Partial<Record<FindingId, Fix>>> = {
	'token.expired': renew,
	'token.audience': renew,
	'token.foreign': renew,
	'token.short-lived': renew,
	'token.rejected': renew,
	'identity.cert-expired': renew,
	'token.missing': recreate,
	'token.unreadable': recreate,
	'token.service-account-not-found': {changes: makeAccount, proxy: 'renew', ifThere: true},
	'proxy.not-running': recreate,
	'proxy.root-cert-missing': recreate,
	'proxy.env-quoted': recreate,
	'proxy.env-drift': recreate,
	'proxy.uds-denied': recreate,
	'proxy.version-skew': {proxy: 'recreate', only: 'container'},
	'proxy.name-conflict': {removes: 'namesake', proxy: 'recreate', only: 'container'},
	'proxy.already-running': {removes: 'others', proxy: 'recreate', only: 'container'},
	'identity.root-mismatch': recreate,
	'identity.mismatch': recreate,
	'identity.cluster-id': recreate,
	'network.istiod-unresolved': recreate,
	'network.istiod-wrong-address': recreate,
	'xds.name-mismatch': recreate,
	'xds.not-synced': {proxy: 'restart'},
	'gateway.node-port': recreate,
	'gateway.mesh-expansion-off': {changes: enableExpansion},
	'gateway.not-exposed': {changes: applyManifest},
	'gateway.network-unserved': {changes: applyManifest},
	'entry.not-linked': {proxy: 'restart'},
	'entry.instance-ip-not-local': entryChanged(setInstanceIp),
	'entry.wrong-ip': entryChanged(setInstanceIp),
	'entry.addresses-swapped': entryChanged(exchangeAddresses),
	'entry.address-missing': entryChanged(setAddress),
	'entry.service-account-missing': entryChanged(setServiceAccount),
	'entry.labels-missing': entryChanged(addLabels),
	'entry.annotation-unknown': entryChanged(renameAnnotations),
	'entry.stale': {changes: removeEntry},
	'network.pods-unreachable': entryChanged(setNetwork),
	'service.target-port': {changes: addPort},
	'service.none-selects': {changes: applyManifest},
	'sidecar.missing': {changes: makeSidecar},
	'vm.docker-stopped': {vm: [startDockerStep], only: 'container'},
	'vm.docker-denied': {vm: [accountStep, userStep], only: 'container'},
	'vm.docker-group-stale': {vm: [accountStep, userStep], only: 'container'},
	'vm.runtime-missing': {vm: [accountStep, dockerStep, userStep], only: 'container'},
	'vm.config-dir-denied': {vm: [accountStep, directoryStep], only: 'container'},
	'vm.not-reboot-safe': {vm: [bootStep], only: 'container'},
	'vm.clock-skew': {vm: [clockStep]},
	'traffic.hosts-entry-missing': {vm: [hostsStep], hosts: true},
	'iptables.not-applied': {proxy: 'restart', only: 'package'},
	'iptables.ssh-captured': {vm: [freeSshStep], proxy: 'recreate', only: 'package'},
	'iptables.leftover-rules': {vm: [cleanRulesStep], proxy: 'restart', only: 'package'},
};

/** How meshboard mends a cause where the proxy runs in this way; undefined when it cannot. */
export function fixFor(id: string, layout: Layout): Fix | undefined {
	const known: Readonly<Record<string, Fix>> = fixes;
	const fix = Object.hasOwn(known, id) ? known[id] : undefined;
	return fix?.only === undefined || fix.only === layout ? fix : undefined;
}

/** Can this finding be mended where the proxy runs in this way? Another choice may still be a person's. */
export function isFixable({id, remedy}: Pick<Finding, 'id' | 'remedy'>, layout: Layout): boolean {
	const fix = fixFor(id, layout);
	return fix !== undefined && (fix.changes !== applyManifest || remedy.manifest !== undefined);
}

/** The steps of a run that mends a cause, in order. */
export function fixSteps(options: FixOptions, layout: Layout): readonly Step[] {
	const vm = fixFor(options.id, layout)?.vm ?? [];
	return [
		...((options.changes ?? []).length > 0 ? [objectsStep] : []),
		...vm,
		...((options.containers ?? []).length > 0 ? [removeOthersStep] : []),
		...(options.proxy === undefined ? [] : proxySteps[options.proxy][layout]),
	];
}
