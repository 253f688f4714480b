import {isPort} from '../ip.ts';
import type {KubernetesObject} from '../kubernetes-object.ts';
import {
	type Built,
	type Draft,
	type DraftFault,
	faultsOf,
	missingFaults,
	nameFaults,
	optional,
	type Question,
	said,
} from './draft.ts';
import {entryQuestions, objectFaults, workload} from './entry.ts';

const {network, serviceAccount, app, appVersion, labels, ports, locality, weight} = entryQuestions;

/** What is asked for a WorkloadGroup, the template of entries that register themselves. */
export const groupQuestions = {
	name: {question: 'What is the name of the group?', value: 'name', needed: true},
	namespace: {question: 'In which namespace?', value: 'namespace', needed: true},
	serviceAccount,
	network,
	app,
	appVersion,
	class: entryQuestions.class,
	labels,
	ports,
	probe: {
		question: 'How is the health of the application probed?',
		value: 'http:PORT/PATH|tcp:PORT',
		otherwise: 'not at all',
	},
	locality,
	weight,
} as const satisfies Record<string, Question>;

export type GroupField = keyof typeof groupQuestions;
export type GroupDraft = Draft<GroupField>;

export const groupDefaults = {appVersion: 'v1', class: 'vm'} as const satisfies GroupDraft;

/** The WorkloadGroup of a draft. Labels stand in `metadata` of the template, where istioctl wants them. */
export function buildGroup(draft: GroupDraft): Built<GroupField> {
	const {template, faults} = workload(draft);
	const {labels: given, ...rest} = template;
	const probe = readProbe(said(draft, 'probe'));
	const object: KubernetesObject = {
		apiVersion: 'networking.istio.io/v1',
		kind: 'WorkloadGroup',
		metadata: {name: said(draft, 'name'), namespace: said(draft, 'namespace')},
		spec: {
			...optional('metadata', optional('labels', given)),
			template: rest,
			...(probe.value === undefined ? {} : {probe: probe.value}),
		},
	};
	const fields = Object.keys(groupQuestions);
	const ofTemplate = objectFaults({metadata: object.metadata, spec: template}).filter(
		(fault): fault is DraftFault<GroupField & typeof fault.field> => fields.includes(fault.field),
	);
	return {
		object,
		faults: [
			...missingFaults(groupQuestions, draft),
			...nameFaults(draft),
			...faults,
			...ofTemplate.filter(({field, rule}) => !faults.some((known) => known.field === field && known.rule === rule)),
			...probe.faults,
		],
	};
}

/** `http:8080/ready` or `tcp:8080`. Not `grpc`: the CRD takes it, istiod's webhook does not. */
function readProbe(text: string): {
	readonly value: Readonly<Record<string, unknown>> | undefined;
	readonly faults: readonly DraftFault<GroupField>[];
} {
	if (text === '') return {value: undefined, faults: []};
	const found = /^(https?|tcp):(\d{1,5})(\/.*)?$/.exec(text);
	const [, kind, digits, path = '/'] = found ?? [];
	const port = Number(digits);
	if (kind === undefined || !isPort(port) || (kind === 'tcp' && found?.[3] !== undefined))
		return {
			value: undefined,
			faults: faultsOf('probe', [{value: text, rule: 'is no probe: write http:PORT/PATH or tcp:PORT'}]),
		};
	if (kind === 'tcp') return {value: {tcpSocket: {port}}, faults: []};
	return {value: {httpGet: {path, port, ...(kind === 'https' ? {scheme: 'HTTPS'} : {})}}, faults: []};
}
