import {type Fault, unknownAnnotations} from '../../mesh/annotations.ts';
import {isIp, isPrivateIp} from '../../mesh/ip.ts';
import {proxyLabels} from '../../mesh/labels.ts';
import {refOf, type WorkloadEntry} from '../../mesh/workload-entry.ts';
import {quote} from '../../vm/quote.ts';
import {finding} from '../catalogue.ts';
import {faultText} from '../fault-text.ts';
import type {Finding} from '../finding.ts';

/** The id of an entry in findings. */
export function entryTarget({namespace, name}: Pick<WorkloadEntry, 'namespace' | 'name'>): string {
	return `workloadentry/${namespace}/${name}`;
}

function about(entry: WorkloadEntry, texts: readonly string[]) {
	return {
		target: entryTarget(entry),
		evidence: texts.map((text) => ({source: `workloadentry ${entry.namespace}/${entry.name}`, text})),
		// Of a file these may be anything.
		values: {we: quote(entry.name), ns: quote(entry.namespace)},
	};
}

/** `entry.invalid`: one finding lists every broken rule. */
export function entryInvalid(entry: WorkloadEntry, faults: readonly Fault[]): readonly Finding[] {
	if (faults.length === 0) return [];
	return [finding('entry.invalid', about(entry, faults.map(faultText)))];
}

/** `entry.annotation-unknown`: one finding for each key, since each has its own remedy. */
export function annotationsUnknown(entry: WorkloadEntry): readonly Finding[] {
	return unknownAnnotations(entry.annotations).map(({key, why}) => {
		const {values, ...rest} = about(entry, [`annotation ${key} has no effect: ${why}`]);
		return finding('entry.annotation-unknown', {...rest, values: {...values, key: quote(key)}});
	});
}

/** `entry.address-missing`. A `unix://` address or an instance IP that is no IP is `entry.invalid`, which explains it. */
export function addressMissing(
	entry: WorkloadEntry,
	instanceIp: string | undefined,
	faults: readonly Fault[],
): readonly Finding[] {
	if (instanceIp !== undefined) return [];
	if (faults.some(({field}) => field === 'spec.address' || field.endsWith('/proxy-instance-ip'))) return [];
	return [
		finding(
			'entry.address-missing',
			about(entry, [`spec.address is ${JSON.stringify(entry.address)}, and there is no annotation proxy-instance-ip`]),
		),
	];
}

/** `entry.addresses-swapped`, as far as the object tells it: a private address, and a public IP to bind to. */
export function addressesSwapped(entry: WorkloadEntry, instanceIp: string | undefined): readonly Finding[] {
	if (instanceIp === undefined || !isPrivateIp(entry.address) || isPrivateIp(instanceIp)) return [];
	return [
		finding(
			'entry.addresses-swapped',
			about(entry, [`spec.address ${entry.address} is private`, `proxy-instance-ip ${instanceIp} is not`]),
		),
	];
}

/** `entry.service-account-missing`. */
export function serviceAccountMissing(entry: WorkloadEntry): readonly Finding[] {
	if (entry.serviceAccount !== '') return [];
	return [finding('entry.service-account-missing', about(entry, ['spec.serviceAccount is empty']))];
}

/**
 * `entry.duplicate-address`: `others` are all entries that can be read. istiod picks the one with the proxy's name, else one of its
 * namespace, else the first by namespace and name.
 */
export function duplicateAddress(entry: WorkloadEntry, others: readonly WorkloadEntry[]): readonly Finding[] {
	if (!isIp(entry.address)) return [];
	const same = new Set(
		others
			.filter((other) => other.address === entry.address && other.network === entry.network)
			.map((other) => refOf(other)),
	);
	same.add(refOf(entry));
	if (same.size < 2) return [];
	const network = entry.network === '' ? 'no network' : `network ${entry.network}`;
	return [
		finding(
			'entry.duplicate-address',
			about(entry, [
				...[...same].sort().map((ref) => `${ref} has address ${entry.address} in ${network}`),
				`for the proxy ${refOf(entry)} istiod picks the entry of that name`,
			]),
		),
	];
}

/** `entry.labels-missing`: which of `app` and `version` neither the metadata nor the spec has. */
export function labelsMissing(entry: WorkloadEntry): readonly Finding[] {
	const labels = proxyLabels(entry);
	const missing = ['app', 'version'].filter((key) => !Object.hasOwn(labels, key));
	if (missing.length === 0) return [];
	return [
		finding(
			'entry.labels-missing',
			about(
				entry,
				missing.map((key) => `label ${key} is missing`),
			),
		),
	];
}

/** `entry.labels-conflict`: the same key with two values. */
export function labelsConflict(entry: WorkloadEntry): readonly Finding[] {
	const conflicts = Object.entries(entry.specLabels).flatMap(([key, value]) => {
		const other = Object.hasOwn(entry.metadataLabels, key) ? entry.metadataLabels[key] : value;
		return other === value
			? []
			: [`${key}: metadata.labels has ${JSON.stringify(other)}, spec.labels has ${JSON.stringify(value)}`];
	});
	return conflicts.length === 0 ? [] : [finding('entry.labels-conflict', about(entry, conflicts))];
}

/** `entry.network-unknown`: `known` are the networks that a gateway serves, undefined where they could not all be read. */
export function networkUnknown(entry: WorkloadEntry, known: readonly string[] | undefined): readonly Finding[] {
	const network = entry.network || (proxyLabels(entry)['topology.istio.io/network'] ?? '');
	if (network === '' || known === undefined || known.includes(network)) return [];
	return [
		finding('entry.network-unknown', {
			...about(entry, [`network ${JSON.stringify(network)}`, `networks with a gateway: ${known.join(', ') || 'none'}`]),
			summary: `No gateway serves network ${JSON.stringify(network)}: pods dial ${entry.address} directly.`,
		}),
	];
}
