import {isIp} from '../../mesh/ip.ts';
import {isDnsName, isFqdn} from '../../mesh/kubernetes-names.ts';
import {type Labels, misses, selectionLabels} from '../../mesh/labels.ts';
import type {ServiceFacts} from '../../mesh/service.ts';
import type {SidecarFacts} from '../../mesh/sidecar.ts';
import type {WorkloadEntry} from '../../mesh/workload-entry.ts';
import {toYaml} from '../../mesh/yaml.ts';
import {quote} from '../../vm/quote.ts';
import {finding} from '../catalogue.ts';
import type {Finding} from '../finding.ts';
import {entryTarget} from './entry.ts';

/**
 * `service.none-selects`: `chosen` select the entry, `all` are those of the namespace, for the near misses. Where none is near, the
 * Service that is missing is printed, for the ports of the entry's Sidecar.
 */
export function noneSelects(
	entry: WorkloadEntry,
	chosen: readonly ServiceFacts[],
	all: readonly ServiceFacts[],
	sidecar: SidecarFacts | undefined,
): readonly Finding[] {
	// A Service takes only IPs as endpoints; a name works through a ServiceEntry alone.
	if (chosen.some(({kind}) => kind === 'serviceentry' || isIp(entry.address))) return [];
	// An address that is none at all explains it, and has a finding of its own.
	if (chosen.length > 0 && !isFqdn(entry.address)) return [];
	const labels = selectionLabels(entry);
	const source = ({kind, namespace, name}: ServiceFacts) => `${kind} ${namespace}/${name}`;
	const named = chosen.map((service) => ({
		source: source(service),
		text: `selects the entry, whose address ${JSON.stringify(entry.address)} is no IP: a Service takes only IPs`,
	}));
	const missed = all
		.map((service) => ({service, size: Object.keys(service.selector).length, miss: misses(service.selector, labels)}))
		.filter(({size, miss}) => size > 0 && miss.length > 0 && miss.length <= Math.max(1, size - 1))
		.sort((a, b) => a.miss.length - b.miss.length);
	const near = missed.slice(0, 5).map(({service, miss}) => ({source: source(service), text: miss.join('; ')}));
	const empty = all
		.filter(
			({kind, selector, name}) => kind === 'service' && Object.keys(selector).length === 0 && name !== 'kubernetes',
		)
		.slice(0, 3)
		.map((service) => ({source: source(service), text: 'has an empty selector, which selects nothing'}));
	const own = Object.entries(labels).map((pair) => pair.join('='));
	// One of whose labels some match is meant for this entry, and to be mended.
	const meant = named.length > 0 || missed.some(({size, miss}) => miss.length < size);
	const manifest = meant ? undefined : missingService(entry, labels, all, sidecar);
	return [
		finding('service.none-selects', {
			target: entryTarget(entry),
			evidence: [
				{source: `workloadentry ${entry.namespace}/${entry.name}`, text: `labels: ${own.join(', ') || 'none'}`},
				...named,
				...near,
				...empty,
			],
			values: {ns: quote(entry.namespace)},
			...(manifest === undefined ? {} : {manifest}),
		}),
	];
}

/** A Service for an entry with a label `app` whose Sidecar opens ports; undefined where its name is taken. */
function missingService(
	entry: WorkloadEntry,
	{app = ''}: Labels,
	all: readonly ServiceFacts[],
	sidecar: SidecarFacts | undefined,
): string | undefined {
	const taken = all.some(({kind, name}) => kind === 'service' && name === app);
	if (!isIp(entry.address) || !isDnsName(app) || taken || sidecar === undefined || sidecar.ingress.length === 0)
		return undefined;
	const ports = sidecar.ingress.map(({port, protocol}) => ({
		name: `${protocol.toLowerCase()}-${port}`,
		port,
		targetPort: port,
	}));
	return toYaml({
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {name: app, namespace: entry.namespace, labels: {app}},
		spec: {selector: {app}, ports},
	});
}

/** `service.target-port`: for each Service, the named targets that the entry's `ports` do not have. */
export function targetPorts(entry: WorkloadEntry, chosen: readonly ServiceFacts[]): readonly Finding[] {
	return chosen
		.filter(({kind}) => kind === 'service')
		.flatMap(({namespace, name, ports}) => {
			const named = ports.flatMap(({target}) => (typeof target === 'string' ? [target] : []));
			const lacking = named.filter((target) => !Object.hasOwn(entry.ports, target));
			if (lacking.length === 0) return [];
			const known = Object.keys(entry.ports).join(', ') || 'none';
			return [
				finding('service.target-port', {
					target: `service/${namespace}/${name}`,
					evidence: [
						{source: `service ${namespace}/${name}`, text: `targetPort by name: ${named.join(', ')}`},
						{
							source: `workloadentry ${entry.namespace}/${entry.name}`,
							text: `spec.ports has ${known}; lacks ${lacking.join(', ')}`,
						},
					],
				}),
			];
		});
}
