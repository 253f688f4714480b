import {text} from 'node:stream/consumers';
import {exitCodes, UserError} from '../errors.ts';
import {asRecord} from '../mesh/untyped.ts';
import {type Discovery, query} from './discovery.ts';
import type {ApiHttp} from './http.ts';
import {getFromPod} from './port-forward.ts';
import {listObjects} from './read-objects.ts';

/** istiod's port for metrics and debugging: pilot/cmd/pilot-discovery/app, `--monitoringAddr`. */
const debugPort = 15_014;

/** A log of more bytes is cut at its beginning by the server. */
const longestLog = 4 << 20;

/**
 * GET on the debug port of every running istiod, side by side. From a pod's own loopback its endpoints ask for no credentials.
 * Throws when there is no istiod, or when none of them answers. One that does not answer while others do has status 0 and the reason
 * as its body: what only it knows is not known, which is not the same as absent.
 */
export async function askIstiod(
	http: ApiHttp,
	discovery: Discovery,
	istioNamespace: string,
	revision: string | undefined,
	path: string,
	signal?: AbortSignal,
): Promise<ReadonlyArray<{pod: string; status: number; body: string}>> {
	const running = await runningIstiods(http, discovery, istioNamespace, revision);
	const asked = await Promise.allSettled(
		running.map(async (pod) => ({pod: pod.name, ...(await getFromPod(http, pod, debugPort, path, signal))})),
	);
	const failure = asked.find((one) => one.status === 'rejected');
	if (failure !== undefined && asked.every((one) => one.status === 'rejected')) throw failure.reason;
	return asked.map((one, index) =>
		one.status === 'fulfilled' ? one.value : {pod: running[index]?.name ?? '', status: 0, body: sentence(one.reason)},
	);
}

/** The newest lines of the log of every running istiod. Throws when there is none. */
export async function readIstiodLogs(
	http: ApiHttp,
	discovery: Discovery,
	istioNamespace: string,
	revision: string | undefined,
	{lines, seconds}: {readonly lines: number; readonly seconds: number},
	signal?: AbortSignal,
): Promise<ReadonlyArray<{pod: string; lines: readonly string[] | undefined; reason: string}>> {
	const running = await runningIstiods(http, discovery, istioNamespace, revision);
	const part = query({container: 'discovery', tailLines: lines, sinceSeconds: seconds, limitBytes: longestLog});
	return Promise.all(
		running.map(async ({namespace, name}) => {
			const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(name)}/log${part}`;
			try {
				const {status, body} = await http.stream({path, ...(signal === undefined ? {} : {signal})});
				const words = await text(body);
				if (status === 200) return {pod: name, lines: words.split('\n').filter(Boolean), reason: ''};
				return {pod: name, lines: undefined, reason: `the API server answers ${status} to ${path}`};
			} catch (error) {
				signal?.throwIfAborted();
				return {pod: name, lines: undefined, reason: sentence(error)};
			}
		}),
	);
}

async function runningIstiods(
	http: ApiHttp,
	discovery: Discovery,
	istioNamespace: string,
	revision: string | undefined,
): Promise<ReadonlyArray<{readonly namespace: string; readonly name: string}>> {
	const selector = revision === undefined || revision === '' ? 'app=istiod' : `app=istiod,istio.io/rev=${revision}`;
	const pods = await listObjects(http, discovery, {group: '', resource: 'pods'}, istioNamespace, selector);
	const running = pods
		.filter(({status}) => asRecord(status)['phase'] === 'Running')
		.map(({metadata}) => ({namespace: istioNamespace, name: metadata.name}));
	if (running.length === 0) {
		throw new UserError({
			code: 'cluster.istiod-not-ready',
			message: `No istiod runs in namespace ${istioNamespace}.`,
			exitCode: exitCodes.unreachable,
			hint: `kubectl get pods -n ${istioNamespace} -l app=istiod`,
		});
	}
	return running;
}

function sentence(reason: unknown): string {
	if (reason instanceof UserError) return reason.message;
	throw reason;
}
