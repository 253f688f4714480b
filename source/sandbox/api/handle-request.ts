import type {IncomingMessage, ServerResponse} from 'node:http';
import {asList, asRecord, asText} from '../../mesh/untyped.ts';
import type {TokenIssuer} from '../mesh/token-issuer.ts';
import {bookmark, listOf, type Selection, watchOf} from './collection.ts';
import * as discovery from './discovery.ts';
import {kindOf, kinds} from './kinds.ts';
import type {ObjectStore} from './object-store.ts';
import {applyObject, createObject, deleteObject, getObject, type Place, patchObject, replaceObject} from './objects.ts';
import {readRequestPath} from './request-path.ts';
import {badRequest, noSuchPath, StatusError} from './status-error.ts';

export type ApiContext = {
	readonly store: ObjectStore;
	readonly tokens: TokenIssuer;
	readonly address: string;
	/** What a pod has written. */
	readonly podLog: (namespace: string, name: string) => readonly string[];
};

/** How often a watch that asked for bookmarks gets one, in ms; the API server's own is about a minute. */
const bookmarkMs = 30_000;
const leastTokenSeconds = 600;

/** Answers one request of an authenticated client. Throws StatusError. */
export async function handleRequest(
	context: ApiContext,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	const url = new URL(request.url ?? '/', 'https://127.0.0.1');
	const fixed = request.method === 'GET' ? fixedAnswer(context, url.pathname) : undefined;
	if (fixed !== undefined) return typeof fixed === 'string' ? void response.end(fixed) : send(response, 200, fixed);
	const path = readRequestPath(url.pathname);
	if (path === undefined) throw noSuchPath();
	const {group, version, plural} = path;
	if (plural === undefined) {
		const resources = discovery.resourceList(group, version);
		if (resources === undefined) throw noSuchPath();
		return send(response, 200, resources);
	}
	if (request.method === 'POST' && plural.startsWith('selfsubject'))
		return send(response, 201, review(plural, await bodyOf(request)));
	const kind = kindOf(group, plural);
	if (kind === undefined || !kind.versions.includes(version)) throw noSuchPath();
	const {namespace, name, subresource} = path;
	const dryRun = url.searchParams.has('dryRun');
	if (name === undefined) {
		const asTable = /as=Table/.test(request.headers.accept ?? '');
		const selection: Selection = {kind, version, namespace, query: url.searchParams, asTable};
		if (request.method === 'POST')
			return send(
				response,
				201,
				createObject(context.store, {kind, version, namespace}, await bodyOf(request), dryRun),
			);
		if (request.method !== 'GET') throw methodNotAllowed();
		return /^(1|true)$/.test(url.searchParams.get('watch') ?? '')
			? streamWatch(context.store, selection, response)
			: send(response, 200, listOf(context.store, selection));
	}
	const place: Place = {kind, version, namespace, name, subresource};
	if (subresource === 'token' && plural === 'serviceaccounts' && request.method === 'POST')
		return send(response, 201, issueToken(context, place, await bodyOf(request)));
	if (subresource === 'log' && plural === 'pods' && request.method === 'GET') {
		getObject(context.store, {...place, subresource: undefined});
		const lines = context.podLog(namespace ?? '', name).slice(-Number(url.searchParams.get('tailLines') ?? 1000));
		return void response.setHeader('content-type', 'text/plain').end(lines.map((line) => `${line}\n`).join(''));
	}
	if (subresource !== undefined && subresource !== 'status') throw noSuchPath();
	switch (request.method) {
		case 'GET': {
			const object = getObject(context.store, place);
			if (!/as=Table/.test(request.headers.accept ?? '')) return send(response, 200, object);
			const one = new URLSearchParams({fieldSelector: `metadata.name=${name}`});
			return send(response, 200, listOf(context.store, {kind, version, namespace, query: one, asTable: true}));
		}
		case 'PUT':
			return send(response, 200, replaceObject(context.store, place, await bodyOf(request), dryRun));
		case 'PATCH': {
			const contentType = (request.headers['content-type'] ?? '').split(';')[0] ?? '';
			const body = await bodyOf(request);
			const object =
				contentType === 'application/apply-patch+yaml'
					? applyObject(context.store, place, body, dryRun)
					: patchObject(context.store, place, body, contentType, dryRun);
			return send(response, 200, object);
		}
		case 'DELETE':
			return send(response, 200, deleteObject(context.store, place, kinds, dryRun));
		default:
			throw methodNotAllowed();
	}
}

