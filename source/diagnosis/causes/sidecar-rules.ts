import type {Fault} from '../../mesh/annotations.ts';
import {correctSidecar} from '../../mesh/correct-sidecar.ts';
import type {KubernetesObject} from '../../mesh/kubernetes-object.ts';
import {type Origin, refusals} from '../../mesh/rules/refusals.ts';
import type {SidecarFacts} from '../../mesh/sidecar.ts';
import {asList, asRecord, asText} from '../../mesh/untyped.ts';
import {quote} from '../../vm/quote.ts';
import {finding} from '../catalogue.ts';
import {faultText} from '../fault-text.ts';
import type {Finding} from '../finding.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
/** Ports of the proxy itself: validation lets them through, and the listener never opens (istio.io, "Ports used by Istio"). */
const ownPorts: readonly number[] = [15000, 15020, 15021, 15053, 15090];

/**
 * What is wrong with a Sidecar by itself: `sidecar.ports-list`, `sidecar.egress-host-form`, and every other broken rule in one
 * `sidecar.invalid`. A listener that lost its port to a list is told once.
 */
export function sidecarRules({object, ingress}: SidecarFacts, origin: Origin): readonly Finding[] {
	const {faults, hosts} = refusals({...object, kind: 'Sidecar'}, origin);
	const applied = readApplied(object);
	const written = portLists(object.spec);
	const lists = written.length > 0 ? written : portLists(applied?.spec);
	const others = [...faults, ...takenByProxy(ingress.map(({port}) => port))].filter(
		({field}) => !lists.some((path) => field === `${path}.ports` || field === `${path}.port`),
	);
	const {namespace = '', name} = object.metadata;
	const own = `sidecar ${namespace}/${name}`;
	const about = (texts: readonly string[], source = own) => ({
		target: `sidecar/${namespace}/${name}`,
		evidence: texts.map((text) => ({source, text})),
		values: {ns: quote(namespace)},
	});
	const lost = lists.map((path) => `${path}.ports is no field: it is dropped, and the listener has no port`);
	return [
		...(others.length === 0 ? [] : [finding('sidecar.invalid', about(others.map(faultText)))]),
		...(lists.length === 0
			? []
			: [
					finding('sidecar.ports-list', {
						...about(lost, written.length > 0 ? own : `${lastApplied} of ${own}`),
						manifest: correctSidecar(
							written.length > 0 || applied === undefined ? object : {...object, spec: applied.spec},
						),
					}),
				]),
		...(hosts.length === 0
			? []
			: [finding('sidecar.egress-host-form', {...about(hosts.map(faultText)), manifest: correctSidecar(object)})]),
	];
}

/** `sidecar.analyzer-false-alarm`: for a Sidecar whose selector matches an entry. */
export function analyzerFalseAlarm({object}: SidecarFacts, entry: string): readonly Finding[] {
	const messages = asList(asRecord(object.status)['validationMessages']).map(asRecord);
	if (!messages.some((message) => asText(asRecord(message['type'])['code']) === 'IST0101')) return [];
	const {namespace = '', name} = object.metadata;
	return [
		finding('sidecar.analyzer-false-alarm', {
			target: `sidecar/${namespace}/${name}`,
			evidence: [
				{
					source: `status.validationMessages of sidecar ${namespace}/${name}`,
					text: 'IST0101 Referenced selector not found',
				},
				{source: `workloadentry ${namespace}/${entry}`, text: 'its labels match the selector'},
			],
		}),
	];
}

/** The listeners that have `ports`, by their paths. */
function portLists(spec: unknown): readonly string[] {
	return ['ingress', 'egress'].flatMap((side) =>
		asList(asRecord(spec)[side]).flatMap((listener, index) =>
			asRecord(listener)['ports'] === undefined ? [] : [`spec.${side}[${index}]`],
		),
	);
}

/** What kubectl kept of the manifest, with the fields that the API server has dropped. */
function readApplied(object: KubernetesObject): {readonly spec: unknown} | undefined {
	const text = asText(asRecord(object.metadata.annotations)[lastApplied]);
	if (text === '') return undefined;
	try {
		return {spec: asRecord(JSON.parse(text))['spec']};
	} catch {
		return undefined;
	}
}

function takenByProxy(ports: readonly number[]): readonly Fault[] {
	return ports
		.map((port, index) => ({port, field: `spec.ingress[${index}].port.number`}))
		.filter(({port}) => ownPorts.includes(port))
		.map(({port, field}) => ({field, value: String(port), rule: "is the proxy's own: the listener never opens"}));
}
