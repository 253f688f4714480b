import {exitCodes, UserError} from '../errors.ts';
import {sanitise} from '../output/sanitise.ts';
import type {KubernetesObject} from './kubernetes-object.ts';
import {readDocuments} from './manifest-text.ts';
import {asRecord, asText, asTexts, isMapping} from './untyped.ts';

/** An object of a file, and where it stands there, in words: `entry.yaml, document 2`. */
export type Manifest = {readonly object: KubernetesObject; readonly place: string};

/** Kinds that have no namespace, as far as they are of interest here. */
const clusterWide = new Set(['Namespace', 'Node', 'CustomResourceDefinition', 'ClusterRole', 'ClusterRoleBinding']);

/**
 * The Kubernetes objects of a file, with the items of its lists; an object without namespace gets `namespace`. Whatever the objects
 * hold, the texts of `metadata` that rules read are texts. Throws UserError `manifest` (exit 65) with file, document and line for
 * what is no YAML or no object.
 */
export function parseManifests(file: string, text: string, namespace: string): readonly Manifest[] {
	const documents = readDocuments(text);
	if ('reason' in documents)
		throw noManifest(placeOf(file, documents.document, documents.line), `this is no YAML: ${documents.reason}`);
	const manifests = documents.flatMap(({value, number, line}) => {
		if (value === null || value === undefined) return [];
		const place = placeOf(file, number, line);
		return itemsOf(value).map((item, index, items) => {
			const where = items.length > 1 || item !== value ? `${place}, item ${index + 1}` : place;
			const object = readObject(item, where, namespace);
			const short = documents.length > 1 ? `${file}, document ${number}` : file;
			return {object, place: items.length > 1 ? `${short}, item ${index + 1}` : short};
		});
	});
	if (documents.every(({value}) => value === null || value === undefined))
		throw noManifest(file, 'there is no document in it');
	return manifests;
}

function placeOf(file: string, document: number, line: number | undefined): string {
	return `${file}, document ${document}${line === undefined ? '' : `, line ${line}`}`;
}

function noManifest(place: string, why: string): UserError {
	return new UserError({
		code: 'manifest',
		message: sanitise(`${place}: ${why}.`),
		hint: 'lint takes files with YAML or JSON documents of Kubernetes objects; see them with kubectl apply --dry-run=client -f <file>',
		exitCode: exitCodes.badData,
	});
}

/** A `List`, or a list of one kind such as `SidecarList`, is its items, which then may go without kind. */
function itemsOf(value: unknown): readonly unknown[] {
	const {kind, apiVersion, items} = asRecord(value);
	const of = /^(\w*)List$/.exec(asText(kind))?.[1];
	if (of === undefined || !Array.isArray(items)) return [value];
	return items.map((item: unknown) => (of === '' || !isMapping(item) ? item : {kind: of, apiVersion, ...item}));
}

function readObject(value: unknown, place: string, namespace: string): KubernetesObject {
	if (!isMapping(value)) throw noManifest(place, 'this is no Kubernetes object: it is no mapping');
	const {kind, apiVersion} = value;
	const metadata = asRecord(value['metadata']);
	const {name} = metadata;
	const missing = Object.entries({apiVersion, kind, 'metadata.name': name}).flatMap(([field, given]) =>
		asText(given) === '' ? [field] : [],
	);
	if (missing.length > 0)
		throw noManifest(
			place,
			`this is no Kubernetes object: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
		);
	const own = asText(metadata['namespace']) || namespace;
	return {
		...value,
		kind: asText(kind),
		apiVersion: asText(apiVersion),
		...(value['data'] === undefined ? {} : {data: asTexts(value['data'])}),
		// Labels and annotations stay as they are: that one is no text is a fault to be told.
		metadata: {
			...metadata,
			name: asText(name),
			...(clusterWide.has(asText(kind)) ? {} : {namespace: own}),
			creationTimestamp: asText(metadata['creationTimestamp']),
		},
	};
}
