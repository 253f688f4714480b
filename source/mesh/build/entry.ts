import {type AnnotationName, annotationPrefix, type Fault} from '../annotations.ts';
import {entryFaults} from '../entry-faults.ts';
import {isIp, isPrivateIp} from '../ip.ts';
import type {KubernetesObject} from '../kubernetes-object.ts';
import type {Labels} from '../labels.ts';
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
import {type PortWord, readLabels, readPorts} from './words.ts';

/** What is asked for a WorkloadEntry, in order. The three addresses are told apart in the words of the guide (Tetrate, "Onboarding VMs"). */
export const entryQuestions = {
	name: {question: 'What is the name of the entry?', value: 'name', needed: true},
	namespace: {question: 'In which namespace?', value: 'namespace', needed: true},
	address: {question: 'Which address do pods use to reach the VM?', value: 'ip', needed: true},
	instanceIp: {
		question: "Which IP can the proxy bind on the VM (an address of the VM's own interface)?",
		value: 'ip',
		otherwise: 'the address that pods use',
		asked: true,
	},
	sshHost: {
		question: 'Which address do you SSH to?',
		value: 'host',
		otherwise: 'the address that pods use',
		asked: true,
	},
	sshPort: {question: 'On which port is its SSH server?', value: 'port', otherwise: '22'},
	sshUser: {
		question: 'As which user do you SSH to it (runs containers without sudo)?',
		value: 'name',
		otherwise: 'istio-proxy',
	},
	configDir: {
		question: 'In which directory of the VM is the bundle kept?',
		value: 'dir',
		otherwise: '/tmp/istio-proxy',
	},
	containerName: {question: "What is the proxy's container called?", value: 'name', otherwise: 'istio-proxy'},
	imageHub: {question: "From which hub comes the proxy's image?", value: 'hub', otherwise: "the mesh's hub"},
	network: {question: 'In which network is the VM?', value: 'name', otherwise: "the mesh's own", asked: true},
	serviceAccount: {question: 'Under which service account does it run?', value: 'name', needed: true},
	app: {question: 'Which application is it (label app, for telemetry and selectors)?', value: 'name', needed: true},
	appVersion: {question: 'Which version of it (label version, for telemetry)?', value: 'version', asked: true},
	class: {question: 'What class of workload is it (label class)?', value: 'word'},
	labels: {question: 'Which further labels has it?', value: 'key=value,…'},
	ports: {
		question: 'Which named ports has the application?',
		value: 'name=port,…',
		otherwise: "each Service's own target port",
	},
	locality: {question: 'Where is it (region/zone/subzone)?', value: 'region/zone', otherwise: 'no locality'},
	weight: {question: 'Which share of the traffic does it take?', value: 'n', otherwise: 'the same as others'},
} as const satisfies Record<string, Question>;

export type EntryField = keyof typeof entryQuestions;
export type EntryDraft = Draft<EntryField>;

/** What a new draft says until somebody says otherwise: the guide's directory and class, and a version, which telemetry wants. */
export const entryDefaults = {
	configDir: '/etc/istio-proxy',
	appVersion: 'v1',
	class: 'vm',
} as const satisfies EntryDraft;

const annotationFields = [
	['proxy-instance-ip', 'instanceIp'],
	['ssh-host', 'sshHost'],
	['ssh-port', 'sshPort'],
	['ssh-user', 'sshUser'],
	['proxy-config-dir', 'configDir'],
	['proxy-container-name', 'containerName'],
	['proxy-image-hub', 'imageHub'],
] as const satisfies ReadonlyArray<readonly [AnnotationName, EntryField]>;

/** The WorkloadEntry of a draft. `proxy-instance-ip` and `ssh-host` are left out where they repeat the address. */
export function buildEntry(draft: EntryDraft): Built<EntryField> {
	const address = said(draft, 'address');
	const {template, faults} = workload(draft);
	const annotations = Object.fromEntries(
		annotationFields.flatMap(([name, field]) => {
			const value = said(draft, field);
			const repeats = (field === 'instanceIp' || field === 'sshHost') && value === address;
			return value === '' || repeats ? [] : [[annotationPrefix + name, value]];
		}),
	);
	const object: KubernetesObject = {
		apiVersion: 'networking.istio.io/v1',
		kind: 'WorkloadEntry',
		metadata: {name: said(draft, 'name'), namespace: said(draft, 'namespace'), ...optional('annotations', annotations)},
		spec: {...optional('address', address), ...template},
	};
	return {
		object,
		faults: unique([
			...missingFaults(entryQuestions, draft),
			...nameFaults(draft),
			...faults,
			...objectFaults(object),
			...addressFaults(draft),
		]),
	};
}

