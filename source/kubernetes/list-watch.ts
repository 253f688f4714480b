import type {Readable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {exitCodes, UserError} from '../errors.ts';
import {parseWorkloadEntry} from '../mesh/parse-workload-entry.ts';
import {asRecord, asText} from '../mesh/untyped.ts';
import type {WorkloadEntry} from '../mesh/workload-entry.ts';
import type {ListState} from '../ports.ts';
import {garbageError, networkError, statusError} from './api-error.ts';
import {query} from './discovery.ts';
import type {ApiHttp, ApiRequest} from './http.ts';
import {readItems} from './item-stream.ts';
import {toObject} from './to-object.ts';
import {keyOf} from './update-batch.ts';
import {readEvents} from './watch-stream.ts';

/** Who is told what is in the collection. */
export type Sink = {
	upsert(entry: WorkloadEntry): void;
	remove(key: string): void;
	/** The first page is in: worth a frame of its own. */
	flush(): void;
	status(state: ListState, complete: boolean): void;
};

export type Collection = {
	readonly http: ApiHttp;
	/** Path of the collection; undefined while the server does not serve the kind. */
	path(): Promise<string | undefined>;
	/** The path answered 404. */
	forgetPath(): void;
	/** Resource version by key of all that the sink was told of; the caller may look. */
	readonly known: Map<string, string>;
	readonly sink: Sink;
	readonly signal: AbortSignal;
	readonly pace?: Pace;
};

/** The times of a list-watch, in seconds. */
export type Pace = {
	/** Pause after so many failures in a row (0 after the first). */
	pause(failures: number): number;
	/** Silence after which a watch is given up; bookmarks come every 60 to 75 s (k8s.io/apiserver, storage/cacher/cache_watcher.go). */
	readonly idle: number;
};

const usualPace: Pace = {
	pause: (failures) => Math.min(30, 2 ** failures) * (0.5 + Math.random() / 2),
	idle: 90,
};
const firstPage = 100;

/** The resource version is too old to go on from: list again. */
class Gone extends Error {}

/**
 * Lists a collection of WorkloadEntries, then watches it, until `signal`: the first page at once, then the whole list out of the server's
 * watch cache, then changes with bookmarks, resumed at the last resource version; after 410 it lists again and tells the difference.
 * Faults are reported as a stale state and tried again for ever. Throws only the `cluster.forbidden` of the list itself.
 */
export async function listWatch(collection: Collection): Promise<void> {
	const {http, known, sink, signal, pace = usualPace} = collection;
	let version: string | undefined;
	let complete = false;
	let failures = 0;
	let since: Date | undefined;

	while (!signal.aborted) {
		try {
			const path = await collection.path();
			if (path === undefined) throw notServed(http);
			if (version === undefined) {
				version = await list(path);
				complete = true;
			}
			await watch(path, version);
		} catch (error) {
			if (signal.aborted) return;
			const gone = error instanceof Gone;
			const fault = gone ? undefined : faultOf(error, http);
			const refused = fault?.code === 'cluster.forbidden';
			if (refused && version === undefined) throw fault;
			// After garbage or a refusal nothing is known of what was missed.
			if (gone || refused || error instanceof SyntaxError) version = undefined;
			if (fault !== undefined) {
				since ??= new Date();
				sink.status({kind: 'stale', since, reason: fault.message, error: fault}, complete);
			}
			const seconds = refused ? 30 : gone && failures === 0 ? 0 : pace.pause(failures);
			failures++;
			await sleep(seconds * 1000, undefined, {signal}).catch(() => {});
		}
	}

	async function list(path: string): Promise<string> {
		if (known.size === 0) {
			const page = await readPage(path + query({limit: firstPage}), new Set());
			sink.flush();
			if (asText(page['continue']) === '') return asText(page['resourceVersion']);
		}
		const seen = new Set<string>();
		// The first time out of the server's watch cache, which is five times as fast as a read of its store. Later not: the cache
		// of another replica may be behind what was shown already. `resourceVersion=0` with a limit would ignore the limit.
		const whole = await readPage(path + query({resourceVersion: complete ? undefined : 0}), seen);
		for (const key of known.keys()) {
			if (seen.has(key)) continue;
			known.delete(key);
			sink.remove(key);
		}
		return asText(whole['resourceVersion']);
	}

	async function readPage(path: string, seen: Set<string>): Promise<Readonly<Record<string, unknown>>> {
		const body = await open({path});
		const envelope = await readItems(body, (item) => {
			const entry = entryOf(item);
			if (entry === undefined) return;
			seen.add(keyOf(entry));
			upsert(entry);
		});
		return asRecord(envelope['metadata']);
	}

	async function open(request: ApiRequest): Promise<Readable> {
		const {status, body} = await http.stream({...request, signal});
		if (status === 200) return body;
		body.destroy();
		if (status === 410) throw new Gone();
		if (status !== 404) throw garbageError(http.server, {method: 'GET', path: request.path});
		collection.forgetPath();
		throw notServed(http);
	}

	async function watch(path: string, from: string): Promise<void> {
		const parameters = {
			watch: 1,
			allowWatchBookmarks: true,
			resourceVersion: from,
			timeoutSeconds: 240 + Math.round(Math.random() * 60),
		};
		const begun = performance.now();
		const body = await open({path: path + query(parameters), idleSeconds: pace.idle});
		since = undefined;
		sink.status({kind: 'live'}, complete);
		let events = 0;
		try {
			for await (const {type, object} of readEvents(body)) {
				events++;
				if (type === 'ERROR') throw errorOf(object);
				version = asText(asRecord(object['metadata'])['resourceVersion']) || version;
				failures = 0;
				const entry = type === 'BOOKMARK' ? undefined : entryOf(object);
				if (entry === undefined) continue;
				if (type === 'DELETED') {
					known.delete(keyOf(entry));
					sink.remove(keyOf(entry));
				} else upsert(entry);
			}
		} catch (error) {
			// A watch that is cut or falls silent is nothing to tell of: that the next cannot be opened would be.
			if (!isConnectionLoss(error)) throw error;
		}
		if (events === 0 && performance.now() - begun < 1000) throw endsAtOnce(http);
		failures = 0;
	}

	function errorOf(status: Readonly<Record<string, unknown>>): Error {
		if (status['code'] === 410) return new Gone();
		return statusError(500, JSON.stringify(status), http.server, {method: 'GET', path: 'watch of workloadentries'});
	}

	function upsert(entry: WorkloadEntry): void {
		const key = keyOf(entry);
		if (known.get(key) === entry.resourceVersion) return;
		known.set(key, entry.resourceVersion);
		sink.upsert(entry);
	}
}

function entryOf(value: unknown): WorkloadEntry | undefined {
	const object = toObject(value);
	return object === undefined ? undefined : parseWorkloadEntry(object);
}

/** Errors of sockets and of unpacking carry a code; those of our own making are UserErrors or SyntaxErrors; the rest are bugs. */
function isConnectionLoss(error: unknown): boolean {
	return error instanceof Error && 'code' in error && !(error instanceof UserError);
}

function faultOf(error: unknown, http: ApiHttp): UserError {
	const asked = {method: 'GET', path: 'workloadentries'};
	if (error instanceof UserError) return error;
	if (error instanceof SyntaxError) return garbageError(http.server, asked);
	if (isConnectionLoss(error)) return networkError(error, http.server, asked);
	throw error;
}

function notServed(http: ApiHttp): UserError {
	return new UserError({
		code: 'cluster.istio-missing',
		message: `The cluster has no WorkloadEntry kind: Istio is not installed there (context ${JSON.stringify(http.server.context)}).`,
		hint: 'Choose another context, or install Istio: kubectl api-resources --api-group=networking.istio.io',
		exitCode: exitCodes.configuration,
	});
}

function endsAtOnce(http: ApiHttp): UserError {
	return new UserError({
		code: 'cluster.unreachable',
		message: `Changes do not arrive: every watch at ${http.server.server} ends as soon as it begins.`,
		hint: 'See whether a proxy between cuts long requests: kubectl get workloadentries -A --watch',
		exitCode: exitCodes.unreachable,
	});
}
