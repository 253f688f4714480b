import {annotationPrefix, bootstrapAnnotations, unknownAnnotations} from '../../mesh/annotations.ts';
import {bareObject} from '../../mesh/bare-object.ts';
import {sidecarDraftFor} from '../../mesh/build/for-entry.ts';
import {buildSidecar, sidecarDefaults} from '../../mesh/build/sidecar.ts';
import {isIp} from '../../mesh/ip.ts';
import {proxyLabels, selectionLabels} from '../../mesh/labels.ts';
import {parseManifests} from '../../mesh/parse-manifests.ts';
import {readService, selecting} from '../../mesh/service.ts';
import {effectiveSidecar, sidecarClaims} from '../../mesh/sidecar.ts';
import type {Resource} from '../../ports.ts';
import {isUsable} from '../steps/check/vm/addresses.ts';
import {type Change, cannot, changeEntry, choose, type FixKnown, workloadentries} from './known.ts';

/* What is to be changed in the cluster for a cause: from what is known, and from what a person chose. All throw UserError `fix`. */

export type Changes = (known: FixKnown) => readonly Change[];

const instanceIp = `${annotationPrefix}proxy-instance-ip`;

/** Addresses of the VM that others can reach. */
function addressesOf({vm}: FixKnown): readonly string[] {
	return (vm?.addresses ?? []).filter(isUsable).map(({address}) => address);
}

export const setInstanceIp: Changes = (known) => {
	const ip = ipOf(choose(known, 'address', addressesOf(known)));
	return changeEntry(known, {metadata: {annotations: {[instanceIp]: ip}}});
};

export const setAddress: Changes = (known) =>
	changeEntry(known, {spec: {address: ipOf(choose(known, 'address', addressesOf(known)))}});

export const exchangeAddresses: Changes = (known) => {
	const {entry, instanceIp: bound} = known.target;
	if (bound === undefined) throw cannot('The entry has no proxy-instance-ip to exchange.', 'Set spec.address.');
	return changeEntry(known, {
		metadata: {annotations: {[instanceIp]: entry.address}},
		spec: {address: bound.value},
	});
};

function ipOf(word: string): string {
	if (isIp(word)) return word;
	throw cannot(`${JSON.stringify(word)} is no IP address.`, "Name one of the VM's own: ip -o addr");
}

export const renameAnnotations: Changes = (known) => {
	const {annotations} = known.target.entry;
	const changes = unknownAnnotations(annotations).flatMap(
		({key, nearest}): ReadonlyArray<readonly [string, string | null]> => {
			if (nearest === undefined || Object.hasOwn(annotations, nearest)) return [[key, null]];
			const value = annotations[key] ?? '';
			const name = nearest.slice(annotationPrefix.length) as keyof typeof bootstrapAnnotations;
			const fault = bootstrapAnnotations[name].broken(value);
			// Under its right name it would be wrong.
			return fault === undefined
				? [
						[key, null],
						[nearest, value],
					]
				: [];
		},
	);
	if (changes.length > 0) return changeEntry(known, {metadata: {annotations: Object.fromEntries(changes)}});
	throw cannot(
		'Under the right name the values of these annotations would break its rule.',
		`Correct them by hand: kubectl edit we ${known.target.entry.name} -n ${known.target.entry.namespace}`,
	);
};

export const setServiceAccount: Changes = (known) => {
	const {entry} = known.target;
	const accounts = known.around.serviceAccounts.filter((name) => name !== 'default');
	const names = [entry.name, stem(entry.name), proxyLabels(entry)['app']];
	const likely = accounts.find((account) => names.includes(account));
	return changeEntry(known, {spec: {serviceAccount: choose(known, 'account', accounts, likely)}});
};

export const addLabels: Changes = (known) => {
	const {entry} = known.target;
	const present = proxyLabels(entry);
	const wanted = {app: known.value ?? stem(entry.name), version: 'v1'};
	const missing = Object.entries(wanted).filter(([key]) => !Object.hasOwn(present, key));
	return changeEntry(known, {spec: {labels: Object.fromEntries(missing)}});
};

/** `ratings-vm` and `ratings-vm-2` are of the application `ratings`. */
function stem(name: string): string {
	return name.replace(/-vm(-?\d+)?$/, '');
}

