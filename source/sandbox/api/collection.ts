import {apiVersionOf, type Kind} from './kinds.ts';
import type {Change, ObjectStore, StoredObject} from './object-store.ts';
import {fieldMatcher, labelMatcher, type Matcher} from './selector.ts';
import {badRequest, expired} from './status-error.ts';
import {tableOf} from './table.ts';

/** What is asked of a kind: where, which of them, in which version and form. */
export type Selection = {
	readonly kind: Kind;
	readonly version: string;
	readonly namespace: string | undefined;
	readonly query: URLSearchParams;
	readonly asTable: boolean;
};

type Continue = {readonly version: number; readonly after: string};

/** Answers a list, in pages where `limit` asks for them. A list of `resourceVersion=0` comes whole, as from the server's cache. */
export function listOf(store: ObjectStore, selection: Selection): unknown {
	const {kind, version, namespace, query} = selection;
	const matches = matcherOf(query);
	const token = query.get('continue') ?? '';
	const from = token === '' ? undefined : readContinue(token);
	if (from !== undefined && store.since(from.version) === undefined)
		throw expired(
			'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
		);
	const limit = query.get('resourceVersion') === '0' && from === undefined ? 0 : Number(query.get('limit') ?? 0);
	const all = store
		.list(kind, namespace)
		.filter((object) => matches(object) && (from === undefined || orderOf(object) > from.after));
	const page = limit > 0 ? all.slice(0, limit) : all;
	const last = page.at(-1);
	const resourceVersion = from?.version ?? store.version;
	const left = all.length - page.length;
	const metadata = {
		resourceVersion: String(resourceVersion),
		...(left > 0 && last !== undefined
			? {
					continue: writeContinue({version: resourceVersion, after: orderOf(last)}),
					...(query.has('labelSelector') || query.has('fieldSelector') ? {} : {remainingItemCount: left}),
				}
			: {}),
	};
	if (selection.asTable) return tableOf(kind, page, metadata);
	return {
		kind: `${kind.kind}List`,
		apiVersion: apiVersionOf(kind, version),
		metadata,
		items: page.map((object) => inVersion(kind, version, object)),
	};
}

/**
 * Writes a watch: what changed since `resourceVersion`, then what changes. Throws 410 for a version that is too old, as the API server
 * does before the first event. Returns how to end it.
 */
export function watchOf(store: ObjectStore, selection: Selection, emit: (event: unknown) => void): () => void {
	const {kind, namespace, query} = selection;
	const matches = matcherOf(query);
	const asked = query.get('resourceVersion') ?? '';
	const initial = asked === '' || asked === '0' || query.get('sendInitialEvents') === 'true';
	const past = initial ? [] : store.since(versionIn(asked));
	if (past === undefined) throw expired(`too old resource version: ${asked} (${store.version})`);
	const form = (object: StoredObject) =>
		selection.asTable
			? tableOf(kind, [object], {resourceVersion: object.metadata.resourceVersion})
			: inVersion(kind, selection.version, object);
	const pass = (change: Change) => {
		if (change.kind !== kind || (namespace !== undefined && change.object.metadata.namespace !== namespace)) return;
		const was = change.before !== undefined && matches(change.before);
		const is = change.type !== 'DELETED' && matches(change.object);
		if (is || was) emit({type: is ? (was ? 'MODIFIED' : 'ADDED') : 'DELETED', object: form(change.object)});
	};
	if (initial) {
		for (const object of store.list(kind, namespace).filter(matches)) emit({type: 'ADDED', object: form(object)});
		if (query.get('sendInitialEvents') === 'true')
			emit(bookmark(store, selection, {'k8s.io/initial-events-end': 'true'}));
	}
	for (const change of past) pass(change);
	return store.onChange(pass);
}

/** An event that only tells how far the watch is. */
export function bookmark(
	store: ObjectStore,
	{kind, version}: Selection,
	annotations?: Readonly<Record<string, string>>,
) {
	const metadata = {
		resourceVersion: String(store.version),
		creationTimestamp: null,
		...(annotations === undefined ? {} : {annotations}),
	};
	return {type: 'BOOKMARK', object: {kind: kind.kind, apiVersion: apiVersionOf(kind, version), metadata}};
}

/** The object in the version that was asked for: these kinds are the same in all of theirs. */
export function inVersion(kind: Kind, version: string, object: StoredObject): StoredObject {
	const {apiVersion: _, kind: __, ...rest} = object;
	return {apiVersion: apiVersionOf(kind, version), kind: kind.kind, ...rest, metadata: object.metadata};
}

function matcherOf(query: URLSearchParams): Matcher {
	const label = labelMatcher(query.get('labelSelector') ?? '');
	const field = fieldMatcher(query.get('fieldSelector') ?? '');
	return (object) => label(object) && field(object);
}

function versionIn(text: string): number {
	const version = Number(text);
	if (!Number.isSafeInteger(version) || version < 0)
		throw badRequest(`Invalid value: ${JSON.stringify(text)}: resourceVersion must be a number`);
	return version;
}

function orderOf({metadata: {namespace = '', name}}: StoredObject): string {
	return `${namespace}/${name}`;
}

function writeContinue(token: Continue): string {
	return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function readContinue(token: string): Continue {
	try {
		const value = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Continue>;
		if (typeof value.version === 'number' && typeof value.after === 'string')
			return {version: value.version, after: value.after};
	} catch {
		// Told below.
	}
	throw badRequest('continue key is not valid');
}
