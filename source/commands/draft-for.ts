import type {Draft} from '../mesh/build/draft.ts';
import {hostChoices, serviceDraftFor, sidecarDraftFor} from '../mesh/build/for-entry.ts';
import {selectionLabels} from '../mesh/labels.ts';
import {parseWorkloadEntry} from '../mesh/parse-workload-entry.ts';
import {readService} from '../mesh/service.ts';
import {effectiveSidecar, readSidecar, sidecarClaims} from '../mesh/sidecar.ts';
import {noSuchEntry} from '../onboarding/entry-not-found.ts';
import {createPermits} from '../onboarding/permits.ts';
import type {Cluster, Resource} from '../ports.ts';
import {atTerminal} from './ask.ts';
import {parseTarget} from './targets.ts';

const workloadentries: Resource = {group: 'networking.istio.io', resource: 'workloadentries'};
const services: Resource = {group: '', resource: 'services'};
const sidecars: Resource = {group: 'networking.istio.io', resource: 'sidecars'};

/** What the cluster offers for the Sidecar or Service of an entry: its labels, and the ports of what is around it. */
export async function draftFor(
	cluster: Cluster,
	name: 'sidecar' | 'service',
	word: string,
	namespace: string | undefined,
): Promise<Draft<string>> {
	const {list} = createPermits(cluster);
	const ref = parseTarget(word, namespace);
	const dot = ref.lastIndexOf('.');
	const place = {name: ref.slice(0, dot), namespace: ref.slice(dot + 1)};
	const object = await cluster.get(workloadentries, place.namespace, place.name);
	if (object === undefined) {
		const all = (await list(workloadentries, undefined, undefined, 'optional')) ?? [];
		throw noSuchEntry(place, all.map(parseWorkloadEntry));
	}
	const entry = parseWorkloadEntry(object);
	if (name === 'service') {
		const found = ((await list(sidecars, entry.namespace, undefined, 'optional')) ?? []).map(readSidecar);
		return serviceDraftFor(entry, effectiveSidecar(sidecarClaims(found, selectionLabels(entry))));
	}
	const found = ((await list(services, entry.namespace, undefined, 'optional')) ?? []).map(readService);
	const {draft, leftOut} = sidecarDraftFor(entry, found);
	if (leftOut.length > 0) {
		process.stderr.write(
			`Calls to port ${leftOut.join(', ')} of the namespace's Services are left out: a proxy that is not root cannot listen below 1024, nor where it listens itself.\n`,
		);
	}
	if (atTerminal()) {
		const everywhere = (await list(services, undefined, undefined, 'optional'))?.map(readService) ?? found;
		const choices = hostChoices(entry.namespace, everywhere).slice(0, 20);
		process.stderr.write(`Hosts to choose from: ${choices.join(', ')}\n`);
	}
	return draft;
}