export const addPort: Changes = (known) => {
	const {entry, ingress, services} = known.target;
	const targets = services.map(readService).flatMap(({ports}) => ports.map(({target}) => target));
	const missing = targets.find((target) => typeof target === 'string' && !Object.hasOwn(entry.ports, target));
	if (typeof missing !== 'string')
		throw cannot('No named port of a Service is missing.', 'Look again: meshboard doctor');
	const port = Number(
		choose(
			known,
			'port',
			ingress.map(({port: open}) => String(open)),
		),
	);
	if (Number.isInteger(port) && port > 0 && port < 65536) return changeEntry(known, {spec: {ports: {[missing]: port}}});
	throw cannot('That is no port.', 'Name the number on which clients reach the VM.');
};

export const setNetwork: Changes = (known) => changeEntry(known, {spec: {network: choose(known, 'network', [])}});

export const makeAccount: Changes = ({target: {entry}}) => {
	const metadata = {name: entry.serviceAccount, namespace: entry.namespace};
	const object = {apiVersion: 'v1', kind: 'ServiceAccount', metadata};
	return [{kind: 'apply-object', resource: core('serviceaccounts'), object, changes: true}];
};

export const makeSidecar: Changes = ({target: {entry}, around, value}) => {
	const labels = selectionLabels(entry);
	const present = effectiveSidecar(sidecarClaims(around.sidecars, labels));
	const hint = `meshboard create sidecar --for ${entry.name} -n ${entry.namespace}`;
	if (present !== undefined) {
		const message = `Sidecar ${present.name} is there for the entry already, and opens no port.`;
		throw cannot(message, 'Give it an ingress: another one beside it would be ignored.');
	}
	const {draft} = sidecarDraftFor(
		entry,
		around.services.filter(({namespace}) => namespace === entry.namespace),
	);
	const {object, faults} = buildSidecar({
		...sidecarDefaults,
		...draft,
		...(value === undefined ? {} : {ingress: value}),
	});
	if (faults.length === 0) return [{kind: 'apply-object', resource: istio('sidecars'), object, changes: true}];
	const selected = selecting(around.services, labels).length > 0;
	throw cannot(
		`The Sidecar cannot be made from the entry and its Services: ${faults.map(({field, rule}) => `${field} ${rule}`).join('; ')}.`,
		selected ? `Say what is missing: ${hint}` : `Name the ports: --fix sidecar.missing=PORT[:APP-PORT]; or: ${hint}`,
	);
};

export const applyManifest: Changes = ({finding: {id, remedy, summary}, target: {entry}}) => {
	if (remedy.manifest === undefined) {
		throw cannot(`${id} is not mended by a new object: ${summary}`, `${remedy.text} ${remedy.command ?? ''}`.trim());
	}
	return parseManifests(id, remedy.manifest, entry.namespace).map(({object}): Change => {
		const resource = resources[object.kind ?? ''];
		if (resource === undefined) throw cannot(`${object.kind} is no kind that is applied here.`, remedy.text);
		return {kind: 'apply-object', resource, object: bareObject(object), changes: true};
	});
};

/** What `meshboard expand` patches too (Tetrate, "Onboarding VMs"). */
export const enableExpansion: Changes = ({target: {mesh}}) => [
	{
		kind: 'patch',
		resource: {group: 'install.tetrate.io', resource: 'controlplanes'},
		namespace: mesh?.istioNamespace ?? 'istio-system',
		name: 'controlplane',
		change: {spec: {meshExpansion: {}}},
	},
];

export const removeEntry: Changes = ({
	target: {
		entry: {namespace, name},
	},
}) => [{kind: 'remove-object', resource: workloadentries, namespace, name, changes: true}];

function core(resource: string): Resource {
	return {group: '', resource};
}

function istio(resource: string): Resource {
	return {group: 'networking.istio.io', resource};
}

/** The kinds of which remedies hold objects to apply. */
const resources: Readonly<Record<string, Resource>> = {
	Namespace: core('namespaces'),
	Service: core('services'),
	Sidecar: istio('sidecars'),
	Gateway: istio('gateways'),
	VirtualService: istio('virtualservices'),
};
