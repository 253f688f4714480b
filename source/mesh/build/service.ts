import type {KubernetesObject} from '../kubernetes-object.ts';
import {type Built, type Draft, faultsOf, missingFaults, nameFaults, optional, type Question, said} from './draft.ts';
import {nameListeners, readLabels, readPorts} from './words.ts';

/** What is asked for the Service under which pods call the VM. */
export const serviceQuestions = {
	name: {question: 'What is the name of the Service?', value: 'name', needed: true},
	namespace: {question: 'In which namespace?', value: 'namespace', needed: true},
	selector: {question: 'Which labels have the workloads behind it?', value: 'key=value,…', needed: true},
	ports: {
		question: 'Which ports has it, and to which of the workloads do they lead?',
		value: '[name=]port[:target][/protocol],…',
		needed: true,
	},
} as const satisfies Record<string, Question>;

export type ServiceField = keyof typeof serviceQuestions;
export type ServiceDraft = Draft<ServiceField>;

/** The Service of a draft. Its ports are named by their protocol, by which Istio chooses what it does with them. */
export function buildService(draft: ServiceDraft): Built<ServiceField> {
	const name = said(draft, 'name');
	const selector = readLabels(said(draft, 'selector'));
	const ports = readPorts(said(draft, 'ports'));
	const named = nameListeners(ports.values);
	const object: KubernetesObject = {
		apiVersion: 'v1',
		kind: 'Service',
		metadata: {name, namespace: said(draft, 'namespace'), ...optional('labels', appOf(selector.values))},
		spec: {
			...optional('selector', selector.values),
			...optional(
				'ports',
				named.map((port) => ({
					name: port.name,
					port: port.number,
					targetPort: port.target ?? port.number,
					protocol: port.protocol === 'UDP' ? 'UDP' : 'TCP',
				})),
			),
		},
	};
	const twice = (of: (port: (typeof named)[number]) => string, rule: string) =>
		named.flatMap((port, index) =>
			named.findIndex((other) => of(other) === of(port)) < index ? [{value: of(port), rule}] : [],
		);
	return {
		object,
		faults: [
			...missingFaults(serviceQuestions, draft),
			...nameFaults(draft),
			// Names of Services are narrower: RFC 1035.
			...faultsOf(
				'name',
				name.includes('.') || /^\d/.test(name)
					? [{value: name, rule: 'has a dot or begins with a digit, which the name of a Service may not'}]
					: [],
			),
			...faultsOf('selector', selector.faults),
			...faultsOf('ports', [
				...ports.faults,
				...twice(({number, protocol}) => `${number}/${protocol === 'UDP' ? 'UDP' : 'TCP'}`, 'is given twice'),
				...twice((port) => port.name, 'is the name of two ports'),
			]),
		],
	};
}

function appOf({app}: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	return app === undefined ? {} : {app};
}
