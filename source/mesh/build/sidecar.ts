import {isIp} from '../ip.ts';
import type {KubernetesObject} from '../kubernetes-object.ts';
import {egressHostFaults} from '../rules/egress-host.ts';
import {type Built, type Draft, faultsOf, missingFaults, nameFaults, optional, type Question, said} from './draft.ts';
import {nameListeners, type PortWord, readLabels, readPorts, splitWords} from './words.ts';

/** What is asked for the Sidecar of a VM without iptables. */
export const sidecarQuestions = {
	name: {question: 'What is the name of the Sidecar?', value: 'name', needed: true},
	namespace: {question: 'In which namespace?', value: 'namespace', needed: true},
	selector: {question: 'Which labels has the workload?', value: 'key=value,…', needed: true},
	ingress: {
		question: 'On which ports do clients reach the VM, and to which of the application do they lead?',
		value: '[name=]port[:app-port][/protocol],…',
		needed: true,
	},
	egress: {
		question: 'On which ports does the application call others?',
		value: '[name=]port[/protocol],…',
		otherwise: 'none',
		asked: true,
	},
	hosts: {
		question: 'Which hosts does it call (namespace/name; . is its own namespace)?',
		value: 'namespace/name,…',
		asked: true,
	},
	bind: {question: 'On which address does the application call others?', value: 'ip'},
} as const satisfies Record<string, Question>;

export type SidecarField = keyof typeof sidecarQuestions;
export type SidecarDraft = Draft<SidecarField>;

/** The guide's own: an address beside the application's 127.0.0.1, the namespace's services, and what telemetry needs. */
export const sidecarDefaults = {hosts: './*,istio-system/*', bind: '127.0.0.2'} as const satisfies SidecarDraft;

/** Ports of the proxy itself: a listener there passes validation and never opens. */
export const proxyPorts: readonly number[] = [15000, 15001, 15006, 15020, 15021, 15053, 15090];

/**
 * The Sidecar of a draft: an ingress listener takes the VM's own IP (no `bind`) and hands on to the application on 127.0.0.1;
 * the application calls others on `bind`.
 */
export function buildSidecar(draft: SidecarDraft): Built<SidecarField> {
	const selector = readLabels(said(draft, 'selector'));
	const ingress = readPorts(said(draft, 'ingress'));
	const egress = readPorts(said(draft, 'egress'));
	const bind = said(draft, 'bind');
	const hosts = splitWords(said(draft, 'hosts'));
	const listener = ({number, name, protocol}: PortWord) => ({number, name, protocol});
	const object: KubernetesObject = {
		apiVersion: 'networking.istio.io/v1',
		kind: 'Sidecar',
		metadata: {name: said(draft, 'name'), namespace: said(draft, 'namespace')},
		spec: {
			...optional('workloadSelector', optional('labels', selector.values)),
			...optional(
				'ingress',
				nameListeners(ingress.values).map((port) => ({
					port: listener(port),
					defaultEndpoint: `127.0.0.1:${port.target ?? port.number}`,
				})),
			),
			...optional(
				'egress',
				nameListeners(egress.values).map((port) => ({port: listener(port), ...optional('bind', bind), hosts})),
			),
		},
	};
	return {
		object,
		faults: [
			...missingFaults(sidecarQuestions, draft),
			...nameFaults(draft),
			...faultsOf('selector', selector.faults),
			...faultsOf('ingress', [...ingress.faults, ...brokenListeners(ingress.values)]),
			...faultsOf(
				'ingress',
				ingress.values.flatMap(({target}) =>
					typeof target === 'string'
						? [{value: target, rule: "is no number: an endpoint takes the application's port"}]
						: [],
				),
			),
			...faultsOf('egress', [...egress.faults, ...brokenListeners(egress.values)]),
			...faultsOf(
				'egress',
				egress.values.flatMap(({number, target}) =>
					target === undefined ? [] : [{value: String(number), rule: 'takes no target: callers dial the port itself'}],
				),
			),
			...(egress.values.length > 0 && hosts.length === 0
				? [{field: 'hosts', value: '', rule: 'is missing: a listener for calls needs a host', missing: true} as const]
				: []),
			...faultsOf(
				'hosts',
				hosts.flatMap((value) =>
					egressHostFaults(value)
						.slice(0, 1)
						.map((rule) => ({value, rule})),
				),
			),
			...faultsOf('bind', bind === '' || isIp(bind) ? [] : [{value: bind, rule: 'is not a valid IP'}]),
		],
	};
}

function brokenListeners(ports: readonly PortWord[]): ReadonlyArray<{readonly value: string; readonly rule: string}> {
	return ports.flatMap(({number, protocol}, index) => {
		const value = String(number);
		return [
			...(proxyPorts.includes(number) ? [{value, rule: "is a port of the proxy's own"}] : []),
			...(ports.findIndex((port) => port.number === number) < index
				? [{value, rule: 'is given twice: ports on IP bound listeners must be unique'}]
				: []),
			...(protocol === 'UDP' ? [{value, rule: 'has protocol UDP, which a Sidecar does not take'}] : []),
		];
	});
}
