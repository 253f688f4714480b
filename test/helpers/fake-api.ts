import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer as createHttpServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {createServer as createHttpsServer, type ServerOptions} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {createDiscovery} from '../../source/kubernetes/discovery.ts';
import {type ApiHttp, createHttp} from '../../source/kubernetes/http.ts';
import {loadKubeconfig} from '../../source/kubernetes/kubeconfig.ts';
import type {Pace} from '../../source/kubernetes/list-watch.ts';
import {watchEntries} from '../../source/kubernetes/watch-entries.ts';
import type {WorkloadEntry} from '../../source/mesh/workload-entry.ts';
import type {EntriesScope, EntriesUpdate} from '../../source/ports.ts';

export type Seen = {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly request: IncomingMessage;
};
export type Respond = (seen: Seen, response: ServerResponse) => void;

export type FakeApi = {
	readonly port: number;
	/** Every request that came, discovery left out. */
	readonly seen: Seen[];
	/** Cuts all connections, and refuses new ones while `down`. */
	cut(down?: boolean): Promise<void>;
	up(): Promise<void>;
};

/**
 * A server that can do all that a real API server is hard to get to do: answers discovery of WorkloadEntries, gives every other
 * request to `respond`. It goes with the test.
 */
export async function startFakeApi(respond: Respond, tls?: ServerOptions): Promise<FakeApi> {
	const seen: Seen[] = [];
	const sockets = new Set<Socket>();
	const listener = (request: IncomingMessage, response: ServerResponse) => {
		const url = new URL(request.url ?? '/', 'http://fake');
		const discovered = discovery[url.pathname];
		if (discovered !== undefined) return void json(response, 200, discovered);
		const one = {method: request.method ?? '', path: url.pathname, query: url.searchParams, request};
		seen.push(one);
		respond(one, response);
	};
	const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	const listen = (port: number) => new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
	await listen(0);
	const port = (server.address() as AddressInfo).port;
	const cut = async (down = false) => {
		const closed = down ? new Promise((resolve) => server.close(resolve)) : undefined;
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	onTestFinished(() => cut(true));
	return {port, seen, cut, up: () => listen(port)};
}

const group = 'networking.istio.io';
const discovery: Readonly<Record<string, unknown>> = {
	[`/apis/${group}`]: {
		versions: [{version: 'v1'}, {version: 'v1beta1'}],
		preferredVersion: {version: 'v1'},
	},
	[`/apis/${group}/v1`]: {resources: [{name: 'sidecars', kind: 'Sidecar'}]},
	[`/apis/${group}/v1beta1`]: {resources: [{name: 'workloadentries', kind: 'WorkloadEntry'}]},
	'/api/v1': {resources: ['configmaps', 'namespaces', 'pods', 'services'].map((name) => ({name, kind: name}))},
};

/** Where the fake serves entries, over all namespaces: the only version that it has is not its preferred one. */
export const entriesPath = `/apis/${group}/v1beta1/workloadentries`;
export const entriesIn = (namespace: string) => `/apis/${group}/v1beta1/namespaces/${namespace}/workloadentries`;

export function json(response: ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(body));
}

export function refuse(response: ServerResponse, code: number, message: string): void {
	json(response, code, {kind: 'Status', status: 'Failure', code, message});
}

/** An entry as the API sends it. */
export function entryObject(name: string, version: number, namespace = 'bookinfo', address = '10.128.0.2') {
	return {
		apiVersion: `${group}/v1beta1`,
		kind: 'WorkloadEntry',
		metadata: {name, namespace, resourceVersion: String(version), managedFields: [{manager: 'kubectl'}]},
		spec: {address},
	};
}

export function entryList(items: readonly object[], version: number, position?: string) {
	const metadata = {resourceVersion: String(version), ...(position === undefined ? {} : {continue: position})};
	return {kind: 'WorkloadEntryList', metadata, items};
}

export const event = (type: string, object: object) => `${JSON.stringify({type, object})}\n`;

/** A kubeconfig for a server, in a folder that goes with the test. */
export function writeKubeconfig(server: string, user: object = {token: 'a-token'}, cluster: object = {}): string {
	const folder = mkdtempSync(join(tmpdir(), 'meshboard-kubeconfig-'));
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	const path = join(folder, 'config');
	const config = {
		'current-context': 'fake',
		clusters: [{name: 'fake', cluster: {server, ...cluster}}],
		users: [{name: 'fake', user}],
		contexts: [{name: 'fake', context: {cluster: 'fake', user: 'fake', namespace: 'mine'}}],
	};
	writeFileSync(path, JSON.stringify(config));
	return path;
}

export function openHttp(kubeconfig: string, env: Readonly<Record<string, string | undefined>> = {}): ApiHttp {
	const http = createHttp(loadKubeconfig({kubeconfig, env}));
	onTestFinished(() => http.close());
	return http;
}

/** What a watch has told so far. */
export type Following = {
	readonly updates: EntriesUpdate[];
	readonly entries: ReadonlyMap<string, WorkloadEntry>;
	/** The state after the last update, with the reason where there is one. */
	state(): string;
	stop(): Promise<void>;
};

const hasty: Pace = {pause: () => 0.1, idle: 1.1};

/** Watches a server's entries with pauses that a test can wait for, and that outlast the gathering of updates, until the test ends. */
export function follow(http: ApiHttp, scope: EntriesScope = {namespaces: []}, pace = hasty): Following {
	const updates: EntriesUpdate[] = [];
	const entries = new Map<string, WorkloadEntry>();
	const stop = new AbortController();
	const done = watchEntries({
		http,
		discovery: createDiscovery(http),
		scope,
		namespace: 'mine',
		pace,
		signal: stop.signal,
		onUpdate(update) {
			updates.push(update);
			for (const entry of update.upserted) entries.set(`${entry.namespace}/${entry.name}`, entry);
			for (const key of update.removed) entries.delete(key);
		},
	});
	const end = () => {
		stop.abort();
		return done;
	};
	onTestFinished(end);
	return {
		updates,
		entries,
		state() {
			const state = updates.at(-1)?.state ?? {kind: 'connecting'};
			return 'reason' in state ? `${state.kind}: ${state.reason}` : state.kind;
		},
		stop: end,
	};
}
