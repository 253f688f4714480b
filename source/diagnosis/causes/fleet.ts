import {refOf, type WorkloadEntry} from '../../mesh/workload-entry.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';

/** Where an entry's VM is reached over SSH. */
export type SshPlace = {readonly entry: WorkloadEntry; readonly host: string; readonly port: number};

/** `fleet.empty`: where nothing was found. */
export function fleetEmpty(context: string, where: string): Finding {
	return finding('fleet.empty', {
		target: `cluster/${context}`,
		evidence: [{source: `context ${context}`, text: `no WorkloadEntry in ${where}`}],
	});
}

/** `fleet.shared-vm`: several entries lead to one SSH server. The same address and network is `entry.duplicate-address`, which explains it. */
export function sharedVms(places: readonly SshPlace[]): readonly Finding[] {
	const byPlace = Map.groupBy(
		places.filter(({host}) => host !== ''),
		({host, port}) => `${host}:${port}`,
	);
	return [...byPlace].flatMap(([place, members]) => {
		const addresses = new Set(members.map(({entry}) => `${entry.network} ${entry.address}`));
		if (members.length < 2 || addresses.size < 2) return [];
		return [
			finding('fleet.shared-vm', {
				target: `vm/${members[0]?.host}`,
				evidence: members.map(({entry}) => ({
					source: `workloadentry ${entry.namespace}/${entry.name}`,
					text: `${refOf(entry)} is reached at ${place}`,
				})),
			}),
		];
	});
}