/** The fields that an entry shares with the template of a WorkloadGroup. What `entryFaults` finds in the object is not looked at here. */
export function workload(draft: Draft<WorkloadField>): {
	readonly template: Readonly<Record<string, unknown>>;
	readonly faults: readonly DraftFault<WorkloadField>[];
} {
	const further = readLabels(said(draft, 'labels'));
	const ports = readPorts(said(draft, 'ports'));
	const weight = said(draft, 'weight');
	const isWeight = /^\d{1,9}$/.test(weight);
	const named = ports.values.map(({name, number}) => [name ?? String(number), number] as const);
	const labels: Labels = {
		...optional('app', said(draft, 'app')),
		...optional('version', said(draft, 'appVersion')),
		...optional('class', said(draft, 'class')),
		...further.values,
	};
	return {
		template: {
			...optional('network', said(draft, 'network')),
			...optional('locality', said(draft, 'locality')),
			...(isWeight ? {weight: Number(weight)} : {}),
			...optional('serviceAccount', said(draft, 'serviceAccount')),
			...optional('labels', labels),
			...optional('ports', Object.fromEntries(named)),
		},
		faults: [
			...faultsOf('labels', further.faults),
			...faultsOf('ports', ports.faults),
			...faultsOf('ports', ports.values.flatMap(brokenPort)),
			...faultsOf('weight', weight === '' || isWeight ? [] : [{value: weight, rule: 'is no whole number'}]),
		],
	};
}

/** An entry's ports are a map of names to numbers. */
function brokenPort({name, number, target, protocol}: PortWord, index: number, all: readonly PortWord[]) {
	if (name === undefined || target !== undefined || protocol !== undefined)
		return [{value: String(number), rule: 'needs a name and nothing more: write NAME=PORT'}];
	return all.findIndex((port) => port.name === name) < index ? [{value: name, rule: 'is given twice'}] : [];
}

/** The fields of a draft from which `workload` builds. */
export type WorkloadField =
	| 'network'
	| 'locality'
	| 'weight'
	| 'serviceAccount'
	| 'app'
	| 'appVersion'
	| 'class'
	| 'labels'
	| 'ports';

/** What is wrong with the object itself, told of the fields of the draft; names are looked at before there is an object. */
export function objectFaults(object: KubernetesObject): readonly DraftFault<EntryField>[] {
	return entryFaults(object, 'file')
		.filter(({field}) => !/^metadata\.name(space)?$/.test(field))
		.map(asDraftFault);
}

/** A fault of the object, told of the field of the draft that it comes from. */
function asDraftFault({field, value, rule}: Fault): DraftFault<EntryField> {
	const known: Readonly<Record<string, EntryField>> = {
		'spec.labels.app': 'app',
		'spec.labels.version': 'appVersion',
		'spec.labels.class': 'class',
		...Object.fromEntries(annotationFields.map(([name, of]) => [`annotation ${annotationPrefix}${name}`, of])),
	};
	const [, part = ''] = field.split('.');
	const ofSpec = ['address', 'network', 'serviceAccount', 'labels', 'ports'] as const;
	return {field: known[field] ?? ofSpec.find((name) => name === part) ?? 'name', value, rule};
}

/** What no single field shows: an address that gives no IP to bind, and the two that the guide itself has swapped (reference: findings `entry.address-missing`, `entry.addresses-swapped`). */
function addressFaults(draft: EntryDraft): readonly DraftFault<EntryField>[] {
	const address = said(draft, 'address');
	const instanceIp = said(draft, 'instanceIp');
	if (address !== '' && !isIp(address) && instanceIp === '')
		return [{field: 'instanceIp', value: '', rule: 'is needed, since the address is a DNS name', missing: true}];
	if (isIp(instanceIp) && isPrivateIp(address) && !isPrivateIp(instanceIp))
		return [
			{
				field: 'instanceIp',
				value: instanceIp,
				rule: `is a public address, and pods would use the private ${address}: exchange the two`,
			},
		];
	return [];
}

function unique(faults: readonly DraftFault<EntryField>[]): readonly DraftFault<EntryField>[] {
	return faults.filter(
		({field, rule}, index) => faults.findIndex((other) => other.field === field && other.rule === rule) === index,
	);
}
