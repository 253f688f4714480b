import {asRecord, asText} from '../../mesh/untyped.ts';
import {inVersion} from './collection.ts';
import {apiVersionOf, type Kind, kindOf, resourceName} from './kinds.ts';
import {mergePatch} from './merge-patch.ts';
import type {ObjectStore, StoredObject} from './object-store.ts';
import {badRequest, notFound, StatusError} from './status-error.ts';

/** Where a request is: a kind in one of its versions, in a namespace, maybe one object and a part of it. */
export type Place = {
	readonly kind: Kind;
	readonly version: string;
	readonly namespace: string | undefined;
	readonly name: string;
	readonly subresource: string | undefined;
};

export function getObject(store: ObjectStore, {kind, version, namespace, name}: Place): StoredObject {
	const found = store.get(kind, namespace, name);
	if (found === undefined) throw notFound(resourceName(kind), name);
	return inVersion(kind, version, found);
}

/** Creates what the body says. `dryRun`: only says what would be. */
export function createObject(
	store: ObjectStore,
	place: Omit<Place, 'name' | 'subresource'>,
	body: unknown,
	dryRun: boolean,
): StoredObject {
	const {kind, namespace, version} = place;
	const object = readObject(place, body);
	if (kind.namespaced && store.get(namespaces(), undefined, namespace ?? '') === undefined)
		throw notFound('namespaces', namespace ?? '');
	if (dryRun) return inVersion(kind, version, object);
	return inVersion(kind, version, store.create(kind, object));
}

export function replaceObject(store: ObjectStore, place: Place, body: unknown, dryRun: boolean): StoredObject {
	const {kind, version} = place;
	const before = getObject(store, place);
	const object = {...readObject(place, body), ...(place.subresource === 'status' ? {spec: before.spec} : {})};
	if (object.metadata.name !== place.name)
		throw badRequest(
			`the name of the object (${object.metadata.name}) does not match the name on the URL (${place.name})`,
		);
	if (dryRun) return inVersion(kind, version, object);
	return inVersion(kind, version, store.update(kind, object, object.metadata.resourceVersion));
}

/** Merge patches, and strategic ones of built-in kinds, which here merge too: lists are replaced whole. */
export function patchObject(
	store: ObjectStore,
	place: Place,
	body: unknown,
	contentType: string,
	dryRun: boolean,
): StoredObject {
	const strategic = contentType === 'application/strategic-merge-patch+json' && !place.kind.custom;
	if (contentType !== 'application/merge-patch+json' && !strategic)
		throw new StatusError(
			415,
			'UnsupportedMediaType',
			`the body of the request was in an unknown format - accepted media types include: application/merge-patch+json${place.kind.custom ? '' : ', application/strategic-merge-patch+json'}`,
		);
	const before = getObject(store, place);
	const patch = asRecord(body);
	const allowed =
		place.subresource === 'status'
			? {status: patch['status'], ...('metadata' in patch ? {metadata: patch['metadata']} : {})}
			: patch;
	const version = asText(asRecord(patch['metadata'])['resourceVersion']);
	const merged = readObject(place, mergePatch(before, allowed));
	if (dryRun) return merged;
	return inVersion(place.kind, place.version, store.update(place.kind, merged, version === '' ? undefined : version));
}

/**
 * Server-side apply: makes the object, or merges these fields into it. Who keeps which field is not recorded, so that there are no
 * conflicts, and a field that is left out later stays.
 */
export function applyObject(store: ObjectStore, place: Place, body: unknown, dryRun: boolean): StoredObject {
	const {kind, version, namespace, name} = place;
	const before = store.get(kind, namespace, name);
	if (before === undefined) return createObject(store, place, body, dryRun);
	const merged = readObject(place, mergePatch(before, body));
	return inVersion(kind, version, dryRun ? merged : store.update(kind, merged, undefined));
}

/** Removes an object; a namespace takes along all that is in it. */
export function deleteObject(store: ObjectStore, place: Place, all: readonly Kind[], dryRun: boolean): unknown {
	const object = getObject(store, place);
	const {kind, name} = place;
	if (!dryRun) {
		if (kind === namespaces())
			for (const inside of all.filter(({namespaced}) => namespaced))
				for (const {metadata} of store.list(inside, name)) store.remove(inside, name, metadata.name);
		store.remove(kind, place.namespace, name);
	}
	return {
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Success',
		details: {name, ...(kind.group === '' ? {} : {group: kind.group}), kind: kind.plural, uid: object.metadata.uid},
	};
}

function readObject({kind, version, namespace}: Omit<Place, 'name' | 'subresource'>, body: unknown): StoredObject {
	const value = asRecord(body);
	const metadata = asRecord(value['metadata']);
	const prefix = asText(metadata['generateName']);
	const name =
		asText(metadata['name']) || (prefix === '' ? '' : prefix + Math.random().toString(36).slice(2, 7).padEnd(5, 'x'));
	const given = asText(value['kind']);
	if (given !== '' && given !== kind.kind)
		throw badRequest(
			`${kind.kind} in version ${JSON.stringify(version)} cannot be handled as a ${given}: no kind ${JSON.stringify(given)} is registered`,
		);
	if (!/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/.test(name)) {
		const field =
			name === ''
				? 'metadata.name: Required value: name or generateName is required'
				: `metadata.name: Invalid value: ${JSON.stringify(name)}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
		throw new StatusError(
			422,
			'Invalid',
			`${kind.kind}${kind.group === '' ? '' : `.${kind.group}`} ${JSON.stringify(name)} is invalid: ${field}`,
			{name, group: kind.group, kind: kind.kind},
		);
	}
	const within = asText(metadata['namespace']);
	if (kind.namespaced && within !== '' && within !== namespace)
		throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
	return {
		...value,
		apiVersion: apiVersionOf(kind, kind.versions[0] ?? version),
		kind: kind.kind,
		metadata: {...metadata, name, ...(kind.namespaced && namespace !== undefined ? {namespace} : {})},
	};
}

function namespaces(): Kind {
	const kind = kindOf('', 'namespaces');
	if (kind === undefined) throw new Error('namespaces are not served');
	return kind;
}
