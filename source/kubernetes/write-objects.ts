import {exitCodes, UserError} from '../errors.ts';
import type {KubernetesObject} from '../mesh/kubernetes-object.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import {sanitise} from '../output/sanitise.ts';
import type {ApplyOptions, Resource, WriteOptions} from '../ports.ts';
import {garbageError} from './api-error.ts';
import {collectionPath, type Discovery, query, type Served} from './discovery.ts';
import type {ApiHttp} from './http.ts';
import {toObject} from './to-object.ts';

/** Under this name the API server keeps which fields are ours (Kubernetes, "Server-Side Apply"). */
const fieldManager = 'meshboard';

/** Server-side apply: JSON is YAML too. The version of the API is the one that the server prefers, whatever the object says. */
export async function applyObject(
	http: ApiHttp,
	discovery: Discovery,
	resource: Resource,
	object: KubernetesObject,
	{dryRun, force}: ApplyOptions,
): Promise<KubernetesObject> {
	const served = await serverOf(discovery, resource);
	const {name, namespace} = object.metadata;
	const path = objectPath(served, resource, namespace, name);
	const {apiVersion, kind} = served;
	return changed(http, `${kind} ${labelOf(namespace, name)}`, {
		method: 'PATCH',
		path: path + query({...parameters(dryRun), force: force === true ? true : undefined}),
		contentType: 'application/apply-patch+yaml',
		body: {...object, apiVersion, kind},
	});
}

/** JSON merge patch (RFC 7396) of an object that is there. */
export async function patchObject(
	http: ApiHttp,
	discovery: Discovery,
	resource: Resource,
	namespace: string | undefined,
	name: string,
	change: Readonly<Record<string, unknown>>,
	{dryRun}: WriteOptions,
): Promise<KubernetesObject> {
	const served = await serverOf(discovery, resource);
	return changed(http, `${served.kind} ${labelOf(namespace, name)}`, {
		method: 'PATCH',
		path: objectPath(served, resource, namespace, name) + query(parameters(dryRun)),
		contentType: 'application/merge-patch+json',
		body: change,
	});
}

/** False when there was none. */
export async function removeObject(
	http: ApiHttp,
	discovery: Discovery,
	resource: Resource,
	namespace: string | undefined,
	name: string,
	{dryRun}: WriteOptions,
): Promise<boolean> {
	const served = await discovery.find(resource);
	if (served === undefined) return false;
	const path = objectPath(served, resource, namespace, name);
	const {status, body} = await http.send({
		method: 'DELETE',
		path: path + query({dryRun: dryRun === true ? 'All' : undefined}),
	});
	if (status === 404) return false;
	if (status >= 400) throw refused(`${served.kind} ${labelOf(namespace, name)}`, `DELETE ${path}`, status, body);
	return true;
}

type Change = {
	readonly method: string;
	readonly path: string;
	readonly contentType: string;
	readonly body: Readonly<Record<string, unknown>>;
};

async function changed(http: ApiHttp, what: string, request: Change): Promise<KubernetesObject> {
	const asked = {method: request.method, path: request.path};
	const {status, body} = await http.send(request);
	if (status >= 400) throw refused(what, `${request.method} ${request.path.split('?')[0]}`, status, body);
	const object = toObject(body);
	if (object === undefined) throw garbageError(http.server, asked);
	return object;
}

/** A misspelt field is refused rather than dropped. */
function parameters(dryRun: boolean | undefined) {
	return {fieldManager, fieldValidation: 'Strict', dryRun: dryRun === true ? 'All' : undefined};
}

async function serverOf(discovery: Discovery, resource: Resource): Promise<Served> {
	const served = await discovery.find(resource);
	if (served !== undefined) return served;
	const name = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
	throw new UserError({
		code: 'not-served',
		message: `The cluster knows no ${name}.`,
		hint: `Install what brings that kind, or choose another context: kubectl api-resources --api-group=${resource.group}`,
		exitCode: exitCodes.badData,
	});
}

function objectPath(served: Served, {resource}: Resource, namespace: string | undefined, name: string): string {
	return `${collectionPath(served, resource, namespace)}/${encodeURIComponent(name)}`;
}

function labelOf(namespace: string | undefined, name: string): string {
	return namespace === undefined ? name : `${namespace}/${name}`;
}

/** What the server, or a webhook of it (istiod's validation), says of the object. */
function refused(what: string, asked: string, status: number, body: unknown): UserError {
	const words = sanitise(asText(asRecord(body)['message'])) || `HTTP ${status}`;
	const conflict = status === 409;
	return new UserError({
		code: conflict ? 'conflict' : 'invalid',
		message: `The API server refuses ${what}: ${words}`,
		hint: conflict
			? 'Somebody else keeps these fields; see who: kubectl get … -o yaml --show-managed-fields'
			: 'Correct what is named, then try again.',
		exitCode: exitCodes.badData,
		evidence: [{source: asked, text: words}],
	});
}
