import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import type {Resource} from '../ports.ts';
import {garbageError, networkError} from './api-error.ts';
import {collectionPath, type Discovery, query} from './discovery.ts';
import type {ApiHttp} from './http.ts';
import {readItems} from './item-stream.ts';
import {toObject} from './to-object.ts';

const pageSize = 500;

/** One object; undefined when it does not exist or the kind is not served. */
export async function getObject(
	http: ApiHttp,
	discovery: Discovery,
	resource: Resource,
	namespace: string | undefined,
	name: string,
): Promise<KubernetesObject | undefined> {
	const served = await discovery.find(resource);
	if (served === undefined) return undefined;
	const path = `${collectionPath(served, resource.resource, namespace)}/${encodeURIComponent(name)}`;
	const {status, body} = await http.send({path});
	if (status === 404) return undefined;
	const object = status === 200 ? toObject(body) : undefined;
	if (object === undefined) throw garbageError(http.server, {method: 'GET', path});
	return object;
}

/** All objects of a kind, read in pages of 500 so that the server is not held up; empty when the kind is not served. */
export async function listObjects(
	http: ApiHttp,
	discovery: Discovery,
	resource: Resource,
	namespace: string | undefined,
	labelSelector: string | undefined,
): Promise<KubernetesObject[]> {
	const served = await discovery.find(resource);
	if (served === undefined) return [];
	const path = collectionPath(served, resource.resource, namespace);
	let objects: KubernetesObject[] = [];
	let position: string | undefined;
	let limit: number | undefined = pageSize;
	for (;;) {
		const {status, body} = await http.stream({path: path + query({limit, continue: position, labelSelector})});
		if (status === 410 && position !== undefined) {
			// The server has forgotten the state that the pages are of: once more, in one piece.
			body.destroy();
			[objects, position, limit] = [[], undefined, undefined];
			continue;
		}
		if (status !== 200) body.destroy();
		if (status === 404) return [];
		if (status !== 200) throw garbageError(http.server, {method: 'GET', path});
		const envelope = await readItems(body, (item) => {
			const object = toObject(item, served);
			if (object !== undefined) objects.push(object);
		}).catch((error: unknown) => {
			const asked = {method: 'GET', path};
			throw error instanceof SyntaxError ? garbageError(http.server, asked) : networkError(error, http.server, asked);
		});
		position = asText(asRecord(envelope['metadata'])['continue']) || undefined;
		if (position === undefined) return objects;
	}
}
