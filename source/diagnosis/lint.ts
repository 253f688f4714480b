import {annotation} from '../mesh/annotations.ts';
import {isIp} from '../mesh/ip.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {type Neighbours, readNeighbours, type Selection, selectionOf} from '../mesh/neighbours.ts';
import {parseWorkloadEntry} from '../mesh/parse-workload-entry.ts';
import {readSidecar} from '../mesh/sidecar.ts';
import {refOf, type WorkloadEntry} from '../mesh/workload-entry.ts';
import {cleanValue} from '../output/clean-value.ts';
import {createRedactor} from '../output/redact.ts';
import {type SshPlace, sharedVms} from './causes/fleet.ts';
import {serviceEntryInvalid} from './causes/service-entry.ts';
import {analyzerFalseAlarm, sidecarRules} from './causes/sidecar-rules.ts';
import {workloadGroupFindings} from './causes/workload-group.ts';
import {entryObjectFindings} from './entry-objects.ts';
import type {Finding} from './finding.ts';
import {entryChecks} from './lint-checks.ts';
import type {LintOptions} from './lint-options.ts';
import {createLintResults, type LintResult} from './lint-results.ts';

/**
 * The findings of stage *lint* (docs/findings.md) over objects that are judged together: WorkloadEntries with what selects them, and,
 * unless `only` entries are asked for, every WorkloadGroup, Sidecar and ServiceEntry by itself. Pure and total: whatever the objects
 * hold, it does not throw, and what it says holds neither control characters nor secrets. What is not known is a check that was
 * not done, never a finding.
 */
export function lintObjects(objects: readonly KubernetesObject[], options: LintOptions): readonly LintResult[] {
	const {origin, only} = options;
	const within = (namespace = '') => options.within === undefined || options.within.has(namespace);
	const results = createLintResults();
	const byKind = Map.groupBy(objects, ({kind}) => kind ?? '');
	const inNamespace = new Map(
		[...byKind].map(([kind, all]) => [kind, Map.groupBy(all, ({metadata}) => metadata.namespace ?? '')]),
	);
	const neighbours = new Map<string, Neighbours>();
	const neighboursOf = (namespace: string): Neighbours => {
		const known = neighbours.get(namespace) ?? readNeighbours(readLists(namespace, inNamespace, options));
		neighbours.set(namespace, known);
		return known;
	};
	const entries = (byKind.get('WorkloadEntry') ?? []).map((object) => ({object, entry: parseWorkloadEntry(object)}));
	const byAddress = Map.groupBy(
		entries.map(({entry}) => entry),
		({address, network}) => `${network} ${address}`,
	);
	const asked = entries.filter(({entry}) => (only === undefined ? within(entry.namespace) : only.has(refOf(entry))));
	const istioServices = inNamespace.get('Service')?.get(options.istioNamespace) ?? [];
	results.add(options.findings ?? []);
	for (const {object, entry} of asked) {
		const around = neighboursOf(entry.namespace);
		const selection = selectionOf(entry, around);
		const findings = entryObjectFindings({
			object,
			entry,
			origin,
			others: byAddress.get(`${entry.network} ${entry.address}`) ?? [],
			networks: options.networks,
			istioNamespace: options.istioNamespace,
			neighbours: around,
			selection,
			istioServices: entry.namespace === options.istioNamespace ? [] : istioServices,
		});
		results.entry(
			entry,
			[...findings, ...falseAlarms(entry, selection)],
			entryChecks(entry, findings, around, options),
		);
	}
	results.add(sharedVms(asked.map(({entry}) => placeOf(entry, options.sshPort))));
	if (only === undefined) {
		const alone = (kind: string) => (byKind.get(kind) ?? []).filter(({metadata}) => within(metadata.namespace));
		for (const object of alone('WorkloadGroup')) results.object(object, workloadGroupFindings(object, origin));
		for (const object of alone('Sidecar')) results.object(object, sidecarRules(readSidecar(object), origin));
		for (const object of alone('ServiceEntry')) results.object(object, serviceEntryInvalid(object, origin));
	}
	return cleanValue(results.all(), createRedactor());
}

/** The lists of a namespace. A file that has no Service says nothing of the Services that there are; the same goes for Sidecars. */
function readLists(
	namespace: string,
	objects: ReadonlyMap<string, ReadonlyMap<string, readonly KubernetesObject[]>>,
	{origin, unread}: LintOptions,
) {
	const list = (kind: string) => objects.get(kind)?.get(namespace) ?? [];
	const [services, serviceEntries, sidecars] = [list('Service'), list('ServiceEntry'), list('Sidecar')];
	const known = (plural: string, there: number) =>
		origin === 'cluster' ? unread?.has(`${plural}/${namespace}`) !== true : there > 0;
	return {
		services: known('services', services.length + serviceEntries.length) ? services : undefined,
		serviceEntries: known('serviceentries', services.length + serviceEntries.length) ? serviceEntries : undefined,
		sidecars: known('sidecars', sidecars.length) ? sidecars : undefined,
	};
}

function falseAlarms(entry: WorkloadEntry, {claims}: Selection): readonly Finding[] {
	return claims.selecting.flatMap((sidecar) => analyzerFalseAlarm(sidecar, entry.name));
}

/** Where a run would reach the VM: as in a target, without profile and `~/.ssh/config`. */
function placeOf(entry: WorkloadEntry, sshPort: number | undefined): SshPlace {
	const named = entry.address !== '' && !entry.address.startsWith('unix:') ? entry.address : '';
	const host = annotation(entry.annotations, 'ssh-host') ?? named;
	const port = annotation(entry.annotations, 'ssh-port');
	const instance = annotation(entry.annotations, 'proxy-instance-ip') ?? '';
	return {
		entry,
		host: host || (isIp(instance) ? instance : ''),
		port: port === undefined ? (sshPort ?? 22) : Number(port),
	};
}