function fixedAnswer(context: ApiContext, pathname: string): unknown {
	if (/^\/(healthz|livez|readyz)$/.test(pathname)) return 'ok';
	if (pathname === '/version' || pathname === '/version/') return discovery.versionInfo;
	if (pathname === '/api' || pathname === '/api/') return discovery.coreVersions(context.address);
	if (pathname === '/apis' || pathname === '/apis/') return discovery.groupList();
	if (pathname === '/openapi/v3') return discovery.openApiIndex();
	const [, group = '', version] = /^\/openapi\/v3\/(?:api|apis\/([^/]+))\/([^/]+)$/.exec(pathname) ?? [];
	if (version !== undefined) return discovery.openApiDocument(group, version);
	const [, only] = /^\/apis\/([^/]+)\/?$/.exec(pathname) ?? [];
	return only === undefined ? undefined : discovery.apiGroup(only);
}

function streamWatch(store: ObjectStore, selection: Selection, response: ServerResponse): void {
	response.writeHead(200, {'content-type': 'application/json', 'cache-control': 'no-cache, private'});
	const emit = (event: unknown) => void response.write(`${JSON.stringify(event)}\n`);
	let stop: () => void;
	try {
		stop = watchOf(store, selection, emit);
	} catch (error) {
		if (!(error instanceof StatusError) || error.code !== 410) throw error;
		// The headers are out before the store is asked: so it is told in the stream (apiserver, endpoints/handlers/watch.go).
		emit({type: 'ERROR', object: error.toJSON()});
		response.end();
		return;
	}
	// Headers alone, at once, tell a client that its watch stands.
	response.flushHeaders();
	const seconds = Number(selection.query.get('timeoutSeconds') ?? 0);
	const end = seconds > 0 ? setTimeout(() => response.end(), seconds * 1000) : undefined;
	const marks =
		selection.query.get('allowWatchBookmarks') === 'true'
			? setInterval(() => emit(bookmark(store, selection)), bookmarkMs)
			: undefined;
	response.once('close', () => {
		clearTimeout(end);
		clearInterval(marks);
		stop();
	});
}

function issueToken({store, tokens}: ApiContext, place: Place, body: unknown): unknown {
	const account = getObject(store, {...place, subresource: undefined});
	const spec = asRecord(asRecord(body)['spec']);
	const audiences = asList(spec['audiences']).map(asText).filter(Boolean);
	const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : 3600;
	if (seconds < leastTokenSeconds)
		throw new StatusError(
			422,
			'Invalid',
			`TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration less than 10 minutes`,
		);
	const {token, expiresAt} = tokens.issue({
		namespace: place.namespace ?? '',
		serviceAccount: place.name,
		uid: account.metadata.uid ?? '',
		audiences: audiences.length === 0 ? ['https://kubernetes.default.svc.cluster.local'] : audiences,
		seconds,
	});
	return {
		kind: 'TokenRequest',
		apiVersion: 'authentication.k8s.io/v1',
		metadata: {
			name: place.name,
			namespace: place.namespace,
			creationTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
		},
		spec: {audiences, expirationSeconds: seconds, boundObjectRef: null},
		status: {token, expirationTimestamp: expiresAt.toISOString().replace(/\.\d+/, '')},
	};
}

/** The sandbox's one user may do everything. */
function review(plural: string, body: unknown): unknown {
	const rules = plural === 'selfsubjectrulesreviews';
	return {
		...asRecord(body),
		kind: rules ? 'SelfSubjectRulesReview' : 'SelfSubjectAccessReview',
		apiVersion: 'authorization.k8s.io/v1',
		status: rules
			? {resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: ['*']}], nonResourceRules: [], incomplete: false}
			: {allowed: true, reason: 'the sandbox allows everything'},
	};
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
	if (request.headers['content-type']?.includes('protobuf') === true)
		throw new StatusError(415, 'UnsupportedMediaType', 'the sandbox reads JSON only, not protobuf');
	const chunks: Uint8Array[] = [];
	for await (const chunk of request) chunks.push(chunk);
	try {
		return JSON.parse(Buffer.concat(chunks).toString('utf8'));
	} catch {
		throw badRequest('the object provided is unrecognized (must be of type JSON)');
	}
}

export function send(response: ServerResponse, status: number, body: unknown): void {
	const text = JSON.stringify(body);
	response.writeHead(status, {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)}).end(text);
}

function methodNotAllowed(): StatusError {
	return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
}
